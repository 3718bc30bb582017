"""What is written is what was asked for, and every other byte stays."""

from __future__ import annotations

import errno
import json
import os
import stat

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from poc_graduate.errors import InputError
from poc_graduate.notebook import write as writing
from poc_graduate.notebook.json_text import located
from poc_graduate.notebook.model import NewCell
from poc_graduate.notebook.read import read, read_text
from poc_graduate.notebook.write import Changes, changed, changed_text, write
from tests.notebook.records import code, record

LINES = st.sampled_from(
    [
        "x = 1",
        "y = 'é / \\\\ \"q\"'",
        "",
        "    ",
        "# 数据 😀",
        "s = '\\t\\n'",
        'z = "</a>"',
        "1",
        "x",
    ]
)
SOURCES = st.lists(LINES, max_size=5).map("\n".join)
LAYOUTS = st.fixed_dictionaries(
    {
        "indent": st.sampled_from([None, 1, 2, 4, "\t"]),
        "ensure_ascii": st.booleans(),
        "separators": st.sampled_from([None, (",", ":")]),
    }
)


def _lines(source, layout):
    match layout:
        case "text":
            return source
        case "list":
            return source.splitlines(keepends=True)
        case "halves":  # no editor writes this, and the format allows it
            return [source[: len(source) // 2], source[len(source) // 2 :]]
        case "crlf":
            return source.replace("\n", "\r\n").splitlines(keepends=True)
    return [] if not source else source.split("\n")


@st.composite
def files(draw):
    """A notebook's text in some layout, and its number of cells."""
    major = draw(st.sampled_from([3, 4]))
    styles = ["text", "list", "halves", "crlf"] if major == 4 else ["text", "list", "bare"]
    sources = draw(st.lists(SOURCES, min_size=1, max_size=4))
    cells = []
    for number, source in enumerate([*sources, "print()"]):
        written = _lines(source, draw(st.sampled_from(styles)))
        cell = code(written, outputs=[{"output_type": "stream", "name": "o", "text": ["é\n"]}])
        if major == 3:
            cell = {
                "cell_type": "code",
                "input": written,
                "language": "python",
                "outputs": [],
                "metadata": {"source": ["[", "input"]},
            }
        else:
            cell["id"] = f"c{number}"
        cells.append(dict(draw(st.permutations(list(cell.items())))))
    if major == 4:
        whole = record(*cells, nbformat_minor=5)
    else:
        half = len(cells) // 2
        whole = {
            "metadata": {"name": "é"},
            "nbformat": 3,
            "nbformat_minor": 0,
            "worksheets": [{"cells": cells[:half], "metadata": {}}, {"cells": cells[half:]}],
        }
    whole = dict(draw(st.permutations(list(whole.items()))))
    text = json.dumps(whole, **draw(LAYOUTS)) + draw(st.sampled_from(["", "\n", "\n\n"]))
    return text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))


def _notebook(text, name="n.ipynb"):
    return read_text(text, name)


@given(files())
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_same_sources_give_the_same_bytes(text):
    notebook = _notebook(text)

    same = Changes({cell.index: cell.source for cell in notebook.cells})

    assert changed_text(text, notebook, same) == text


@given(files(), st.data())
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_an_edit_changes_that_source_and_nothing_else(text, data):
    notebook = _notebook(text)
    index = data.draw(st.integers(1, len(notebook.cells)))
    source = data.draw(SOURCES)
    rest = (cell.source for cell in notebook.cells if cell.index != index)
    assume(any(text.strip() for text in (*rest, source)))

    new = changed_text(text, notebook, Changes({index: source}))

    after = _notebook(new)
    wanted = [cell.source for cell in notebook.cells]
    wanted[index - 1] = source
    assert [cell.source for cell in after.cells] == wanted
    old_cell, new_cell = located(text).cells[index - 1], located(new).cells[index - 1]
    key = located(text).source_key(old_cell)
    (start, end), (new_start, new_end) = old_cell.keys[key], new_cell.keys[key]
    assert (text[:start], text[end:]) == (new[:new_start], new[new_end:])


@given(files(), st.data())
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_cell_comes_and_goes_again_without_a_trace(text, data):
    notebook = _notebook(text)
    before = data.draw(st.integers(1, len(notebook.cells) + 1))
    new = NewCell(before, "a = 1\nb = 'é'", ("parameters",))

    with_it = changed(notebook, Changes(inserted=(new,)))
    cell = with_it.cell(before)
    without = changed(with_it, Changes(removed=frozenset({before})))

    assert (cell.source, cell.tags) == (new.source, {"parameters"})
    assert json.loads(without.text) == json.loads(notebook.text)
    sheets = located(notebook.text).sheets
    if all(len(sheet.spans) > 1 for sheet in sheets):
        assert without.text == notebook.text


SCRIPT = """\
# ---
# jupyter:
#   kernelspec:
#     name: python3
#     display_name: Python 3
# ---

# %% [markdown]
# # Title
# x = 1

# %%
import os
# %matplotlib inline
x = 1


# %% tags=["a"]
x = 1
def f():
\treturn 2
#%%
y = 3
"""
MARKDOWN = """\
---
jupyter:
  kernelspec:
    name: python3
    display_name: Python 3
---

# Title

x = 1

```python
import os
%matplotlib inline
x = 1
```

Text.

```python tags=["a"]
x = 1
def f():
\treturn 2
```

```python
y = 3
```
"""
MYST = """\
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
import os
%matplotlib inline
x = 1
```

```{code-cell} ipython3
:tags: [a]

x = 1
def f():
\treturn 2
```

```{code-cell} ipython3
y = 3
```
"""
TEXTS = pytest.mark.parametrize(
    ("text", "name"), [(SCRIPT, "n.py"), (MARKDOWN, "n.md"), (MYST, "n.md")]
)
ENDS = pytest.mark.parametrize("end", ["\n", "\r\n"])


