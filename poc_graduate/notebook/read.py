"""Any notebook on disk to a `Notebook`; every input that cannot be used stops here."""

from __future__ import annotations

import json
import logging
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from poc_graduate.errors import InputError, NoCode
from poc_graduate.notebook.broken import broken
from poc_graduate.notebook.headings import headings
from poc_graduate.notebook.language import kernel_of, mapping
from poc_graduate.notebook.magics import translate
from poc_graduate.notebook.model import Broken, Cell, CellKind, Magic, Notebook, Place
from poc_graduate.notebook.python import problem_of
from poc_graduate.notebook.surroundings import Surroundings, surroundings

MOST_CELLS = 2_000
"""Code cells; a notebook with more was written by a program."""
LARGEST = 200_000_000
"""Bytes; beyond it a file is data rather than a notebook."""

Python = tuple[str, tuple[Magic, ...]]
"""A cell's code, and the IPython syntax that was in it."""
_NO_PYTHON: Python = ("", ())
_KINDS: dict[str, CellKind] = {
    "code": "code",
    "markdown": "markdown",
    "raw": "raw",
    "heading": "markdown",  # of format 3, seen in files that say 4
}
_SCRIPTS = (".py", ".md", ".markdown", ".rmd")
_OTHER_FORMATS = {
    ".qmd": ("a Quarto document", "make a notebook of it with `quarto convert`"),
    ".r": ("an R script", "give a Python notebook"),
    ".jl": ("a Julia script", "give a Python notebook"),
    ".html": ("a web page", "give the .ipynb file it was made from"),
}

# What begins a code cell in scripts and in Markdown.
_CODE_MARK = re.compile(
    r"^(# ?%%(?!.*\[(?:markdown|md|raw)\])|(```+|~~~+) *(python|\{python|\{code-cell))",
    re.MULTILINE,
)
_SAVE = "open the notebook in Jupyter and save it again"
_CONFLICT = re.compile(r"^<{7} .*^={7}$.*^>{7} ", re.MULTILINE | re.DOTALL)


def read(path: Path | str, *, keep_broken: bool = False) -> Notebook:
    """Read a notebook: `.ipynb` of nbformat 3 and 4, percent scripts, Markdown notebooks.

    Args:
        path: The file.
        keep_broken: A cell that is no Python says so in `broken`; else it is an error.

    Returns:
        The notebook, every code cell translated to plain Python.

    Raises:
        InputError: the file is missing, damaged, of another format or language, or too large.
    """
    path = Path(path)
    try:
        facts = path.stat()
        if stat.S_ISDIR(facts.st_mode):
            raise InputError(f"{path} is a folder", remedy="give the notebook's file")
        if not stat.S_ISREG(facts.st_mode):  # reading a pipe or a device may never end
            raise InputError(f"{path} is no regular file", remedy="give the notebook's file")
        if facts.st_size > LARGEST:
            raise InputError(
                f"{path.name} is too large ({facts.st_size / 1e6:,.0f} MB; "
                f"{LARGEST / 1e6:,.0f} MB are the most that is read)",
                remedy="clear its outputs and save it",
            )
        data = path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"{path} does not exist", remedy="check the path") from None
    except PermissionError:
        raise InputError(
            f"{path} cannot be read: permission denied", remedy="change the file's permissions"
        ) from None
    except OSError as failure:
        raise InputError(
            f"{path} cannot be read: {failure.strerror}", remedy="check the path"
        ) from None
    except ValueError:  # a null byte in the name
        raise InputError(f"{str(path)!r} is no file name", remedy="check the path") from None
    return read_text(_decoded(data, path), path, keep_broken=keep_broken)


