"""Whatever is given as a notebook is read, or refused in one sentence with a remedy."""

from __future__ import annotations

import copy
import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poc_graduate.errors import InputError
from poc_graduate.notebook.model import Notebook
from poc_graduate.notebook.read import LARGEST, MOST_CELLS, read, read_text
from tests.notebook.records import code, record


def python(**metadata: Any) -> str:
    return json.dumps(record(code(), metadata=metadata))


def kernel(name: str, language: str | None = None) -> str:
    spec = {"name": name} if language is None else {"name": name, "language": language}
    return python(kernelspec=spec)


def whole(*cells: Any, **more: Any) -> str:
    return json.dumps(record(*cells, **more))


def old(*cells: Any) -> str:
    return json.dumps({"nbformat": 3, "nbformat_minor": 0, "worksheets": [{"cells": list(cells)}]})


def old_code(source: str, language: str = "python") -> dict[str, Any]:
    return {"cell_type": "code", "input": source, "language": language, "outputs": []}


CONFLICT = '{\n<<<<<<< HEAD\n "cells": [],\n=======\n "cells": [{}],\n>>>>>>> theirs\n}'
CONFLICT_IN_CELL = "<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> theirs"

TEXTS: dict[str, tuple[str, str]] = {
    "empty": ("", "is empty"),
    "blank": (" \n\n", "is empty"),
    "cut off": (whole(code())[:60], "is not valid JSON (line 1, column"),
    "broken in line 3": ('{\n "cells": [\n  x\n ]\n}', "(line 3, column 3: Expecting value)"),
    "git conflict": (CONFLICT, "holds git conflict marks (line 2)"),
    "web page": ("<!DOCTYPE html>\n<html></html>", "is a web page"),
    "LFS pointer": ("version https://git-lfs.github.com/spec/v1\noid x", "is a Git LFS pointer"),
    "null byte": ("{\n\0}", "holds a null byte in line 2"),
    "a list": ("[]", "is JSON, but no notebook"),
    "a number": ("3", "is JSON, but no notebook"),
    "another record": ('{"name": "x", "version": 1}', "is JSON, but no notebook"),
    "nested deeply": ("[" * 100_000, "is JSON that no notebook holds"),
    "a long number": ('{"cells": ' + "9" * 5_000 + "}", "is JSON that no notebook holds"),
    "nbformat 1": (whole(code(), nbformat=1), "is of notebook format 1; formats 3 and 4 are read"),
    "nbformat 2": (whole(code(), nbformat=2), "is of notebook format 2;"),
    "nbformat 5": (whole(code(), nbformat=5), "is of notebook format 5;"),
    "nbformat 99": (whole(code(), nbformat=99), "is of notebook format 99;"),
    "nbformat a text": (whole(code(), nbformat="4"), "is of notebook format '4';"),
    "nbformat true": (whole(code(), nbformat=True), "is of notebook format True;"),
    "nbformat null": (whole(code(), nbformat=None), "is of notebook format None;"),
    "no cells": (whole(), "has no code: there is nothing to convert"),
    "empty cells": (whole(code(""), code(" \n")), "has no code: there is nothing to convert"),
    "text only": (whole({"cell_type": "markdown", "source": "# x"}), "has no code"),
    "cells missing": ('{"nbformat": 4, "metadata": {}}', "its cells are no list"),
    "cells a record": (json.dumps({"nbformat": 4, "cells": {"a": 1}}), "its cells are no list"),
    "cells null": (json.dumps({"nbformat": 4, "cells": None}), "its cells are no list"),
    "a cell that is a text": (whole(code(), "x = 1"), "cell 2 is no cell"),
    "a cell without type": (whole({"source": "x"}), "cell 1 is of unknown type None"),
    "a cell of another type": (whole(code(cell_type="sql")), "cell 1 is of unknown type 'sql'"),
    "a type that is a list": (
        whole(code(cell_type=["code"])),
        "cell 1 is of unknown type ['code']",
    ),
    "source missing": (whole({"cell_type": "code"}), "cell 1 has no source"),
    "source a number": (whole(code(5)), "cell 1 has a source that is no text"),
    "source a list of numbers": (whole(code([1])), "cell 1 has a source that is no text"),
    "R": (kernel("ir", "R"), "is written in R"),
    "R without language": (kernel("ir"), "is written in R"),
    "R by its info": (python(language_info={"name": "R"}), "is written in R"),
    "Julia": (kernel("julia-1.9", "julia"), "is written in Julia"),
    "Julia without language": (kernel("julia-1.9"), "is written in Julia"),
    "SoS": (kernel("sos", "sos"), "is written in SoS"),
    "Bash": (kernel("bash", "bash"), "is written in Bash"),
    "C++": (kernel("xcpp17", "C++17"), "is written in C++17"),
    "SageMath": (kernel("sagemath", "sage"), "is written in SageMath"),
    "Spark": (kernel("pysparkkernel", "python"), "is written in PySpark on a remote cluster"),
    "format 3 in Julia": (old(old_code("x", "julia")), "is written in Julia"),
    "format 3 damaged": (old({"cell_type": "code"}, 3), "is a damaged notebook of format 3"),
    "format 3 without sheets": ('{"nbformat": 3, "worksheets": 4}', "is a damaged notebook"),
    "format 3 empty": (old(), "has no code"),
}

