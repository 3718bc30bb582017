"""What fixes do to the examples of all rules, and how they are applied."""

from __future__ import annotations

import ast
import contextlib
import io
import json
import os
from collections import Counter
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from poc_graduate.dataflow.facts import RunFacts
from poc_graduate.notebook.model import NewCell
from poc_graduate.notebook.read import read_text
from poc_graduate.notebook.write import changed
from poc_graduate.rules.apply import SAFE, changes_of, mend, together
from poc_graduate.rules.finding import Edit, Finding, Fix, NewFile, Severity, Span
from poc_graduate.rules.run import check, rules

CASES = [(rule, case) for rule in rules() for case in rule.flagged]


def _notebook(source, stored=""):
    notebook = read_text("# %%\n" + source + "\n", "example.py", keep_broken=True)
    if not stored:
        return notebook
    kind = "text/html" if stored.startswith("<") else "text/plain"
    output = {"output_type": "display_data", "data": {kind: stored}, "metadata": {}}
    *before, last = notebook.cells
    return replace(notebook, cells=(*before, replace(last, outputs=(output,))))


def _sources(notebook):
    return "\n# %%\n".join(cell.source for cell in notebook.cells)


def _facts(case, moved=()):
    return RunFacts(case.ran) if case.ran else None


def _finding(rule, case):
    run = None if rule.code == "POC001" else frozenset({rule.code})
    found = check(_notebook(case.plain, case.stored), run, _facts(case))
    return next((finding for finding in found if finding.code == rule.code), None)


def _id(pair):
    rule, case = pair
    return f"{rule.code}-{case.source[:40]!r}"


def _has_fix(rule, case):
    finding = _finding(rule, case)
    return bool(case.after or (finding and finding.fix))


WITH_FIX = [(rule, case) for rule, case in CASES if _has_fix(rule, case)]


@pytest.mark.parametrize("pair", WITH_FIX, ids=_id)
def test_a_fix_gives_what_the_example_says_and_its_finding_is_gone(pair):
    rule, case = pair
    notebook = _notebook(case.plain, case.stored)
    before = check(notebook, None, _facts(case))
    finding = _finding(rule, case)
    assert finding.fix is not None

    mended = mend(notebook, [rule.code], facts=_facts(case))

    assert mended.not_applied == ()
    alone = changed(notebook, changes_of(notebook, [finding.fix]))
    if case.after:
        assert _sources(alone) == case.after
    for cell in alone.code_cells:
        ast.parse(cell.code)
    after = mended.remaining
    assert rule.code not in {one.code for one in after} or len(before) > len(after)
    assert not Counter(one.code for one in after) - Counter(one.code for one in before)
    assert rule.fix_title or finding.fix.title


@pytest.mark.parametrize("pair", [(rule, case) for rule, case in WITH_FIX if case.files], ids=_id)
def test_a_mended_example_computes_the_same(pair, tmp_path):
    rule, case = pair
    fix = _finding(rule, case).fix

    before, said = _run(case.plain, case.files, tmp_path / "before")
    new = {file.path: file.text for file in fix.files}
    after, said_then = _run(case.after, {**case.files, **new}, tmp_path / "after")

    for name, value in before.items():
        assert _equal(after[name], value), name
    lines = iter(said_then.splitlines())
    assert all(line in lines for line in said.splitlines())


def _run(source, files, folder):
    """Values of a notebook's names and what it printed, run in a folder with files."""
    folder.mkdir()
    for path, text in files.items():
        (folder / path).write_text(text, encoding="utf-8")
    names = {"__name__": "__main__"}
    said, home = io.StringIO(), os.getcwd()
    os.chdir(folder)
    try:
        with contextlib.redirect_stdout(said):
            for cell in source.split("\n# %%\n"):
                exec(compile(cell, "cell", "exec"), names)
    finally:
        os.chdir(home)
    return {n: v for n, v in names.items() if not n.startswith("__")}, said.getvalue()


def _equal(one, other):
    if isinstance(other, pd.DataFrame):
        pd.testing.assert_frame_equal(one, other)
        return True
    if isinstance(other, pd.Series):
        pd.testing.assert_series_equal(one, other)
        return True
    if isinstance(other, np.ndarray):
        return np.array_equal(one, other)
    if callable(other) or type(other).__name__ == "module":
        return type(one) is type(other)
    return bool(one == other)