@ENDS
@TEXTS
def test_scripts_keep_all_other_lines(text, name, end):
    text = text.replace("\n", end)
    notebook = _notebook(text, name)
    third, second = notebook.code_cells[2], notebook.code_cells[1]
    first = notebook.code_cells[0]

    same = {cell.index: cell.source for cell in notebook.code_cells}
    assert changed_text(text, notebook, Changes(same)) == text

    new = {
        first.index: first.source.replace("x = 1", "x = 10\nz = 2"),
        second.index: second.source.replace("2", "3"),
        third.index: "y = 4",
    }
    edited = changed_text(text, notebook, Changes(new))
    inner, _, rest = text.partition(f"return 2{end}")
    before, _, between = inner.rpartition(f"x = 1{end}{end}")
    wanted = f"{before}x = 10{end}z = 2{end}{end}{between}return 3{end}{rest}"
    if name == "n.md":
        before, _, between = inner.rpartition(f"inline{end}x = 1{end}")
        wanted = f"{before}inline{end}x = 10{end}z = 2{end}{between}return 3{end}{rest}"
    assert edited == wanted.replace("y = 3", "y = 4")
    assert changed(notebook, Changes(new)).text == edited.replace("\r\n", "\n")


@ENDS
@TEXTS
def test_scripts_take_a_new_cell_and_lose_it_again(text, name, end):
    notebook = _notebook(text.replace("\n", end), name)
    second = notebook.code_cells[1].index

    with_it = changed(notebook, Changes(inserted=(NewCell(second, "a = 1", ("parameters",)),)))
    without = changed(with_it, Changes(removed=frozenset({second})))

    assert with_it.cell(second).tags == {"parameters"}
    assert with_it.cell(second).source == "a = 1"
    assert without.text == notebook.text


def test_a_cell_that_stands_in_a_script_in_another_form_is_not_touched():
    notebook = _notebook('# %% tags=["active-ipynb"]\n# x = 1\n# %%\ny = 2\n', "n.py")

    with pytest.raises(InputError, match="cannot be changed"):
        changed(notebook, Changes({1: "x = 2"}))


def test_what_cannot_be_read_afterwards_is_refused():
    with pytest.raises(InputError, match="not valid Python"):
        changed(_notebook(json.dumps(record(code("x = 1")))), Changes({1: "x ="}))
    with pytest.raises(InputError, match="without touching something else"):
        changed(_notebook("# %%\nx = 1\n", "n.py"), Changes({1: "x = 1\n# %%\ny = 2"}))


class TestFile:
    @pytest.fixture
    def path(self, tmp_path):
        path = tmp_path / "n.ipynb"
        path.write_bytes(
            b"\xef\xbb\xbf" + json.dumps(record(code("x = 'é'")), indent=1).encode() + b"\r\n"
        )
        return path

    def test_mark_mode_and_end_stay(self, path):
        path.chmod(0o640)

        result = write(read(path), Changes({1: "x = 'è'"}))

        assert result.cells[0].source == read(path).cells[0].source == "x = 'è'"
        assert path.read_bytes().startswith(b"\xef\xbb\xbf{")
        assert path.read_bytes().endswith(b"}\r\n")
        assert b"x = '\\u00e8'" in path.read_bytes()
        assert stat.S_IMODE(path.stat().st_mode) == 0o640
        assert os.listdir(path.parent) == ["n.ipynb"]

    def test_the_target_of_a_link_is_written(self, path, tmp_path):
        link = tmp_path / "link.ipynb"
        link.symlink_to(path)

        write(read(link), Changes({1: "x = 2"}))

        assert link.is_symlink()
        assert read(path).cells[0].source == "x = 2"

    def test_a_file_that_changed_meanwhile_is_left(self, path):
        notebook = read(path)
        path.write_text(json.dumps(record(code("mine = 1"))), encoding="utf-8")
        before = path.read_bytes()

        with pytest.raises(InputError, match="has changed since it was read"):
            write(notebook, Changes({1: "x = 2"}))

        assert path.read_bytes() == before

    def test_a_file_saved_in_the_last_moment_is_left(self, path, monkeypatch):
        notebook = read(path)
        fill = writing._filled

        def saved_meanwhile(handle, data):
            fill(handle, data)
            path.write_text("{}", encoding="utf-8")

        monkeypatch.setattr(writing, "_filled", saved_meanwhile)
        with pytest.raises(InputError, match="has changed since it was read"):
            write(notebook, Changes({1: "x = 2"}))

        assert path.read_text(encoding="utf-8") == "{}"
        assert os.listdir(path.parent) == ["n.ipynb"]

    def test_a_read_only_file_is_left(self, path):
        path.chmod(0o444)
        before = path.read_bytes()

        with pytest.raises(InputError, match="is read-only"):
            write(read(path), Changes({1: "x = 2"}))

        assert path.read_bytes() == before

    def test_a_full_disk_leaves_the_file_as_it_was(self, path, monkeypatch):
        notebook, before = read(path), path.read_bytes()

        def full(handle, data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr(writing, "_filled", full)
        with pytest.raises(InputError, match="No space left on device; it is as it was"):
            write(notebook, Changes({1: "x = 2"}))

        assert path.read_bytes() == before
        assert os.listdir(path.parent) == ["n.ipynb"]

    def test_a_fix_gives_the_same_bytes_each_time(self, path):
        text = read(path).text
        cell = Changes(inserted=(NewCell(1, "a = 1"),))

        notebooks = [changed(read_text(text, path), cell) for _ in range(2)]

        assert notebooks[0].text == notebooks[1].text