CELLS: dict[str, tuple[str, str, tuple[int, int]]] = {
    "syntax": ("ok = 1\nx = = 2", "the cell is not valid Python: invalid syntax", (2, 5)),
    "print": ("ok = 1\nprint 'x'", "the cell is Python 2: Missing parentheses", (2, 1)),
    "exec": ("exec 'x'", "the cell is Python 2: Missing parentheses", (1, 1)),
    "a program's exec": (
        "docker exec -it pg bash",
        "`docker exec -it pg bash` is a line of shell without `!`",
        (1, 8),
    ),
    "a program": ("cd ../data\nx = 1", "`cd ../data` is a line of shell without `!`", (1, 5)),
    "no program": ("git = 1 +", "the cell is not valid Python: invalid syntax", (1, 10)),
    "a print that is no statement": ("see print 'x'", "the cell is not valid Python", (1, 5)),
    "except": ("try:\n    x\nexcept A, e:\n    y", "the cell is Python 2: multiple exc", (3, 8)),
    "indentation": ("if x:\ny = 1", "expected an indented block", (2, 1)),
    "null byte": ("x = 1\ny = '\0'", "the cell is not valid Python: a null byte", (2, 6)),
    "half a character": ("y = '\ud83d'", "a character is half of a pair", (1, 6)),
    "conflict": (CONFLICT_IN_CELL, "the cell holds git conflict marks", (1, 1)),
    "too deep": ("x = " + "-" * 50_000 + "1", "nested too deeply for Python", (1, 1)),
    "too many magics": ("!ls\n" * 3_000, "the cell is not valid Python", (1, 1)),
    "a magic in the middle": ("x = 1 + !ls", "the cell is not valid Python", (1, 9)),
}

SCRIPTS: dict[str, tuple[str, str, str]] = {
    "plain script": ("n.py", "import os\nprint(os.name)\n", "is a plain script"),
    "marimo": ("n.py", "import marimo\n\napp = marimo.App()\n", "is a marimo notebook"),
    "Databricks": ("n.py", "# Databricks notebook source\nx = 1\n", "is a Databricks source file"),
    "empty script": ("n.py", "\n", "is empty"),
    "only text": ("n.md", "# Title\n\ntext\n", "has no code"),
    "R Markdown": ("n.Rmd", "# Title\n\n```{r}\nx <- 1\n```\n", "is written in R"),
    "Quarto": ("n.qmd", "```{python}\nx = 1\n```\n", "is a Quarto document"),
    "R script": ("n.R", "x <- 1\n", "is an R script"),
    "text": ("n.txt", "x = 1\n", "is of no known format"),
    "no suffix": ("notebook", "x = 1\n", "is of no known format"),
    "header broken": (
        "n.py",
        "# ---\n# jupyter:\n#   kernelspec:\n#     name: work\n# ---\n\n# %%\nx = 1\n",
        "cannot be read as a text notebook: 'display_name' is a required property",
    ),
    "conflict": ("n.py", f"# %%\n{CONFLICT_IN_CELL}\n", "holds git conflict marks (line 2)"),
    "other language": (
        "n.md",
        "---\njupyter:\n  kernelspec:\n    name: ir\n    display_name: R\n    language: R\n---\n\n"
        "```R\nx <- 1\n```\n",
        "is written in R",
    ),
}


def assert_is_one_sentence_with_a_remedy(error: InputError) -> None:
    assert error.exit_status == 2
    assert error.remedy
    assert "\n" not in str(error)
    assert not error.found.endswith(".")
    assert "Traceback" not in str(error)


@pytest.mark.parametrize(("text", "found"), TEXTS.values(), ids=TEXTS)
def test_a_file_that_is_no_notebook_is_refused(text: str, found: str, tmp_path: Path) -> None:
    path = tmp_path / "n.ipynb"
    path.write_bytes(text.encode())

    with pytest.raises(InputError) as refused:
        read(path)

    assert found in refused.value.found
    assert refused.value.found.startswith("n.ipynb ")
    assert_is_one_sentence_with_a_remedy(refused.value)