def _decoded(data: bytes, path: Path) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise InputError(f"{path.name} is UTF-16", remedy="save it again as UTF-8")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as broken:
        if data[:2] == b"\x1f\x8b":
            raise InputError(f"{path.name} is compressed", remedy="unpack it first") from None
        mark = 3 if data.startswith(b"\xef\xbb\xbf") else 0
        raise InputError(
            f"{path.name} is not UTF-8 (byte {data[broken.start + mark]:#04x} at offset "
            f"{broken.start + mark:,})",
            remedy="save it again as UTF-8",
        ) from None


def read_text(
    text: str, path: Path | str, *, keep_broken: bool = False, suffix: str = ""
) -> Notebook:
    """Read a notebook from its text, saved or not.

    Args:
        text: What the file holds, or would hold.
        path: Gives the notebook's name, and by its suffix the format.
        keep_broken: A cell that is no Python says so in `broken`; else it is an error.
        suffix: Of the text's format, where that is not the file's: editors hold `.ipynb` of
            scripts, too.

    Returns:
        The notebook, every code cell translated to plain Python.

    Raises:
        InputError: as for `read`.
    """
    path = Path(path)
    suffix = suffix or path.suffix.lower()
    if suffix != ".ipynb" and suffix not in _SCRIPTS:
        kind, remedy = _OTHER_FORMATS.get(
            suffix,
            (
                "of no known format",
                "give an .ipynb file, a percent script (.py) or a Markdown notebook (.md)",
            ),
        )
        raise InputError(f"{path.name} is {kind}", remedy=remedy)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    _refuse_other_files(text, path, suffix)
    record = _json(text, path) if suffix == ".ipynb" else _jupytext(text, path)
    notebook = _notebook(record, text, path)
    for cell in notebook.cells:
        if cell.broken is not None and not keep_broken:
            place = notebook.place(cell.index, cell.broken.line, cell.broken.column)
            raise InputError(cell.broken.found, remedy=cell.broken.remedy, place=place)
    return notebook


def _refuse_other_files(text: str, path: Path, suffix: str) -> None:
    """Files that people give in place of a notebook."""
    start = text[:200].lstrip()
    if not start and not text.strip():
        raise InputError(f"{path.name} is empty", remedy="give a notebook with code cells")
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise InputError(f"{path.name} holds a null byte in line {line:,}", remedy=_SAVE)
    if start.startswith("version https://git-lfs"):
        raise InputError(f"{path.name} is a Git LFS pointer", remedy="run `git lfs pull`")
    if suffix == ".ipynb" and re.match(r"(?i)<(!doctype|html)", start):
        raise InputError(
            f"{path.name} is a web page, not a notebook", remedy="download the raw file"
        )
    if "<<<<<<< " in text and (conflict := _CONFLICT.search(text)):
        line = text.count("\n", 0, conflict.start()) + 1
        raise InputError(
            f"{path.name} holds git conflict marks (line {line:,})",
            remedy="resolve the merge (nbdime helps)",
        )


def _json(text: str, path: Path) -> Mapping[str, Any]:
    try:
        record = json.loads(text)
    except json.JSONDecodeError as broken:
        raise InputError(
            f"{path.name} is not valid JSON (line {broken.lineno:,}, column {broken.colno:,}: "
            f"{broken.msg})",
            remedy="restore it from a checkpoint or from version control",
        ) from None
    except (RecursionError, ValueError):  # depth, or a number of thousands of digits
        raise InputError(
            f"{path.name} is JSON that no notebook holds", remedy="give a notebook"
        ) from None
    if not isinstance(record, dict) or not record.keys() & {"cells", "worksheets", "nbformat"}:
        raise InputError(
            f"{path.name} is JSON, but no notebook: it has no cells", remedy="give a notebook"
        )
    major = record.get("nbformat", 4 if "cells" in record else 3)
    if isinstance(major, bool) or major not in (3, 4):
        newer = isinstance(major, int | float) and major > 4
        raise InputError(
            f"{path.name} is of notebook format {major!r}; formats 3 and 4 are read",
            remedy="save it in format 4 where it was made"
            if newer
            else "convert it with `jupyter nbconvert --to notebook`",
        )
    return record if major == 4 else _upgraded(record, path)


