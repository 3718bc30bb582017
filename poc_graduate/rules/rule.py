"""What a rule's author needs: the base class, its examples, and how to report."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, ClassVar

from poc_graduate.rules.finding import Finding, Severity, Span

if TYPE_CHECKING:
    from poc_graduate.rules.view import CellView, Located, NotebookView

_CODE = re.compile(r"POC\d{3}")


@dataclass(frozen=True)
class Flagged:
    """An example that the rule finds once.

    Attributes:
        source: Cells separated by `# %%` lines; what gets underlined stands in `«…»`.
        says: Words that the message must hold.
    """

    source: str
    says: str = ""

    @property
    def plain(self) -> str:
        """The source without the marks."""
        return self.source.replace("«", "").replace("»", "")


@dataclass(frozen=True)
class Sections:
    """What a rule's docstring says: what it finds, why it bites, what happens on export."""

    what: str
    why: str
    export: str


class Rule:
    """One shortcut. Its subclasses live one to a file, in the folder of their family.

    A rule listens by what it defines: `check_call` is shown the calls whose last name is in
    `calls`, `check_cell` every code cell, `check_notebook` the notebook.

    Attributes:
        code: `POC` and three digits, the first of them the family's; never used again.
        name: The shortcut, so that it reads after "allow".
        severity: Of every finding.
        message: What was found, then what will happen; `{names}` are filled in by `found`.
        calls: Last names of the calls that `check_call` is shown.
        flagged: Examples found, `«…»` round what gets underlined.
        ignored: Examples that look like it and are none.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    severity: ClassVar[Severity]
    message: ClassVar[str]
    calls: ClassVar[tuple[str, ...]] = ()
    flagged: ClassVar[tuple[Flagged, ...]] = ()
    ignored: ClassVar[tuple[str, ...]] = ()

    registry: ClassVar[dict[str, type[Rule]]] = {}

    def __init_subclass__(cls) -> None:
        if not _CODE.fullmatch(cls.code):
            raise TypeError(f"{cls.__name__}: {cls.code!r} is no code such as POC101")
        if cls.code in cls.registry and cls.registry[cls.code].__module__ != cls.__module__:
            raise TypeError(f"{cls.code} is the code of {cls.registry[cls.code].__name__} already")
        cls.registry[cls.code] = cls

    def check_call(self, call: ast.Call, cell: CellView) -> Iterator[Finding]:
        """Look at one call."""
        yield from ()

    def check_cell(self, cell: CellView) -> Iterator[Finding]:
        """Look at one code cell."""
        yield from ()

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        """Look at the notebook as a whole."""
        yield from ()

    def found(self, node: Located, cell: CellView, **names: object) -> Finding:
        """A finding that underlines `node`; `names` fill the message."""
        return self.found_at(cell, cell.span_of(node), **names)

    def found_at(self, cell: CellView, span: Span, **names: object) -> Finding:
        """A finding that underlines a range of the cell's source."""
        doc = self.sections()
        return Finding(
            self.code,
            self.name,
            self.severity,
            cell.notebook.place(cell.index, span.line, span.column),
            span.end_line,
            span.end_column,
            self.message.format(**names),
            doc.why,
            doc.export,
            cell.line(span.line),
        )

    @classmethod
    def sections(cls) -> Sections:
        """The docstring's parts."""
        return _sections(inspect.cleandoc(cls.__doc__ or ""))


@cache
def _sections(docstring: str) -> Sections:
    what, _, rest = docstring.partition("\n\nWhy it bites:")
    why, _, export = rest.partition("\nOn export:")
    return Sections(*(" ".join(part.split()) for part in (what, why, export)))