def _ipynb(*sources, **tags):
    cells = [
        {
            "cell_type": "code",
            "id": f"c{number}",
            "metadata": {},
            "execution_count": number,
            "outputs": [],
            "source": source.splitlines(keepends=True),
        }
        for number, source in enumerate(sources, 1)
    ]
    record = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    return read_text(json.dumps(record, indent=1), "n.ipynb")


def _markdown(*sources):
    return read_text("".join(f"```python\n{source}\n```\n\n" for source in sources), "n.md")


def _script(*sources):
    return read_text("".join(f"# %%\n{source}\n\n" for source in sources), "n.py")


FORMATS = pytest.mark.parametrize("written", [_ipynb, _markdown, _script])
READS = "import pandas as pd", "df = pd.read_csv('/srv/a.csv')\nold = pd.read_csv('/srv/b.csv')"


@FORMATS
def test_paths_become_parameters_in_a_cell_of_their_own(written):
    mended = mend(written(*READS), run=frozenset({"POC101"}))

    assert [(cell.source, cell.tags) for cell in mended.result.code_cells] == [
        ("import pandas as pd", frozenset()),
        ("a_csv = '/srv/a.csv'\nb_csv = '/srv/b.csv'", {"parameters"}),
        ("df = pd.read_csv(a_csv)\nold = pd.read_csv(b_csv)", frozenset()),
    ]
    assert len(mended.fixed) == 1  # one finding a folder
    assert mended.remaining == ()
    assert [o for o in mended.origins if o is None] == [None]


def test_cells_that_fixes_put_in_are_not_told_of_as_never_run():
    cells = "x = 1", "y = x", "z = y", "print(z)", "df = df.drop([12, 45])", "df"

    mended = mend(_ipynb(*READS, *cells), [SAFE, "POC202"])

    assert {finding.code for finding in mended.fixed} == {"POC101", "POC202"}
    assert mended.not_applied == ()
    assert "POC303" not in {finding.code for finding in mended.remaining}


def test_where_a_rule_tells_one_place_in_a_cell_the_next_is_fixed_too():
    block = "# a = load()\n# b = clean(a)\n# b.to_csv('a.csv')\n"

    other = block.replace("load()", "load_again()")

    mended = mend(_ipynb(f"{block}a = 1\n{other}b = 2"), ["POC309"])

    assert mended.result.cell(1).source == "a = 1\nb = 2"


def test_the_same_path_becomes_one_parameter():
    mended = mend(_ipynb(*READS, "again = pd.read_csv('/srv/a.csv')"), run=frozenset({"POC101"}))

    assert mended.result.cell(4).source == "again = pd.read_csv(a_csv)"
    assert mended.result.cell(2).source.count("a.csv") == 1


def test_a_taken_name_is_not_taken_again():
    mended = mend(_ipynb("a_csv = 3", READS[1]), run=frozenset({"POC101"}))

    assert "a_csv_2 = '/srv/a.csv'" in mended.result.cell(1).source


def test_where_ipython_syntax_moves_a_line_nothing_is_offered():
    moved = mend(_ipynb("%time df = pd.read_csv('/srv/a.csv')"))
    above = mend(_ipynb("%matplotlib inline\n!ls\ndf = pd.read_csv('/srv/a.csv')"))

    assert [finding.fix for finding in moved.remaining if finding.code == "POC101"] == [None]
    assert moved.fixed == ()
    assert above.result.cell(2).source == "%matplotlib inline\n!ls\ndf = pd.read_csv(a_csv)"


def test_a_notebook_that_forgets_names_gets_no_parameter():
    notebook = _ipynb(*READS, "%reset -f", "df = pd.read_csv('/srv/c.csv')")

    assert mend(notebook, run=frozenset({"POC101"})).fixed == ()


def _found(fix, code="POC101", cell=1):
    place = _ipynb("x = 1").place(1)
    return Finding(code, "n", Severity.RISK, place, 1, 1, "m", fix=fix)


