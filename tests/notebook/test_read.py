"""Every format of a notebook becomes the same record."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poc_graduate.errors import InputError
from poc_graduate.notebook.headings import headings as headings_of
from poc_graduate.notebook.model import Notebook
from poc_graduate.notebook.read import read, read_text
from tests.notebook.records import code, record


def markdown(source: Any, **more: Any) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": source, **more}


def reading(*cells: Any, **more: Any) -> Notebook:
    return read_text(json.dumps(record(*cells, **more)), Path("n.ipynb"))


def script(text: str, name: str = "n.py") -> Notebook:
    return read_text(textwrap.dedent(text).lstrip(), Path(name))


class TestIpynb:
    def test_cells_keep_order_kind_source_tags_counts_and_outputs(self) -> None:
        output = {"output_type": "stream", "name": "stdout", "text": "3\n"}

        notebook = reading(
            markdown("# Title", id="m"),
            code("x = 1\nx", id="c", execution_count=7, outputs=[output]),
            code("y", id="d", metadata={"tags": ["parameters"], "collapsed": True}),
            {"cell_type": "raw", "metadata": {}, "source": "raw", "id": "r"},
        )

        assert [(c.index, c.id, c.kind, c.source) for c in notebook.cells] == [
            (1, "m", "markdown", "# Title"),
            (2, "c", "code", "x = 1\nx"),
            (3, "d", "code", "y"),
            (4, "r", "raw", "raw"),
        ]
        assert notebook.cells[1].execution_count == 7
        assert notebook.cells[1].outputs == (output,)
        assert notebook.cells[2].tags == {"parameters"}
        assert notebook.cells[2].metadata["collapsed"] is True

    def test_source_is_a_text_or_a_list_of_lines(self) -> None:
        notebook = reading(code("x = 1\ny = 2"), code(["x = 1\n", "y = 2"]), code([]))

        assert notebook.cells[0].source == notebook.cells[1].source == "x = 1\ny = 2"
        assert notebook.cells[2].source == ""

    def test_cells_without_ids_are_called_by_their_position(self) -> None:
        notebook = reading(code("x"), code("y"), nbformat_minor=2)

        assert [cell.id for cell in notebook.cells] == ["cell-1", "cell-2"]

    def test_ids_given_twice_are_told_apart(self) -> None:
        notebook = reading(
            code("1", id="a"), code("2", id="a"), code("3", id="a-2"), code("4", id="a")
        )

        assert len({cell.id for cell in notebook.cells}) == 4
        assert notebook.cells[0].id == "a"

    @pytest.mark.parametrize("minor", range(6))
    def test_every_minor_version_of_format_4(self, minor: int) -> None:
        assert reading(code("x = 1"), nbformat_minor=minor).cells[0].code == "x = 1"

    def test_windows_newlines_become_plain_ones(self) -> None:
        text = json.dumps(record(code("x = 1\r\ny = 2\rz = 3")), indent=1).replace("\n", "\r\n")

        notebook = read_text(text, Path("n.ipynb"))

        assert notebook.cells[0].source == "x = 1\ny = 2\nz = 3"
        assert "\r" not in notebook.text

    def test_a_byte_order_mark_and_blanks_around_are_ignored(self, tmp_path: Path) -> None:
        path = tmp_path / "n.ipynb"
        path.write_bytes(b"\xef\xbb\xbf" + json.dumps(record(code("x"))).encode() + b"\n\n  ")

        assert read(path).cells[0].code == "x"

    def test_a_file_without_metadata_is_python(self) -> None:
        whole = record(code("x"))
        del whole["metadata"], whole["nbformat"], whole["nbformat_minor"]

        notebook = read_text(json.dumps(whole), Path("n.ipynb"))

        assert (notebook.kernel, notebook.language) == ("python3", "python")

    @pytest.mark.parametrize(
        "metadata",
        [
            None,
            [],
            {"kernelspec": {"name": "python3", "language": "python"}},
            {"kernelspec": {"name": "conda-env-work-py", "language": "python"}},
            {"kernelspec": {"name": "xpython", "language": "python"}},
            {"kernelspec": {"name": "xpython-raw"}},
            {"kernelspec": {"name": "python"}, "language_info": {"name": "ipython"}},
            {"kernelspec": {"name": "python3"}, "language_info": {"version": "2.7.18"}},
            {"kernelspec": None, "language_info": {"name": "python", "version": 3}},
            {"kernelspec": {"name": 3, "language": "Python3"}},
            {"kernelspec": {"name": "ruby-work"}, "language_info": {"name": "python"}},
        ],
    )
    def test_python_by_any_name_is_python(self, metadata: Any) -> None:
        assert reading(code("x"), metadata=metadata).language == "python"

    def test_the_kernel_is_the_one_of_the_file(self) -> None:
        metadata = {"kernelspec": {"name": "conda-env-work-py", "language": "python"}}

        assert reading(code("x"), metadata=metadata).kernel == "conda-env-work-py"

    def test_the_text_is_kept_for_fingerprints(self) -> None:
        text = json.dumps(record(code("x")))

        assert read_text(text, Path("n.ipynb")).text == text

    def test_empty_cells_stay_with_no_code(self) -> None:
        notebook = reading(code("  \n"), code("x"))

        assert notebook.cells[0].code == ""
        assert [cell.index for cell in notebook.code_cells] == [2]

    def test_ipython_syntax_becomes_python_and_is_recorded(self) -> None:
        (cell,) = reading(code("%matplotlib inline\nx = !ls")).cells

        assert cell.source == "%matplotlib inline\nx = !ls"
        assert cell.code == "\nx = get_ipython().getoutput('ls')"
        assert [magic.name for magic in cell.magics] == ["matplotlib", "!"]

    def test_an_extension_stays_for_a_magic_of_another_cell(self) -> None:
        notebook = reading(code("%load_ext line_profiler"), code("%lprun -f f f()"))

        assert "load_ext" in notebook.cells[0].code

    def test_format_3_is_read_as_format_4(self) -> None:
        old = {
            "nbformat": 3,
            "nbformat_minor": 0,
            "metadata": {"name": "old"},
            "worksheets": [
                {
                    "cells": [
                        {"cell_type": "heading", "level": 2, "metadata": {}, "source": ["Load"]},
                        {
                            "cell_type": "code",
                            "collapsed": False,
                            "input": ["x = 1\n", "x"],
                            "language": "python",
                            "metadata": {},
                            "prompt_number": 3,
                            "outputs": [
                                {
                                    "output_type": "pyout",
                                    "prompt_number": 3,
                                    "metadata": {},
                                    "text": ["1"],
                                }
                            ],
                        },
                    ]
                },
                {"cells": [{"cell_type": "code", "input": "y = 2", "outputs": []}]},
            ],
        }

        notebook = read_text(json.dumps(old), Path("n.ipynb"))

        assert [(c.id, c.kind, c.source, c.heading) for c in notebook.cells] == [
            ("cell-1", "markdown", "## Load", "Load"),
            ("cell-2", "code", "x = 1\nx", "Load"),
            ("cell-3", "code", "y = 2", "Load"),
        ]
        assert notebook.cells[1].execution_count == 3
        assert notebook.cells[1].outputs[0]["output_type"] == "execute_result"
        assert notebook.cells[1].outputs[0]["data"] == {"text/plain": "1"}

    def test_format_3_is_upgraded_in_silence(self, capfd: pytest.CaptureFixture[str]) -> None:
        cells = [{"cell_type": "code", "input": "x", "outputs": [], "odd": 1}]
        old = {"nbformat": 3, "nbformat_minor": 0, "worksheets": [{"cells": cells}], "odd": 2}

        read_text(json.dumps(old), Path("n.ipynb"))

        assert capfd.readouterr() == ("", "")

    def test_nbformat_is_not_imported_for_format_4(self) -> None:
        program = (
            "import sys; from poc_graduate.notebook.read import read_text;"
            f"read_text({json.dumps(record(code('x')))!r}, 'n.ipynb');"
            "print({'nbformat', 'jupytext', 'IPython'} & set(sys.modules))"
        )
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == "set()"


class TestTextNotebooks:
    def test_a_percent_script(self) -> None:
        notebook = script("""
            # ---
            # jupyter:
            #   kernelspec:
            #     name: work
            #     language: python
            #     display_name: Work
            # ---

            # %% [markdown]
            # # Title
            # text

            # %% tags=["parameters"]
            path = "a.csv"

            # %%
            # %matplotlib inline
            # !ls {path}
            x = 1

            # %% [raw]
            # raw
        """)

        assert [(c.id, c.kind, c.source) for c in notebook.cells] == [
            ("cell-1", "markdown", "# Title\ntext"),
            ("cell-2", "code", 'path = "a.csv"'),
            ("cell-3", "code", "%matplotlib inline\n!ls {path}\nx = 1"),
            ("cell-4", "raw", "raw"),
        ]
        assert notebook.kernel == "work"
        assert notebook.cells[1].tags == {"parameters"}
        assert notebook.cells[2].code == "\nget_ipython().system('ls {path}')\nx = 1"
        assert notebook.cells[2].heading == "Title"

    @pytest.mark.parametrize("mark", ["# %%", "#%%", "# %% Load the data", "# In[1]:"])
    def test_cells_begin_where_editors_say_so(self, mark: str) -> None:
        notebook = script(f"{mark}\nx = 1\n\n{mark}\ny = 2\n")

        assert [cell.code.strip() for cell in notebook.code_cells][-2:] == ["x = 1", "y = 2"]

    def test_a_markdown_notebook(self) -> None:
        notebook = script(
            """
            # Title

            text

            ```python tags=["parameters"]
            x = 1
            ```

            ## Next

            ```python
            y = 2
            ```
            """,
            "n.md",
        )

        assert [(c.kind, c.heading) for c in notebook.cells] == [
            ("markdown", "Title"),
            ("code", "Title"),
            ("markdown", "Next"),
            ("code", "Next"),
        ]
        assert notebook.cells[1].tags == {"parameters"}

    def test_a_myst_notebook(self) -> None:
        notebook = script(
            """
            ---
            jupytext:
              text_representation:
                extension: .md
                format_name: myst
            kernelspec:
              name: python3
              display_name: Python 3
            ---

            # Title

            ```{code-cell} ipython3
            :tags: [parameters]

            x = 1
            ```
            """,
            "n.md",
        )

        assert [(c.kind, c.code) for c in notebook.cells] == [("markdown", ""), ("code", "x = 1")]
        assert notebook.cells[1].tags == {"parameters"}

    def test_an_r_markdown_notebook_with_python(self) -> None:
        notebook = script("# Title\n\n```{python}\nx = 1\n```\n", "n.Rmd")

        assert [(c.kind, c.code) for c in notebook.cells] == [("markdown", ""), ("code", "x = 1")]

    @pytest.mark.parametrize("name", ["n.py", "n.md"])
    def test_two_readings_are_equal(self, name: str) -> None:
        text = "# %%\nx = 1\n" if name == "n.py" else "text\n\n```python\nx = 1\n```\n"

        assert read_text(text, name) == read_text(text, name)

    def test_windows_newlines_and_a_byte_order_mark(self, tmp_path: Path) -> None:
        path = tmp_path / "n.py"
        path.write_bytes(b"\xef\xbb\xbf# %%\r\nx = 1\r\n\r\n# %%\r\ny = 2\r\n")

        assert [cell.code for cell in read(path).cells] == ["x = 1", "y = 2"]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["code", "markdown", "raw"]),
            st.sampled_from(["x = 1", "# a\n\n# b", "", "f(x)\n\n\ny", "'''\n\n'''", "%cd a\nx?"]),
            st.booleans(),
        ),
        min_size=1,
        max_size=8,
    )
)
@settings(max_examples=100, deadline=None)
def test_reading_changes_no_source(cells: list[tuple[str, str, bool]]) -> None:
    file = record(
        *(
            {
                "cell_type": kind,
                "source": source.splitlines(keepends=True) if listed else source,
                "metadata": {},
            }
            for kind, source, listed in cells
        ),
        code("last"),
    )

    notebook = read_text(json.dumps(file), "n.ipynb")

    assert [(c.kind, c.source) for c in notebook.cells[:-1]] == [c[:2] for c in cells]
    for cell in notebook.code_cells:
        assert cell.code.count("\n") == cell.source.count("\n")


class TestPlaces:
    def test_a_broken_cell_is_shown_where_the_user_sees_it(self) -> None:
        with pytest.raises(InputError) as refused:
            reading(
                markdown("## Load"), code("ok = 1"), code("%matplotlib inline\n\nx = = 1", id="c")
            )

        place = refused.value.place
        assert place is not None
        assert (place.cell, place.line, place.column, place.heading) == (3, 3, 5, "Load")
        assert place.cell_id == "c"

    def test_the_column_is_the_users_where_the_code_is_indented(self) -> None:
        with pytest.raises(InputError) as refused:
            reading(code("%%capture\nx = = 1"))

        assert refused.value.place is not None
        assert (refused.value.place.line, refused.value.place.column) == (2, 5)

    @pytest.mark.parametrize("source", ["if x:", "x = (", "'''a\nb", "def f():\n\n"])
    def test_an_end_too_early_is_within_the_cell(self, source: str) -> None:
        with pytest.raises(InputError) as refused:
            reading(code(source))

        assert refused.value.place is not None
        assert 1 <= refused.value.place.line <= source.count("\n") + 1


HEADINGS = {
    "# Title": [("Title", 1)],
    "###### Deep ######": [("Deep", 6)],
    "####### Too deep": [],
    "#No space": [],
    "   ## Three blanks": [("Three blanks", 2)],
    "    ## Four blanks": [],
    "## 2. Load `customers_final_v3.csv`": [("2. Load customers_final_v3.csv", 2)],
    "## 3.1 The **bold** *and* _the_ __other__ ~~old~~": [("3.1 The bold and the other old", 2)],
    "# a_b_c and 2*3*4 = 24": [("a_b_c and 234 = 24", 1)],
    "## [Link](http://x) and ![image](a.png) and [ref][1]": [("Link and image and ref", 2)],
    "## [![badge](a.svg)](http://x) Badge": [("badge Badge", 2)],
    "# 🚀 Läuft – 数据": [("🚀 Läuft – 数据", 1)],
    "## C#": [("C#", 2)],
    "## Load:": [("Load", 2)],
    "# <a id='top'></a>Top": [("Top", 1)],
    "# A &amp; B \\# C": [("A & B # C", 1)],
    "# Anchored {#anchor}": [("Anchored", 1)],
    "#\n# \n# Real": [("Real", 1)],
    "Setext\n======": [("Setext", 1)],
    "Two\nlines\n---": [("Two lines", 2)],
    "**Bold**\n---": [("Bold", 2)],
    "text\n\n---\n\nmore": [],
    "- item\n---": [],
    "a | b\n--- | ---\n1 | 2": [],
    "| a |\n|---|\n---": [],
    "```\n# comment\n```\n# Real": [("Real", 1)],
    "~~~~python\n# comment\n~~~\n# still\n~~~~\n# Real": [("Real", 1)],
    "```\n# never closed": [],
    "`` ` `` # no\n# Real": [("Real", 1)],
    "<h2 id='x' class=\"y\">Two <b>words</b></h2>": [("Two words", 2)],
    "<H3>\nCapital\n</H3>": [("Capital", 3)],
    "<h2>never closed\n# Real": [("Real", 1)],
    "<!-- # hidden\n# hidden -->\n# Real": [("Real", 1)],
    "$$\na\n=\nb\n$$\n# Real": [("Real", 1)],
    "# One\ntext\n<h2>Two</h2>\n\nThree\n---\n#### Four": [
        ("One", 1),
        ("Two", 2),
        ("Three", 2),
        ("Four", 4),
    ],
    ">>> #### Quoted": [("Quoted", 4)],
    ">>#### Quoted\n> words\n> # And below": [("Quoted", 4), ("And below", 1)],
    "> ```\n> # comment\n> ```\n> # Real": [("Real", 1)],
    "> ```\n> # comment\n# Real": [("Real", 1)],
    "```\n> # text\n> ```\n> # text\n```\n# Real": [("Real", 1)],
    "# Half of a pair \ud83d": [("Half of a pair ?", 1)],
    "plain text": [],
}


@pytest.mark.parametrize(("source", "headings"), HEADINGS.items())
def test_headings_of_a_markdown_cell(source: str, headings: list[tuple[str, int]]) -> None:
    notebook = reading(markdown("# Before"), markdown(source), code("x"))

    text, after = notebook.cells[1], notebook.cells[2]
    first, last = (headings or [("Before", 1)])[0], (headings or [("Before", 1)])[-1]
    assert (text.heading, text.heading_level) == first
    assert (after.heading, after.heading_level) == last


def test_all_headings_between_first_and_last_are_seen() -> None:
    for source, headings in HEADINGS.items():
        assert list(headings_of(source)) == headings


def test_code_and_raw_cells_hold_no_headings() -> None:
    raw = {"cell_type": "raw", "metadata": {}, "source": "# Raw"}

    notebook = reading(code("# Comment\nx"), raw, code("y"))

    assert {cell.heading for cell in notebook.cells} == {""}
    assert {cell.heading_level for cell in notebook.cells} == {0}
