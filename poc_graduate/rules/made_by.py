"""Which code of a project, beside a notebook, makes a file."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from poc_graduate.rules.beside import SOURCES, below, decoded, entries, folders_of, root_of, text_of

_LARGEST = 200_000
_LARGEST_CODE = 5_000_000
"""Bytes of a notebook beside this one, with what it shows."""
_WRITES = r"(?:\bto_|write|dump|save|export)\w*\("
_OPENED = re.compile(rf"{_WRITES}$")
"""The end of a line whose call is given the file's name in one of the next."""
_READS = re.compile(r"\b(?:read|load|fetch)_\w+\(|\bload\(|\bselect\b")
_OFF = re.compile(r'\s*"?\s*(?:#|--)')
"""The beginning of a line that is a comment: of a script, of a notebook's text, of SQL."""
_CREATES = (
    r"\bcreate\s+(?:or\s+replace\s+)?(?:materialized\s+)?(?:table|view)\s+"
    r"(?:if\s+not\s+exists\s+)?(?:[\w\"`]+\.)?"
)
_KINDS = (".py", ".ipynb", ".r", ".sql")


@dataclass(frozen=True)
class Maker:
    """Code that makes a file.

    Attributes:
        code: The file of code.
        line: Where it writes it, from 1; in a notebook a line of its text on disk.
        how: `writes`; `off`, where the line is switched off as a comment; `table`, where SQL makes
            a table of the file's name, and something else writes it into a file.
    """

    code: Path
    line: int
    how: str


def maker_of(file: str, notebook: Path) -> Maker | None:
    """The code of the project that makes a file of this name: it reads one and writes this one.

    The notebook itself does not count. A script that reads nothing invents data, for an example.
    Of a repository all folders are looked into, else those beside the notebook and above it.

    Args:
        file: Its name, without folders.
        notebook: Whose project is looked through.
    """
    found: dict[str, Maker] = {}
    for other, facts in _code_around(notebook):
        known = (facts.st_mtime_ns, facts.st_size)
        if facts.st_size < _LARGEST_CODE and (made := _made_in(file.lower(), str(other), known)):
            if made.how == "writes":
                return made
            found.setdefault(made.how, made)
    return found.get("off") or found.get("table")


def is_made_by_the_project(file: str, notebook: Path) -> bool:
    """Whether code of the project makes a file of this name, or did before its line was put off."""
    made = maker_of(file, notebook)
    return made is not None and made.how != "table"


def is_a_writer(function: str, ending: str, notebook: Path) -> bool:
    """Whether a function of the project writes files of an ending, named by who calls it.

    `def load(self, name): self.df.to_csv(folder + name + '.csv')` does so for `.csv`.
    """
    for other, facts in _code_around(notebook):
        if other.suffix == ".py" and facts.st_size < _LARGEST:
            text = text_of(other)
            defined = re.search(rf"(?m)^([ \t]*)def {re.escape(function.lower())}\(", text)
            if defined is not None:
                body = re.split(rf"(?m)^{defined[1]}(?=\S)", text[defined.end() :])[0]
                if re.search(rf"{_WRITES}[^\n]*[+}}]\s*f?['\"]?{re.escape(ending)}['\"]", body):
                    return True
    return False


def writes(file: str, text: str) -> bool:
    """Whether a text gives a file's name, or a name that holds it, to a call that writes it.

    Both in lower case.
    """
    return bool(_written(file, text.replace("\\n", "\n").split("\n")))


def _written(file: str, lines: list[str]) -> int:
    """The first line that gives a file's name to a call that writes it, from 1; 0 where none."""
    # Line by line: over pictures, which notebooks hold as words without an end, it takes seconds.
    naming = [at for at, line in enumerate(lines) if file in line]
    text = "\n".join(lines[at] for at in naming)
    held = re.findall(rf"(\w+)\s*=\s*(?:[\w.]*path(?:\.join)?\()?[^\n=(]*{re.escape(file)}", text)
    names = "|".join(map(re.escape, (file, *held)))
    written = rf"{_WRITES}[^\n]*(?:{names})\b"
    opened = rf"\bopen\([^\n]*(?:{names})\b[^\n]*?,\s*(?:mode\s*=\s*)?\\?['\"][wx]"
    copied = rf"\b(?:to|outfile)\s+'[^'\n]*{re.escape(file)}'"  # `COPY sales TO 'sales.csv'`
    ways = re.compile(f"{written}|{opened}|{copied}")
    using = naming
    if held:
        using = [at for at, line in enumerate(lines)
                 if file in line or any(name in line for name in held)]  # fmt: skip
    for at in using:
        if ways.search(lines[at]) or (file in lines[at] and _is_opened_above(at, lines)):
            return at + 1
    return 0


def _is_opened_above(at: int, lines: list[str]) -> bool:
    """Whether the call that writes begins in a line before, as where its arguments have their own.

    In a notebook's text on disk each line stands in quotes, with a comma after it.
    """
    above = (line.strip(' \t",\\') for line in reversed(lines[max(at - 3, 0) : at]))
    last = next((line for line in above if line), "")
    return _OPENED.search(last) is not None


def _code_around(notebook: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """Other files of code of the project."""
    if not notebook.is_file():
        return
    folders = list(folders_of(notebook))
    if (root := root_of(notebook)) is not None:
        folders = [*folders, *below(root)]
    else:
        folders += [one / part for one in folders for part in sorted(entries(one) & SOURCES)]
    for folder in dict.fromkeys(folders):
        code = (name for name in sorted(entries(folder)) if name.lower().endswith(_KINDS))
        for other in (folder / name for name in code):
            if other != notebook.absolute():
                try:
                    yield other, other.stat()
                except OSError:
                    continue


@lru_cache(maxsize=4096)  # the answer, not the text: a repository may hold hundreds of notebooks
def _made_in(file: str, code: str, changed: tuple[int, int]) -> Maker | None:
    """How a file of code that reads something makes a file of this name."""
    del changed  # part of the key: a file that was edited is read again
    path = Path(code)
    try:
        text = decoded(path)
    except OSError:
        return None
    stem = file.split(".")[0]
    if (file not in text and not (path.suffix == ".sql" and stem in text)) or not _READS.search(
        text
    ):
        return None
    lines = text.replace("\\n", "\n").split("\n")
    at = _written(file, lines) if file in text else 0
    if at and _OFF.match(lines[at - 1]):
        live = _written(file, ["" if _OFF.match(line) else line for line in lines])
        return Maker(path, live or at, "writes" if live else "off")
    if at:
        return Maker(path, at, "writes")
    for at, line in enumerate(lines, 1) if path.suffix == ".sql" else ():
        if re.match(rf"\s*{_CREATES}[\"`]?{re.escape(stem)}[\"`]?\s*(?:\bas\b|$)", line):
            return Maker(path, at, "table")
    return None