@pytest.mark.parametrize(("source", "found", "place"), CELLS.values(), ids=CELLS)
def test_a_cell_that_is_no_python_is_refused_with_its_place(
    source: str, found: str, place: tuple[int, int]
) -> None:
    with pytest.raises(InputError) as refused:
        read_text(whole(code(), code(source)), "n.ipynb")

    assert found in refused.value.found
    assert refused.value.place is not None
    assert (refused.value.place.line, refused.value.place.column) == place
    assert str(refused.value).startswith("n.ipynb, cell 2, line ")
    assert_is_one_sentence_with_a_remedy(refused.value)


@pytest.mark.parametrize(("name", "text", "found"), SCRIPTS.values(), ids=SCRIPTS)
def test_a_text_file_that_is_no_notebook_is_refused(name: str, text: str, found: str) -> None:
    with pytest.raises(InputError) as refused:
        read_text(text, name)

    assert found in refused.value.found
    assert_is_one_sentence_with_a_remedy(refused.value)


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"\xff\xfe" + whole(code()).encode("utf-16-le"), "is UTF-16"),
        (b"\xfe\xff" + whole(code()).encode("utf-16-be"), "is UTF-16"),
        (b'{"cells": ["\xe4"]}', "is not UTF-8 (byte 0xe4 at offset 12)"),
        (b'\xef\xbb\xbf{"cells": ["\xe4"]}', "is not UTF-8 (byte 0xe4 at offset 15)"),
        (b"\x1f\x8b\x08\x00\xff", "is compressed"),
        (bytes(range(256)), "is not UTF-8 (byte 0x80 at offset 128)"),
    ],
)
def test_other_encodings_are_named(data: bytes, found: str, tmp_path: Path) -> None:
    path = tmp_path / "n.ipynb"
    path.write_bytes(data)

    with pytest.raises(InputError) as refused:
        read(path)

    assert found in refused.value.found
    assert_is_one_sentence_with_a_remedy(refused.value)


class TestFiles:
    def test_one_that_is_missing(self, tmp_path: Path) -> None:
        self.refused(tmp_path / "n.ipynb", "does not exist")

    def test_a_link_to_nowhere(self, tmp_path: Path) -> None:
        (tmp_path / "n.ipynb").symlink_to(tmp_path / "gone")

        self.refused(tmp_path / "n.ipynb", "does not exist")

    def test_a_link_to_itself(self, tmp_path: Path) -> None:
        (tmp_path / "n.ipynb").symlink_to("n.ipynb")

        self.refused(tmp_path / "n.ipynb", "cannot be read")

    def test_a_folder(self, tmp_path: Path) -> None:
        (tmp_path / "n.ipynb").mkdir()

        self.refused(tmp_path / "n.ipynb", "is a folder")

    def test_a_path_through_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "a").touch()

        self.refused(tmp_path / "a" / "n.ipynb", "cannot be read")

    def test_one_that_may_not_be_read(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = tmp_path / "n.ipynb"
        path.write_text(whole(code()))
        path.chmod(0)
        if os.access(path, os.R_OK):  # as root: let the system say what it says to others

            def denied(self: Path) -> bytes:
                raise PermissionError(13, "Permission denied")

            monkeypatch.setattr(Path, "read_bytes", denied)

        self.refused(path, "permission denied")

    def test_a_pipe_that_nobody_writes_to(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "n.ipynb")

        self.refused(tmp_path / "n.ipynb", "is no regular file")

    @pytest.mark.parametrize("name", ["a\0b.ipynb", "x" * 5_000 + ".ipynb"])
    def test_a_name_that_no_file_can_have(self, name: str, tmp_path: Path) -> None:
        self.refused(tmp_path / name, "")

    def test_one_that_is_too_large(self, tmp_path: Path) -> None:
        path = tmp_path / "n.ipynb"
        with path.open("wb") as file:
            file.truncate(LARGEST + 1)

        self.refused(path, "is too large (200 MB; 200 MB are the most that is read)")

    def refused(self, path: Path, found: str) -> None:
        with pytest.raises(InputError) as refused:
            read(path)

        assert found in refused.value.found
        assert_is_one_sentence_with_a_remedy(refused.value)


class TestTooMuch:
    @pytest.mark.parametrize("form", ["format 4", "format 3"])
    def test_twenty_thousand_cells_are_refused_at_once(self, form: str) -> None:
        count = 20_000
        cells = [code("x = 1") for _ in range(count)]
        text = whole(*cells) if form == "format 4" else old(*[old_code("x")] * count)

        start = time.process_time()
        with pytest.raises(InputError) as refused:
            read_text(text, "n.ipynb")

        assert refused.value.found == (
            "n.ipynb has 20,000 code cells; 2,000 are the most that is read"
        )
        assert time.process_time() - start < 5
        assert_is_one_sentence_with_a_remedy(refused.value)

    @pytest.mark.parametrize(
        ("name", "cell"),
        [
            ("n.py", "# %%\nx = 1\n\n# %% [markdown]\n# text\n\n"),
            ("n.md", "```python\nx = 1\n```\n\n"),
            ("n.Rmd", "```{python}\nx = 1\n```\n\n"),
        ],
    )
    def test_twenty_thousand_cells_of_a_text_notebook_are_refused(
        self, name: str, cell: str
    ) -> None:
        start = time.process_time()
        with pytest.raises(InputError, match="20,000 code cells"):
            read_text(cell * 20_000, name)

        assert time.process_time() - start < 5

    def test_as_many_as_allowed_are_read(self) -> None:
        cells = [code(f"x{number} = 1") for number in range(MOST_CELLS)]

        assert len(read_text(whole(*cells), "n.ipynb").cells) == MOST_CELLS

    @pytest.mark.parametrize(
        "text",
        [
            "<h1" * 100_000,
            "<h1>" * 100_000,
            "[" * 100_000,
            "# " + " " * 100_000 + "x",
            "$$" * 50_001,
            "<!--" * 50_000,
            "a\n" * 50_000 + "---",
            "#\n" * 50_000,
            "# " + "*a" * 200,
        ],
    )
    def test_text_made_to_be_slow_is_not(self, text: str) -> None:
        start = time.process_time()

        read_text(whole({"cell_type": "markdown", "source": text}, code()), "n.ipynb")

        assert time.process_time() - start < 5


JUNK: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, 0, -1, 3.5, "", "x", "\0", "\ud800", [], [None], ["x"], {}, {"a": None}, [[]]]
)
SOUND = record(
    code("%matplotlib inline\nx = 1", id="a", metadata={"tags": ["parameters"]}),
    {"cell_type": "markdown", "metadata": {}, "source": ["# Title\n", "text"], "id": "b"},
    code("x", outputs=[{"output_type": "stream", "name": "stdout", "text": "1"}], id="c"),
    metadata={
        "kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"},
        "language_info": {"name": "python", "version": "3.11.1"},
        "jupytext": {"main_language": "python"},
    },
)