def _with(monkeypatch, *answers):
    """`check` answers these, one after the other, then the last."""
    from poc_graduate.rules import apply

    told = list(answers)
    monkeypatch.setattr(apply, "check", lambda *_: told.pop(0) if len(told) > 1 else told[0])


def _edit(text, column=1, end=2):
    return Edit(1, Span(1, column, 1, end), text)


def test_of_two_edits_that_meet_the_first_is_made_and_the_other_waits(monkeypatch):
    first = _found(Fix("a", (_edit("y", 1, 2),), safe=True))
    other = _found(Fix("b", (_edit("z", 2, 3),), safe=True))
    _with(monkeypatch, (first, other), ())

    mended = mend(_ipynb("x = 1"))

    assert mended.result.cell(1).source == "y = 1"
    assert mended.fixed == (first,)


@pytest.mark.parametrize(
    ("text", "after", "reason"),
    [
        ("(", lambda f: (), "not valid Python"),
        ("y", lambda f: (f,), "still there"),
        ("y", lambda f: (replace(f, code="POC999", message="worse; so"),), "POC999 would be found"),
    ],
)
def test_a_fix_that_does_harm_is_not_applied(monkeypatch, text, after, reason):
    finding = _found(Fix("a", (_edit(text),), safe=True))
    _with(monkeypatch, (finding,), after(finding), (finding,))

    mended = mend(_ipynb("x = 1"))

    assert mended.result is mended.notebook
    assert mended.fixed == ()
    assert [one.finding for one in mended.not_applied] == [finding]
    assert reason in mended.not_applied[0].reason


def test_one_harmful_fix_keeps_no_other_from_being_applied(monkeypatch):
    bad = _found(Fix("a", (_edit("("),), safe=True))
    good = _found(Fix("b", (_edit("2", 5, 6),), safe=True), code="POC102")
    from poc_graduate.rules import apply

    monkeypatch.setattr(
        apply, "check", lambda nb, *_: (bad, good) if nb.cell(1).source == "x = 1" else (bad,)
    )

    mended = mend(_ipynb("x = 1"))

    assert mended.result.cell(1).source == "x = 2"
    assert [one.finding for one in mended.not_applied] == [bad]


def test_offered_fixes_are_applied_where_they_are_named():
    notebook = _ipynb("import pandas as pd", "df = df.drop([12, 45])\nbreakpoint()")

    safe, named = mend(notebook, [SAFE]), mend(notebook, ["POC202"])

    assert {finding.code for finding in safe.fixed} == {"POC808"}
    assert {finding.code for finding in named.fixed} == {"POC202"}


def test_a_file_that_holds_something_else_is_not_overwritten():
    notebook = _ipynb("import pandas as pd", "df = df.drop([12, 45])")

    mended = mend(notebook, ["POC202"], beside=lambda path: "mine\n")

    assert mended.fixed == ()
    assert "exclusions.csv is there already" in mended.not_applied[0].reason


def test_files_of_the_environment_take_lines():
    assert together("A=1\nB=", NewFile(".env.example", "B=\nC=\n")) == "A=1\nB=\nC=\n"
    assert together(None, NewFile("a.csv", "x\n")) == "x\n"
    assert together("x\n", NewFile("a.csv", "x\n")) == "x\n"
    assert together("y\n", NewFile("a.csv", "x\n")) is None


def test_fixes_give_the_same_bytes_each_time():
    assert len({mend(_ipynb(*READS)).result.text for _ in range(3)}) == 1


def test_a_new_cell_is_laid_out_as_its_neighbours():
    text = mend(_ipynb(*READS)).result.text

    assert json.dumps(json.loads(text), indent=1) == text
    assert NewCell(1, "").id == ""
    assert len(json.loads(text)["cells"][1]["id"]) == 8


def test_no_copy_is_offered_where_a_change_is_made_for_the_other_names_sake():
    told = "kept = [0]\nfound = kept\n# %%\nfor row in rows:\n    found.append(row)\nprint(kept)"

    (finding,) = check(read_text(f"# %%\n{told}", "nb.py"), frozenset({"POC306"}))

    assert finding.fix is None
