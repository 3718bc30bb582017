"""What is called on a few rows, to make unit tests, changes nothing beyond the project."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from poc_graduate.generate import sampling
from poc_graduate.observe.script import Script

DOUBLED = "def doubled(xs):\n    return [2 * x for x in xs]\n"


def sampled(
    folder: Path, *cells: str, start: str = "", module: str = DOUBLED, made: bool = True
) -> dict[str, Any]:
    """What is known after a stage with these cells, the first of which may call `doubled`.

    Args:
        folder: Where all this happens.
        cells: Further cells.
        start: What stands in the first cell.
        module: The package's only module.
        made: Whether `doubled` was made of a cell; the author's own where not.
    """
    built = folder / "built"
    (built / "src" / "story").mkdir(parents=True)
    (built / "src" / "story" / "__init__.py").touch()
    (built / "src" / "story" / "work.py").write_text(module)
    call = {"function": "doubled", "arguments": ["xs"], "cleans": False}
    texts = [f"xs = [1, 2]\n{start}\nfrom story.work import doubled", "ys = doubled(xs)", *cells]
    stage = {
        "name": "work",
        "upstream": {},
        "before": ["del resources_"],
        "loaded": [],
        "cells": [
            {"text": text, "call": call if made and i == 1 else None}
            for i, text in enumerate(texts)
        ],
    }
    clean = folder / "clean"
    clean.mkdir()
    spec = {
        "package": "story",
        "modules": ["work"],
        "parameters": {},
        "stages": [stage],
        "clean": str(clean),
        "writes": [],
    }
    (folder / "spec.json").write_text(json.dumps(spec))
    (folder / "tmp").mkdir()
    asked = {
        "folder": str(built),
        "spec": str(folder / "spec.json"),
        "output": str(folder / "samples"),
        "temporary": str(folder / "tmp"),
    }
    done = subprocess.run(
        [sys.executable, "-P", sampling.__file__],
        input=f'["json.decoder.JSONDecoder", "not_there"]\n{json.dumps(asked)}\n',
        env={"HOME": str(folder / "home"), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    known: dict[str, Any] = json.loads((folder / "samples" / "cases.json").read_text())
    return known


def test_a_function_is_called_and_its_result_kept(tmp_path: Path) -> None:
    assert sampled(tmp_path)["made"] == {"doubled": {"xs": "[1, 2]"}}


@pytest.mark.parametrize(
    "cell",
    [
        "open({outside!r}, 'w').write('sampled')",
        "import os; os.remove({outside!r})",
        "import shutil; shutil.copy('src/story/work.py', {outside!r})",
        "import pathlib; pathlib.Path({outside!r}).write_text('sampled')",
        "import sqlite3; sqlite3.connect({outside!r}).execute('create table t (a)')",
        "import os; os.system('rm ' + {outside!r})",
        "import subprocess; subprocess.run(['rm', {outside!r}])",
        "import os; os.rename({outside!r}, 'here.csv')",
    ],
)
def test_a_file_outside_of_the_project_stays_as_it_was(tmp_path: Path, cell: str) -> None:
    outside = tmp_path / "report.csv"
    outside.write_text("all rows")

    sampled(tmp_path, cell.format(outside=str(outside)))

    assert outside.read_text() == "all rows"


def test_files_inside_the_project_are_written_as_ever(tmp_path: Path) -> None:
    sampled(tmp_path, "open('report.csv', 'w').write('sampled')")

    assert (tmp_path / "built" / "report.csv").read_text() == "sampled"


def test_what_needs_a_file_that_the_pipeline_writes_has_no_unit_test(tmp_path: Path) -> None:
    body = "def doubled(xs):\n    return [2 * x for x in xs] + [open('made.txt').read()]\n"

    known = sampled(tmp_path, start="open('made.txt', 'w').write('1')", module=body)

    assert known["made"] == {}
    assert "FileNotFoundError" in str(known["skipped"])


def test_modules_beside_the_script_hide_no_others(tmp_path: Path) -> None:
    """`code` is a module of Python's, and one of those beside the script."""
    environment = {"HOME": str(tmp_path), "PATH": ""}
    script = tmp_path / "story.py"
    script.write_text("import sys\nimport code\nprint(code.__file__, sys.stdin.readline())")
    (tmp_path / "code.py").touch()

    with Script(script, environment, answers=True) as process:
        process.ask("hello")
        assert process.process.stdout is not None
        said = process.process.stdout.readline()

    assert str(tmp_path) not in said
    assert said.endswith(' "hello"\n')


