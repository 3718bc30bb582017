"""POC211 encoding-by-luck."""

from __future__ import annotations

import ast
import codecs
import re
from collections.abc import Iterator

from poc_graduate.rules.beginnings import beginning
from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.outputs import tables
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import NotebookView

# They give every byte a character, so that reading never fails.
_TAKES_ALL = frozenset("latin1 latin-1 latin_1 l1 iso-8859-1 iso8859-1 iso_8859_1 cp437".split())
# Those of them in which the letters of Windows between 0x80 and 0x9F are control characters. Behind
# another that is no ASCII they are a part of a letter in UTF-8.
_LATIN = frozenset("latin1 latin-1 latin_1 l1 iso-8859-1 iso8859-1 iso_8859_1".split())
_CONTROLS = re.compile("(?<![\x80-\xff])[\x80-\x84\x86-\x9f]")
# Superscripts, `¿` and a control character, which are ł, ą, ż and ź in `cp1250`, within a word.
_CENTRAL = re.compile("[A-Za-z][\xb3\xb9\xbf\x9f][a-z]")
# No encoding of files: Python's own way to write a text in ASCII.
_ESCAPES = re.compile(r"(?i)(?:raw[_-])?unicode[_-]escape")
_READING = ("read_csv", "read_table", "read_fwf", "open")


