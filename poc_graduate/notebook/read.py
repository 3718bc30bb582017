"""Any notebook on disk to a `Notebook`; every input that cannot be used stops here."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from poc_graduate.errors import InputError
from poc_graduate.notebook.magics import translate
from poc_graduate.notebook.model import Cell, CellKind, Magic, Notebook, Place

MOST_CELLS = 2_000
LARGEST = 200_000_000
"""Bytes; beyond it a file is data rather than a notebook."""

_KINDS: dict[str, CellKind] = {"code": "code", "markdown": "markdown", "raw": "raw"}
_RERUN = "open the notebook in Jupyter, choose Restart and run all, and save it"


def read(path: Path | str) -> Notebook:
    """Read a notebook: `.ipynb` of nbformat 3 and 4, percent scripts, Markdown notebooks.

    Args:
        path: The file.

    Raises:
        InputError: the file is missing, damaged, of another format or language, or too large.
    """
    path = Path(path)
    if path.is_dir():
        raise InputError(f"{path} is a folder", remedy="give the notebook's file")
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise InputError(
                f"{path.name} is too large ({size / 1e6:,.0f} MB)",
                remedy="clear its outputs and save it",
            )
        data = path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"{path} does not exist", remedy="check the path") from None
    except PermissionError:
        raise InputError(f"{path} cannot be read: permission denied") from None
    except OSError as failure:
        raise InputError(f"{path} cannot be read: {failure.strerror}") from None
    return read_text(_decoded(data, path), path)


def _decoded(data: bytes, path: Path) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as broken:
        kind = "UTF-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "not UTF-8"
        raise InputError(
            f"{path.name} is {kind} (byte {broken.start})", remedy="save it as UTF-8"
        ) from None
    if "\0" in text:
        raise InputError(f"{path.name} holds null bytes: it is no text file", remedy=_RERUN)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_text(text: str, path: Path) -> Notebook:
    """Read a notebook from its text; `path` gives its name and format.

    Raises:
        InputError: as for `read`.
    """
    suffix = path.suffix.lower()
    if suffix == ".ipynb":
        record = _json(text, path)
    elif suffix in (".py", ".md", ".rmd", ".qmd"):
        record = _jupytext(text, path)
    else:
        raise InputError(
            f"{path.name} is of no known format",
            remedy="give an .ipynb file, a percent script (.py) or a Markdown notebook (.md)",
        )
    return _notebook(record, text, path)


def _json(text: str, path: Path) -> dict[str, Any]:
    if not text.strip():
        raise InputError(f"{path.name} is empty", remedy="give a notebook with code cells")
    try:
        record = json.loads(text)
    except json.JSONDecodeError as broken:
        if re.search(r"^(<{7}|>{7}) ", text, re.MULTILINE):
            raise InputError(
                f"{path.name} holds git conflict marks", remedy="resolve the merge (nbdime helps)"
            ) from None
        raise InputError(
            f"{path.name} is not valid JSON (line {broken.lineno}, column {broken.colno}: "
            f"{broken.msg})",
            remedy="restore it from a checkpoint or from version control",
        ) from None
    except RecursionError:
        raise InputError(f"{path.name} is nested too deeply to be a notebook") from None
    if not isinstance(record, dict) or not ("cells" in record or "worksheets" in record):
        raise InputError(f"{path.name} is JSON, but no notebook: it has no cells")
    return _current(record, path)


def _current(record: dict[str, Any], path: Path) -> dict[str, Any]:
    major = record.get("nbformat", 4)
    if major == 4:
        return record
    if major == 3:
        import nbformat

        try:
            old = nbformat.from_dict(record)  # type: ignore[no-untyped-call]
            upgraded: dict[str, Any] = nbformat.convert(old, 4)  # type: ignore[no-untyped-call]
        except (KeyError, AttributeError, TypeError, ValueError, IndexError):
            raise InputError(
                f"{path.name} is a damaged notebook of format 3", remedy=_RERUN
            ) from None
        return upgraded
    raise InputError(
        f"{path.name} is of notebook format {major}; formats 3 and 4 are read",
        remedy="open and save it in a current Jupyter",
    )


def _jupytext(text: str, path: Path) -> dict[str, Any]:
    import jupytext

    if not text.strip():
        raise InputError(f"{path.name} is empty", remedy="give a notebook with code cells")
    try:
        record: dict[str, Any] = jupytext.reads(text, fmt={"extension": path.suffix.lower()})
    except (ValueError, KeyError, TypeError, SyntaxError) as broken:
        raise InputError(f"{path.name} cannot be read as a text notebook: {broken}") from None
    return record


@dataclass
class _Heading:
    text: str = ""
    level: int = 0


def _notebook(record: Mapping[str, Any], text: str, path: Path) -> Notebook:
    cells = record.get("cells")
    if not isinstance(cells, list):
        raise InputError(f"{path.name} is damaged: its cells are no list", remedy=_RERUN)
    codes = sum(isinstance(c, Mapping) and c.get("cell_type") == "code" for c in cells)
    if codes > MOST_CELLS:
        raise InputError(
            f"{path.name} has {codes:,} code cells; {MOST_CELLS:,} are the most that is read",
            remedy="split the notebook",
        )
    kernel, language = _language(record, path)
    heading, seen, found = _Heading(), set[str](), []
    for index, cell in enumerate(cells, start=1):
        found.append(_cell(cell, index, heading, seen, path))
    if not any(cell.kind == "code" and cell.source.strip() for cell in found):
        raise InputError(f"{path.name} has no code: there is nothing to convert")
    return Notebook(path, tuple(found), kernel, language, text)


def _language(record: Mapping[str, Any], path: Path) -> tuple[str, str]:
    metadata = record.get("metadata") or {}
    if not isinstance(metadata, Mapping):
        metadata = {}
    spec, info = metadata.get("kernelspec"), metadata.get("language_info")
    spec = spec if isinstance(spec, Mapping) else {}
    info = info if isinstance(info, Mapping) else {}
    kernel = str(spec.get("name") or "python3")
    language = str(spec.get("language") or info.get("name") or "python").lower()
    if language.startswith("python") or language == "ipython":
        version = str(info.get("version", ""))
        if kernel == "python2" or version.startswith("2."):
            raise InputError(
                f"{path.name} is written in Python 2", remedy="port it with 2to3, then export again"
            )
        return kernel, "python"
    raise InputError(f"{path.name} is written in {language}; only Python notebooks are converted")


def _cell(cell: Any, index: int, heading: _Heading, seen: set[str], path: Path) -> Cell:
    if not isinstance(cell, Mapping):
        raise InputError(f"{path.name} is damaged: cell {index} is no cell", remedy=_RERUN)
    kind = _KINDS.get(str(cell.get("cell_type")), "raw")
    source = cell.get("source", "")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        raise InputError(f"{path.name} is damaged: cell {index} has no text", remedy=_RERUN)
    source = source.replace("\r\n", "\n")
    metadata = cell.get("metadata") if isinstance(cell.get("metadata"), Mapping) else {}
    tags = metadata.get("tags", []) if isinstance(metadata, Mapping) else []
    name = str(cell.get("id") or f"cell-{index}")
    while name in seen:
        name += "-again"
    seen.add(name)
    if kind == "markdown":
        _update(heading, source)
    code = ""
    magics: tuple[Magic, ...] = ()
    place = Place(path.name, index, 1, 1, heading.text, name)
    if kind == "code" and source.strip():
        code, magics = translate(source)
        _check(code, source, place)
    count = cell.get("execution_count")
    return Cell(
        index, name, kind, source, code, magics,
        frozenset(t for t in tags if isinstance(t, str)) if isinstance(tags, list) else frozenset(),
        heading.text, heading.level, count if isinstance(count, int) else None,
        tuple(o for o in cell.get("outputs") or () if isinstance(o, Mapping)), dict(metadata or {}),
    )  # fmt: skip


def _check(code: str, source: str, place: Place) -> None:
    try:
        compile(code, "<cell>", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except SyntaxError as broken:
        line, column = broken.lineno or 1, broken.offset or 1
        old = re.search(r"Missing parentheses in call to '(print|exec)'", broken.msg or "")
        remedy = "port the notebook to Python 3" if old else "mend the cell, or remove it"
        found = f"the cell is no valid Python: {broken.msg}"
        raise InputError(found, remedy=remedy, place=place.at(line, column)) from None
    except (ValueError, RecursionError, MemoryError) as broken:
        raise InputError(f"the cell cannot be parsed: {broken}", place=place) from None


_ATX = re.compile(r"^ {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$")
_HTML = re.compile(r"<h([1-6])[^>]*>(.*?)</h\1>", re.IGNORECASE | re.DOTALL)


def _update(heading: _Heading, source: str) -> None:
    """The first heading of a Markdown cell names what follows."""
    lines, fenced = source.split("\n"), False
    for number, line in enumerate(lines):
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        if fenced:
            continue
        atx = _ATX.match(line)
        if atx and _plain(atx.group(2)):
            heading.text, heading.level = _plain(atx.group(2)), len(atx.group(1))
            return
        under = lines[number + 1].strip() if number + 1 < len(lines) else ""
        if (
            line.strip()
            and re.fullmatch(r"=+|-{3,}", under)
            and not line.lstrip().startswith(("-", "*", "|"))
        ):
            heading.text, heading.level = _plain(line), 1 if under[0] == "=" else 2
            return
    html = _HTML.search(source)
    if html and _plain(html.group(2)):
        heading.text, heading.level = _plain(html.group(2)), int(html.group(1))


def _plain(text: str) -> str:
    """A heading without Markdown and HTML marks."""
    text = re.sub(r"<[^>]+>", "", text)
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return re.sub(r"[*`_]{1,3}([^*`_]+)[*`_]{1,3}", r"\1", text).strip(" *#:")