FRAME = "import pandas as pd\nxs = pd.DataFrame({'key': [1, 1, 2], 'a': [None, 3.0, 4.0]})"


@pytest.mark.parametrize(
    ("body", "held"),
    [
        ("xs.drop_duplicates('key')", {"unique": ["key"], "twice": True, "rows": False}),
        ("xs.dropna()", {"complete": ["a"], "subset": True, "twice": True}),
        ("xs.assign(b=xs['a'] * 2)", {"rows": True, "by_row": True, "unchanged": ["xs"]}),
        ("xs.assign(a=xs['a'] + 1)", {"rows": True, "twice": False}),
        ("xs.assign(b=range(len(xs)))", {"rows": True, "by_row": False}),
    ],
)
def test_properties_are_those_that_held_on_the_sample(
    tmp_path: Path, body: str, held: dict[str, object]
) -> None:
    known = sampled(tmp_path, start=FRAME, module=f"def doubled(xs):\n    return {body}\n")

    found = known["properties"]["doubled"]
    assert {name: found[name] for name in held} == held


def test_a_change_of_an_argument_that_is_not_given_back_is_kept(tmp_path: Path) -> None:
    body = "def doubled(xs):\n    xs['b'] = 1\n    return len(xs)\n"

    known = sampled(tmp_path, start=FRAME, module=body)

    assert known["properties"]["doubled"]["after"] == ["xs"]
    assert list((tmp_path / "samples" / "doubled").glob("xs_after.*"))


def test_of_a_result_that_is_too_large_a_part_is_kept(tmp_path: Path) -> None:
    body = "import numpy as np\nimport pandas as pd\ndef doubled(xs):\n"
    body += "    rows = [i * 1.37 for i in range(90_000)]\n"
    body += "    return pd.DataFrame({'a': rows}), np.array(rows), xs\n"

    known = sampled(tmp_path, module=body)

    assert known["few"] == ["doubled"]
    frame, array, xs = pickle.loads((tmp_path / "samples/doubled/result.pickle").read_bytes())
    assert (frame[0], len(frame[1]), frame[2]["a"].iloc[-1]) == (90_000, 30, 89_999 * 1.37)
    assert (array[0], array[1].tolist()[:2]) == ((90_000,), [0, 90 * 1.37])
    assert xs == [1, 2]


def test_rows_that_are_wide_are_kept_in_a_handful(tmp_path: Path) -> None:
    start = "import numpy as np\nxs = np.ones((50, 2_000))"

    known = own(tmp_path, "table):\n    return table.sum()\n", "told(xs)", start=start)

    assert [call["passed"] for call in known["kept"]] == ["table"]


COMPARED = "import pandas as pd\nxs = pd.DataFrame({'a': [i * 1.37 for i in range(40)]})"


def test_a_row_of_the_sample_stands_where_the_function_turns(tmp_path: Path) -> None:
    body = "def doubled(xs):\n    return xs[xs['a'] > 5]\n"

    known = sampled(tmp_path, start=COMPARED, module=body)

    assert known["moved"] == {"doubled": ["a 5", "a 6"]}
    kept = pd.read_parquet(tmp_path / "samples" / "doubled" / "xs.parquet")
    assert kept["a"].tail(2).tolist() == [6, 5]


def test_rows_stay_as_they_were_where_the_function_fails_on_others(tmp_path: Path) -> None:
    body = "def doubled(xs):\n    assert not (xs['a'] == 5).any()\n    return len(xs)\n"

    known = sampled(tmp_path, start=COMPARED, module=body)

    assert known["moved"] == {}
    kept = pd.read_parquet(tmp_path / "samples" / "doubled" / "xs.parquet")
    assert kept["a"].iloc[-1] == 39 * 1.37


def test_a_function_of_one_number_is_called_where_its_answer_turns(tmp_path: Path) -> None:
    body = "def band(n):\n    return 'new' if n < 12 else 'old'\n"
    body += "def doubled(xs):\n    return [band(n) for n in xs]\n"

    known = sampled(tmp_path, start="xs = [1, 40]", module=body)

    assert known["own"]["band"] == [
        [["1"], "'new'"],
        [["11"], "'new'"],
        [["12"], "'old'"],
        [["40"], "'old'"],
    ]