def _upgraded(record: dict[str, Any], path: Path) -> dict[str, Any]:
    """Format 3 as format 4."""
    import nbformat  # slow to import, and seldom needed
    from nbformat.v3.rwbase import rejoin_lines

    sheets = record.get("worksheets")
    cells = [c for sheet in sheets or () for c in sheet["cells"]] if _are(sheets, "cells") else []
    _refuse_many(cells, path)  # before they are converted, which takes long
    spoken = {str(c.get("language", "python")) for c in cells if isinstance(c, Mapping)}
    log = logging.getLogger("traitlets")
    level = log.level
    log.setLevel(logging.CRITICAL)  # it tells about every small flaw of the old file
    try:
        old = nbformat.from_dict({"metadata": {}, **record})  # type: ignore[no-untyped-call]
        new: dict[str, Any] = nbformat.convert(rejoin_lines(old), 4)  # type: ignore[no-untyped-call]
    except Exception:  # whatever a foreign parser raises: the file is damaged
        raise InputError(f"{path.name} is a damaged notebook of format 3", remedy=_SAVE) from None
    finally:
        log.setLevel(level)
    if other := sorted(spoken - {"python", "python3", "ipython"}):
        new["metadata"] = {"kernelspec": {"name": other[0], "language": other[0]}}
    for cell in new["cells"]:
        cell.pop("id", None)  # made up anew on every reading
    return new


def _refuse_many(cells: list[Any], path: Path) -> None:
    _refuse_count(sum(mapping(cell).get("cell_type") == "code" for cell in cells), path)


def _refuse_count(codes: int, path: Path) -> None:
    if codes > MOST_CELLS:
        raise InputError(
            f"{path.name} has {codes:,} code cells; {MOST_CELLS:,} are the most that is read",
            remedy="split the notebook",
        )


def _are(items: Any, key: str) -> bool:
    return isinstance(items, list) and all(
        isinstance(item, Mapping) and isinstance(item.get(key), list) for item in items
    )


def _jupytext(text: str, path: Path) -> Mapping[str, Any]:
    header = re.match(r"\s*(# )?---\n(# )?(jupyter|jupytext)\b", text)
    if path.suffix.lower() == ".py" and not header:
        if re.search(r"^import marimo$", text, re.MULTILINE) and "marimo.App(" in text:
            raise InputError(
                f"{path.name} is a marimo notebook", remedy="make one with `marimo export ipynb`"
            )
        if text.startswith("# Databricks notebook source"):
            raise InputError(
                f"{path.name} is a Databricks source file", remedy="export it as .ipynb"
            )
        if not re.search(r"^# ?(%%|<codecell>|In\[)", text, re.MULTILINE):
            raise InputError(
                f"{path.name} is a plain script: it has no cells",
                remedy="begin each cell with a line `# %%`",
            )
    _refuse_count(sum(1 for _ in _CODE_MARK.finditer(text)), path)  # jupytext takes a ms a cell
    import jupytext  # slow to import

    extension = {".rmd": ".Rmd"}.get(path.suffix.lower(), path.suffix.lower())
    try:
        record: Mapping[str, Any] = jupytext.reads(text, fmt={"extension": extension})
    except Exception as broken:  # whatever a foreign parser raises: the file is damaged
        said = str(broken).strip().partition("\n")[0] or type(broken).__name__
        raise InputError(
            f"{path.name} cannot be read as a text notebook: {said}",
            remedy="open it with jupytext and mend it",
        ) from None
    for cell in record["cells"]:
        cell.pop("id", None)  # made up anew on every reading
    return record