def paths(node: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where every part of a JSON record stands."""
    inner: list[Any] = []
    if isinstance(node, dict):
        inner = list(node)
    elif isinstance(node, list):
        inner = list(range(len(node)))
    return [here, *(path for key in inner for path in paths(node[key], (*here, key)))]


PATHS = [path for path in paths(SOUND) if path]


def readable(text: str, name: str = "n.ipynb") -> None:
    try:
        notebook = read_text(text, name)
    except InputError as refused:
        assert_is_one_sentence_with_a_remedy(refused)
    else:
        assert isinstance(notebook, Notebook)
        assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)


@given(st.sampled_from(PATHS), JUNK, st.booleans())
@settings(max_examples=400, deadline=None)
def test_any_part_may_be_missing_or_of_a_wrong_type(
    path: tuple[Any, ...], junk: Any, missing: bool
) -> None:
    whole_record = copy.deepcopy(SOUND)
    node = whole_record
    for key in path[:-1]:
        node = node[key]
    if missing:
        del node[path[-1]]
    else:
        node[path[-1]] = junk

    readable(json.dumps(whole_record))


@given(st.integers(0, len(json.dumps(SOUND))), st.text(max_size=3), st.integers(0, 3))
@settings(max_examples=200, deadline=None)
def test_any_damage_to_the_text_is_survived(at: int, inserted: str, lost: int) -> None:
    text = json.dumps(SOUND)

    readable(text[:at] + inserted + text[at + lost :])


@given(st.text(alphabet="#% \n[]{}`~-=:'\"abx(\\!?\t", max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_cell_is_read_or_refused(source: str) -> None:
    readable(whole(code(), code(source), {"cell_type": "markdown", "source": source}))


@pytest.mark.parametrize("name", ["n.py", "n.md", "n.Rmd"])
@given(text=st.text(alphabet="# %[]{}`-:\npythoncell=\"'", max_size=80))
@settings(max_examples=60, deadline=None)
def test_any_text_file_is_read_or_refused(name: str, text: str) -> None:
    readable(text, name)


def test_a_kernel_of_python_2_says_nothing_about_the_code():
    notebook = read_text(kernel("python2", "python"), Path("old.ipynb"))

    assert notebook.kernel == "python2"