def own(folder: Path, body: str, *cells: str, **given: Any) -> dict[str, Any]:
    """What is known of `told`, a function of the author's own, after some calls of it."""
    text = f"def told({body}\ndef doubled(xs):\n    return xs\n"
    start = f"{given.pop('start', 'xs = [1]')}\nfrom story.work import told"
    known = sampled(folder, *cells, start=start, module=text, **given)
    kinds = {"literal": "own", "printed": "prints", "kept": "calls"}
    return {kind: known[name].get("told", []) for kind, name in kinds.items()}


def test_own_functions_are_called_in_a_task_without_functions_made_of_its_cells(
    tmp_path: Path,
) -> None:
    known = own(tmp_path, "n):\n    return n + 3\n", "told(4)", made=False)

    assert known["literal"] == [[["4"], "7"]]


def test_calls_by_name_and_with_defaults_are_written_down_in_full(tmp_path: Path) -> None:
    body = "a, b=6):\n    return a - b\n"

    known = own(tmp_path, body, "told(9)", "told(b=3, a=8)")

    assert known["literal"] == [[["9", "6"], "3"], [["8", "3"], "5"]]


def test_arguments_that_are_no_literals_are_kept_beside_the_test(tmp_path: Path) -> None:
    body = "frame, *, least):\n    return frame[frame['a'] > least]\n"

    known = own(tmp_path, body, "told(xs, least=3)", start=FRAME)

    (kept,) = known["kept"]
    assert kept["given"] == {"frame": None, "least": "3"}
    assert kept["passed"] == "frame, least=least"
    assert {path.stem for path in (tmp_path / "samples" / "told").iterdir()} == {"frame", "result"}


def test_a_table_that_is_too_large_is_kept_with_fewer_rows(tmp_path: Path) -> None:
    start = "import pandas as pd\nxs = pd.DataFrame({'a': [i * 1.37 for i in range(90_000)]})"

    known = own(tmp_path, "frame):\n    return frame['a'].sum()\n", "told(xs)", start=start)

    assert [call["passed"] for call in known["kept"]] == ["frame"]


def test_what_is_printed_is_kept(tmp_path: Path) -> None:
    known = own(tmp_path, "n):\n    print(n, 'rows')\n", "told(4)")

    assert known["printed"] == [[["4"], repr("4 rows\n")]]
    assert known["kept"] == []


def test_what_is_printed_beside_other_effects_is_kept_with_them(tmp_path: Path) -> None:
    body = "rows):\n    rows.append(7)\n    print(len(rows), 'rows')\n"

    known = own(tmp_path, body, "told([3])")

    assert known["printed"] == []
    (kept,) = known["kept"]
    assert (kept["printed"], kept["changed"]) == ("2 rows\n", ["rows"])


def test_what_is_printed_turns_too(tmp_path: Path) -> None:
    body = "n):\n    print('late' if n > 30 else 'early')\n"

    printed = own(tmp_path, body, "told(90)")["printed"]

    assert [["30"], repr("early\n")] in printed
    assert [["31"], repr("late\n")] in printed


@pytest.mark.parametrize("inside", [True, False])
def test_a_function_is_called_with_the_keys_of_its_tables(tmp_path: Path, inside: bool) -> None:
    table = "{'day': 1, 'week': 7, 'Tag': 1, 2.5: 9}"
    body = f"unit, n):\n    days = {table if inside else 'DAYS'}\n    return n * days[unit]\n"
    after = "" if inside else f"DAYS = {table}\n"

    literal = own(tmp_path, f"{body}{after}", "told('day', 3)")["literal"]

    assert literal == [[["'day'", "3"], "3"], [["'week'", "3"], "21"]]


def test_what_is_drawn_is_kept(tmp_path: Path) -> None:
    body = "rows):\n    import matplotlib.pyplot as plt\n    plt.title('rows')\n"
    body += "    return plt.plot([2 * row for row in rows])\n"

    known = own(tmp_path, body, "told([1, 3])")

    assert [(call["drawn"], call["result"]) for call in known["kept"]] == [(True, False)]
    (axes,) = pickle.loads((tmp_path / "samples" / "told" / "drawn.pickle").read_bytes())
    assert axes["texts"] == ["rows", "", ""]
    assert axes["lines"][0].tolist() == [[0, 2], [1, 6]]


