"""What a rule's author needs: the base class, its examples, and how to report."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, ClassVar

from poc_graduate.dataflow.facts import CellFacts, RunFacts
from poc_graduate.rules.edits import fits
from poc_graduate.rules.finding import Finding, Fix, Severity, Span

if TYPE_CHECKING:
    from poc_graduate.rules.view import CellView, Located, NotebookView

_CODE = re.compile(r"POC\d{3}")


@dataclass(frozen=True)
class Flagged:
    """An example that the rule finds once.

    Attributes:
        source: Cells separated by `# %%` lines; what gets underlined stands in `«…»`.
        says: Words that the message must hold.
        ran: What a run showed of its cells, for rules that need to know.
        stored: Output stored with its last cell: HTML where it begins with `<`, else plain text.
        counts: Execution counts stored with its cells; None for a cell that never ran.
        after: The source once the fix is applied; empty where none is offered.
        files: File → text, beside the notebook: then the example is also run, as it stands and
            mended, and must compute the same.
    """

    source: str
    says: str = ""
    ran: tuple[CellFacts, ...] = ()
    stored: str = ""
    counts: tuple[int | None, ...] = ()
    after: str = ""
    files: Mapping[str, str] = field(default_factory=dict, hash=False)

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
    `calls`, `check_cell` every code cell, `check_notebook` the notebook, and `check_run` the
    notebook with what an observed run showed, where there was one. The first three find what the
    run showed, if anything, in `cell.facts` and `notebook.facts`.

    Attributes:
        code: `POC` and three digits, the first of them the family's; never used again.
        name: The shortcut, so that it reads after "allow".
        severity: Of every finding.
        message: What was found, then what will happen; `{names}` are filled in by `found`.
        fix_title: What its fix changes on disk, imperative; empty where it has none.
        calls: Last names of the calls that `check_call` is shown.
        flagged: Examples found, `«…»` round what gets underlined.
        ignored: Examples that look like it and are none; where a run decides, a `Flagged` with
            nothing marked, which carries the facts.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    severity: ClassVar[Severity]
    message: ClassVar[str]
    fix_title: ClassVar[str] = ""
    calls: ClassVar[tuple[str, ...]] = ()
    flagged: ClassVar[tuple[Flagged, ...]] = ()
    ignored: ClassVar[tuple[str | Flagged, ...]] = ()

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

    def check_run(self, notebook: NotebookView, facts: RunFacts) -> Iterator[Finding]:
        """Look at the notebook together with what a run of it showed."""
        yield from ()

    def found(
        self,
        node: Located,
        cell: CellView,
        *,
        fix: Fix | None = None,
        severity: Severity | None = None,
        **names: object,
    ) -> Finding:
        """A finding that underlines `node`; `names` fill the message."""
        return self.found_at(cell, cell.span_of(node), fix=fix, severity=severity, **names)

    def found_at(
        self,
        cell: CellView,
        span: Span,
        *,
        fix: Fix | None = None,
        severity: Severity | None = None,
        **names: object,
    ) -> Finding:
        """A finding that underlines a range of the cell's source.

        Args:
            cell: Where it is.
            span: What is underlined.
            fix: What would mend it; left away where IPython syntax moves the code it edits.
            severity: Where it is another than the rule's.
            names: Fill the message.
        """
        doc = self.sections()
        return Finding(
            self.code,
            self.name,
            severity or self.severity,
            cell.notebook.place(cell.index, span.line, span.column),
            span.end_line,
            span.end_column,
            self.message.format(**names),
            doc.why,
            doc.export,
            cell.line(span.line),
            fix if fix is not None and fits(fix, cell.notebook) else None,
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