class EncodingByLuck(Rule):
    """A file is read in a way that cannot fail, whatever is in it.

    One finding a way.

    Why it bites: bytes of another encoding become other letters, and broken lines vanish; joins on
    such texts find nothing, and no step says so.
    On export: the argument stays as it is; nothing looks for wrong letters or lost lines.
    """

    code, name, severity = "POC211", "encoding-by-luck", Severity.NOTE
    message = "{what}; {told}"

    flagged = (
        Flagged(
            "df = pd.read_csv('a.csv', «encoding='latin1'»)",
            says="every byte is some letter",
        ),
        Flagged(
            "df = pd.read_csv('a.csv', «encoding='latin1'»)\n# %%\ndf",
            stored='<table class="dataframe"><tr><td>Rue de L\x92Union</td></tr></table>',
            says="the file is one of Windows (`cp1252`), whose",
        ),
        Flagged(
            "df = pd.read_csv('a.csv', «encoding='latin1'»)\n# %%\ndf",
            stored='<table class="dataframe"><tr><td>Zab\xb3ocie, \x8cl\x9cd</td></tr></table>',
            says="the file is one of Windows (`cp1250`), whose",
        ),
        Flagged(
            "df = pd.read_csv('a.csv', «encoding='latin1'»)\n# %%\ndf",
            stored='<table class="dataframe"><tr><td>Rue de LÃ¢\x80\x99Union</td></tr></table>',
            says="a file in UTF-8 is read with wrong ones",
        ),
        Flagged(
            "df = pd.read_csv('a.csv', «encoding='unicode_escape'»)",
            says="takes each `\\` in the file for the begin of a character's code",
        ),
        Flagged("df = pd.read_csv('a.csv', «on_bad_lines='skip'»)", says="vanish"),
        Flagged(
            "df = pd.read_csv('a.csv', «error_bad_lines=False», sep=';')", says="on the screen"
        ),
        Flagged("text = open('a.txt', «errors='ignore'»).read()"),
        Flagged(
            "a = pd.read_csv('a.csv', «encoding='ISO-8859-1'»)\n# %%\n"
            "b = pd.read_csv('b.csv', encoding='ISO-8859-1')"
        ),
    )
    ignored = (
        "df = pd.read_csv('a.csv', encoding='utf-8')",
        "df = pd.read_csv('a.csv', on_bad_lines='error')",
        "text = open('a.txt', errors='strict').read()",
        "out = open('a.txt', 'w', encoding='latin-1')",
        "df = pd.read_csv('a.csv', encoding='cp1252')",  # it does fail, and somebody knows Windows
        # The whole column is looked at before its type is guessed: rather less luck. POC606 says
        # the rest.
        "df = pd.read_csv('a.csv', low_memory=False)",
        "df = pd.read_csv('a.csv', encoding=found)",
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        told: set[str] = set()
        for cell in notebook.cells:
            for name in _READING:
                for call in cell.library_calls.get(name, ()):
                    if name == "open" and _writes(call):
                        continue
                    for given in call.keywords:
                        value = given.value.value if isinstance(given.value, ast.Constant) else None
                        what = _luck(given.arg, value)
                        if given.arg == "encoding":
                            there = beginning(call, cell)
                            windows = _windows(there, notebook)
                            if str(value).lower() in _LATIN and windows:
                                what = _WINDOWS.format(value, windows)
                            elif there is not None and _fits(there, str(value)):
                                continue  # somebody has looked
                        if what and what not in told:
                            told.add(what)
                            warns = given.arg == "error_bad_lines" or value == "warn"
                            how = _ON_SCREEN if warns else "nobody is told"
                            yield self.found(given, cell, what=what, told=how)


_ON_SCREEN = "a warning on the screen tells, and stops nothing"


_WINDOWS = (
    "in `{}` every byte is some letter; the file is one of Windows (`{}`), whose apostrophes, "
    "dashes and € become control characters"
)


def _is_utf8(begins: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(begins)
    except UnicodeDecodeError:
        return False
    return True


def _fits(begins: bytes, encoding: str) -> bool:
    """Whether a file is no UTF-8, and holds nothing that the encoding makes something else of."""
    escapes = _ESCAPES.fullmatch(encoding) is not None and b"\\" in begins
    return not _is_utf8(begins) and not escapes


def _windows(begins: bytes | None, notebook: NotebookView) -> str:
    """Whose letters a file holds that only Windows has, or tables here show what became of them.

    Shown ones are this file's where no other is read so. Empty where there are none.
    """
    if begins is not None:
        return "" if _is_utf8(begins) else _page(begins.decode("latin-1"))
    shown = [table.html for cell in notebook.cells for table in tables(cell.cell)]
    page = _page("\n".join(shown))
    if not page:
        return ""
    ways = (
        word.value.value
        for cell in notebook.cells
        for name in _READING
        for call in cell.calls.get(name, ())
        for word in call.keywords
        if word.arg == "encoding" and isinstance(word.value, ast.Constant)
    )
    return page if sum(str(way).lower() in _LATIN for way in ways) == 1 else ""


def _page(text: str) -> str:
    """The code page of a text of Windows that was read as `latin1`; empty where it is none."""
    if not _CONTROLS.search(text):
        return ""
    return "cp1250" if _CENTRAL.search(text) else "cp1252"


def _writes(call: ast.Call) -> bool:
    """Whether a file is opened to be written: its encoding is chosen, not guessed."""
    modes = [*call.args[1:2], *(k.value for k in call.keywords if k.arg == "mode")]
    return any(isinstance(m, ast.Constant) and set(str(m.value)) & set("wxa") for m in modes)


def _luck(argument: str | None, value: object) -> str:
    match argument, value:
        case "encoding", str(name) if name.lower() in _TAKES_ALL:
            return f"in `{name}` every byte is some letter; a file in UTF-8 is read with wrong ones"
        case "encoding", str(name) if _ESCAPES.fullmatch(name):
            return (
                f"`{name}` takes each `\\` in the file for the begin of a character's code, and "
                "every other byte for a letter of `latin1`: `C:\\new` gets a line break, "
                "`C:\\users` ends the reading, and a file in UTF-8 is read with wrong letters"
            )
        case ("on_bad_lines", "skip" | "warn") | ("error_bad_lines", False):
            return "lines with a field too many vanish"
        case (("errors" | "encoding_errors"), ("ignore" | "replace" as how)):
            gone = "go" if how == "ignore" else "become question marks"
            return f"characters that cannot be read {gone}; with them go names and keys"
    return ""