def test_images_areas_and_limits_that_are_drawn_are_kept(tmp_path: Path) -> None:
    body = (
        "rows):\n    import matplotlib.pyplot as plt\n    plt.imshow([rows], extent=[0, 9, 0, 1])\n"
    )
    body += "    plt.fill_between([1, 5], rows)\n    plt.axis([0, 20, -3, 7])\n"

    own(tmp_path, body, "told([1, 3])")

    (axes,) = pickle.loads((tmp_path / "samples" / "told" / "drawn.pickle").read_bytes())
    assert axes["values"] == [[1, 2, 2.0]]
    assert axes["extents"][0].tolist() == [0, 9, 0, 1]
    assert axes["shapes"][0].tolist() == [[1, 0, 4, 3]]
    assert axes["limits"].tolist() == [[0, 20], [-3, 7]]


def test_a_change_of_an_argument_is_kept_where_nothing_is_given_back(tmp_path: Path) -> None:
    known = own(tmp_path, "rows):\n    rows.append(7)\n", "told([3])")

    assert [call["changed"] for call in known["kept"]] == [["rows"]]


REFUSES = "n):\n    if n < 1:\n        raise ValueError('no rows')\n"


def test_a_refusal_is_kept(tmp_path: Path) -> None:
    refused = "try:\n    told(0)\nexcept ValueError:\n    pass"

    known = own(tmp_path, REFUSES, refused)

    (kept,) = known["kept"]
    assert (kept["raises"], kept["message"]) == ("ValueError", "no rows")


def test_what_is_not_refused_is_kept_too(tmp_path: Path) -> None:
    (kept,) = own(tmp_path, REFUSES, "told(4)")["kept"]

    assert kept["result"] is False
    assert "raises" not in kept


def test_a_function_that_gives_and_shows_nothing_has_no_test(tmp_path: Path) -> None:
    known = own(tmp_path, "n):\n    n + 1\n", "told(4)")

    assert known == {"literal": [], "printed": [], "kept": []}


@pytest.mark.parametrize(("cells", "why"), [(["told(4)"], "none of its"), ([], "not called")])
def test_why_an_own_function_has_no_test_is_said(
    tmp_path: Path, cells: list[str], why: str
) -> None:
    text = "def told(n):\n    n + 1\ndef doubled(xs):\n    return xs\n"

    known = sampled(tmp_path, *cells, start="from story.work import told", module=text)

    assert why in known["skipped"]["told"]


def test_a_call_that_reaches_another_line_is_kept_among_many(tmp_path: Path) -> None:
    body = "frame):\n    total = len(frame)\n    if total > 90:\n        total = 0\n"
    body += "    return pd.Series([total])\n"
    start = "import pandas as pd\nimport story.work\nstory.work.pd = pd\n"
    start += "xs = pd.DataFrame({'a': range(120)})"

    cell = "for n in range(120):\n    told(xs.head(n))"
    known = own(tmp_path, body, cell, start=start)

    kept = [tmp_path / "samples" / call["folder"] / "frame.parquet" for call in known["kept"]]
    assert len(pd.read_parquet(kept[0])) == 0
    assert len(pd.read_parquet(kept[1])) == 91


def test_figures_that_tell_little_are_joined_by_some_that_tell_more(tmp_path: Path) -> None:
    known = own(tmp_path, "a, b):\n    return a * b + b\n", "told(1, 1)")

    assert known["literal"] == [[["1", "1"], "2"], [["3", "5"], "20"]]


def test_an_answer_of_nothing_is_joined_by_one_that_tells_more(tmp_path: Path) -> None:
    known = own(tmp_path, "a):\n    return (a - 32) * 5\n", "told(32)")

    assert known["literal"] == [[["32"], "0"], [["3"], "-145"]]


def test_a_function_is_called_at_what_it_compares_its_arguments_with(tmp_path: Path) -> None:
    body = "n, unit):\n    return 'late' if n > 30 and unit == 'day' else 'early'\n"

    literal = own(tmp_path, body, "told(90, 'day')")["literal"]

    assert [["30", "'day'"], "'early'"] in literal
    assert [["31", "'day'"], "'late'"] in literal


def test_what_holds_an_own_function_is_kept_with_the_function_itself(tmp_path: Path) -> None:
    body = "f, n):\n    return [f(n)]\ndef other(n):\n    return n + 3\n"
    cell = "from story.work import other\ntold(other, 4)"

    known = own(tmp_path, body, cell)

    (kept,) = known["kept"]
    assert kept["given"] == {"f": None, "n": "4"}
    assert b"story.work" in (tmp_path / "samples" / "told" / "f.pickle").read_bytes()