def _notebook(record: Mapping[str, Any], text: str, path: Path) -> Notebook:
    cells = record.get("cells")
    if not isinstance(cells, list):
        raise InputError(f"{path.name} is damaged: its cells are no list", remedy=_SAVE)
    _refuse_many(cells, path)
    kernel = kernel_of(record, path)
    plain = [_plain_cell(cell, index, path) for index, cell in enumerate(cells, start=1)]
    sources = [source for kind, source, _ in plain if kind == "code" and source.strip()]
    if not sources:
        raise NoCode(
            f"{path.name} has no code: there is nothing to convert",
            remedy="give a notebook with code cells",
        )
    around = surroundings(sources)
    heading, seen, found = ("", 0), dict[str, int](), list[Cell]()
    for index, (kind, source, raw) in enumerate(plain, start=1):
        own = list(headings(source)) if kind == "markdown" else []
        cell_id = _unique(str(raw.get("id") or f"cell-{index}"), seen)
        shown = own[0] if own else heading
        place = Place(path.name, index, 1, 1, shown[0], cell_id)
        code = _code(source, around) if kind == "code" else _NO_PYTHON
        found.append(_cell(raw, place, kind, source, code, shown[1]))
        heading = own[-1] if own else heading
    return Notebook(path, tuple(found), kernel, "python", text)


def _unique(name: str, seen: dict[str, int]) -> str:
    seen[name] = seen.get(name, 0) + 1
    return name if seen[name] == 1 else _unique(f"{name}-{seen[name]}", seen)


def _plain_cell(cell: Any, index: int, path: Path) -> tuple[CellKind, str, Mapping[str, Any]]:
    """Kind and source of a cell of the file."""
    if not isinstance(cell, Mapping):
        raise InputError(f"{path.name} is damaged: cell {index} is no cell", remedy=_SAVE)
    kind = cell.get("cell_type")
    if not isinstance(kind, str) or kind not in _KINDS:
        raise InputError(
            f"{path.name} is damaged: cell {index} is of unknown type {kind!r}", remedy=_SAVE
        )
    source = cell.get("source")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        what = "has no source" if source is None else "has a source that is no text"
        raise InputError(f"{path.name} is damaged: cell {index} {what}", remedy=_SAVE)
    if kind == "heading":
        level = cell.get("level")
        source = f"{'#' * (level if isinstance(level, int) else 1)} {source}"
    return _KINDS[kind], source.replace("\r\n", "\n").replace("\r", "\n"), cell


def _cell(
    raw: Mapping[str, Any],
    place: Place,
    kind: CellKind,
    source: str,
    code: Python | Broken,
    level: int,
) -> Cell:
    metadata = mapping(raw.get("metadata"))
    text, magics = ("", ()) if isinstance(code, Broken) else code
    tags, outputs, count = metadata.get("tags"), raw.get("outputs"), raw.get("execution_count")
    return Cell(
        index=place.cell,
        id=place.cell_id,
        kind=kind,
        source=source,
        code=text,
        magics=magics,
        broken=code if isinstance(code, Broken) else None,
        tags=frozenset(t for t in tags if isinstance(t, str))
        if isinstance(tags, list)
        else frozenset(),
        heading=place.heading,
        heading_level=level,
        execution_count=count if isinstance(count, int) else None,
        outputs=tuple(o for o in outputs if isinstance(o, Mapping))
        if isinstance(outputs, list)
        else (),
        metadata=dict(metadata),
    )


def _code(source: str, around: Surroundings) -> Python | Broken:
    """The cell in Python, and its magics; or Python's own words on why it is none."""
    if not source.strip():
        return _NO_PYTHON
    code, magics = translate(source, around)
    problem = problem_of(code)
    if problem is None:
        return code, magics
    line = min(problem.line, source.count("\n") + 1)
    column = max(problem.column - _moved(source, code, line), 1)
    return broken(source, problem.message, line, column)


def _moved(source: str, code: str, line: int) -> int:
    """How much further right a line stands in the code than in the source."""
    before, after = (text.split("\n")[line - 1 : line] for text in (source, code))
    if not before or not after:
        return 0
    return len(after[0]) - len(before[0]) if after[0].strip() == before[0].strip() else 0
