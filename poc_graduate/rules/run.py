"""All rules over one notebook: one walk, each rule shown only what it listens to."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from poc_graduate.dataflow.facts import RunFacts
from poc_graduate.errors import UsageError, meant
from poc_graduate.notebook.model import Notebook
from poc_graduate.rules.broken import BrokenCell
from poc_graduate.rules.finding import Finding
from poc_graduate.rules.rule import Rule
from poc_graduate.rules.secrets import without_secrets
from poc_graduate.rules.suppress import Suppression, suppressions
from poc_graduate.rules.unused import UnusedSuppression
from poc_graduate.rules.view import CellView, NotebookView
from poc_graduate.settings import Settings


@cache
def rules() -> tuple[Rule, ...]:
    """One of each rule, by code. A file in a family's folder is a rule; nothing lists them."""
    package = importlib.import_module("poc_graduate.rules")
    assert Rule.registry.keys() >= {UnusedSuppression.code, BrokenCell.code}
    for family in pkgutil.iter_modules(package.__path__):
        if not (family.ispkg and family.name.startswith("poc")):
            continue
        folder = importlib.import_module(f"{package.__name__}.{family.name}")
        for module in pkgutil.iter_modules(folder.__path__):
            if not module.name.startswith("_"):
                importlib.import_module(f"{folder.__name__}.{module.name}")
    return tuple(kind() for _, kind in sorted(Rule.registry.items()))


def rule_of(code: str) -> Rule | None:
    """The rule with this code or name."""
    wanted = code.upper()
    return next((r for r in rules() if r.code == wanted or r.name == code.lower()), None)


def chosen(select: Iterable[str] = (), ignore: Iterable[str] = ()) -> frozenset[str]:
    """Codes of the rules to run; the longer prefix decides, as in ruff.

    Args:
        select: Codes and prefixes; all rules where none is given.
        ignore: Codes and prefixes left out.
    """
    taken, left = tuple(select) or ("POC",), tuple(ignore)

    def longest(code: str, prefixes: tuple[str, ...]) -> int:
        return max((len(p) for p in prefixes if code.startswith(p.upper())), default=0)

    return frozenset(
        rule.code for rule in rules() if longest(rule.code, taken) > longest(rule.code, left)
    )


def known(codes: Iterable[str], said_by: str = "") -> tuple[str, ...]:
    """Codes and prefixes in capitals.

    Args:
        codes: As somebody typed them.
        said_by: Where, for the message; empty on the command line.

    Raises:
        UsageError: one begins the code of no rule.
    """
    found = tuple(code.strip().upper() for code in codes if code.strip())
    for code in found:
        if any(rule.code.startswith(code) for rule in rules()):
            continue
        named = rule_of(code)
        wanted = meant(named.code if named else code, _codes_and_families(), near=0.5)
        where = f"{said_by}: " if said_by else ""
        raise UsageError(
            f"{where}no rule's code begins with {code!r}",
            remedy=f"{wanted} `poc-graduate explain` lists them".lstrip(),
        )
    return found


def _codes_and_families() -> list[str]:
    codes = [rule.code for rule in rules()]
    return [*codes, *sorted({code[:4] for code in codes})]


def codes_for(
    path: Path, settings: Settings, select: tuple[str, ...] = (), ignore: tuple[str, ...] = ()
) -> frozenset[str]:
    """Codes of the rules to run on one notebook.

    Args:
        path: The notebook.
        settings: What its project asks for.
        select: Codes and prefixes, instead of those of the settings.
        ignore: Codes and prefixes left out, beside those of the settings.

    Raises:
        UsageError: the settings name a code that no rule has.
    """
    _known_in(settings)
    left_out = (*settings.ignore, *ignore, *settings.ignored_in(path))
    return _chosen(select or settings.select, left_out)


@lru_cache(maxsize=64)
def _known_in(settings: Settings) -> None:
    by = f"{settings.file}: [tool.poc_graduate]"
    known(settings.select, f"{by} select")
    known(settings.ignore, f"{by} ignore")
    for pattern, codes in settings.per_file_ignores:
        known(codes, f"{by} per-file-ignores.{pattern!r}")


@lru_cache(maxsize=64)
def _chosen(select: tuple[str, ...], ignore: tuple[str, ...]) -> frozenset[str]:
    return chosen(select, ignore)


def check(
    notebook: Notebook,
    codes: frozenset[str] | None = None,
    facts: RunFacts | None = None,
    *,
    only: int | None = None,
) -> tuple[Finding, ...]:
    """Findings of a notebook, in the order a reader meets them. Nothing is executed.

    Args:
        notebook: What was read.
        codes: Rules to run; all by default.
        facts: What an earlier run of it showed.
        only: Position of the cell whose findings are wanted; all cells by default.
    """
    view = NotebookView(notebook, facts)
    try:
        return _found(view, _wanted(codes), only)
    finally:
        view.release()


def _found(view: NotebookView, wanted: _Wanted, only: int | None) -> tuple[Finding, ...]:
    found: list[Finding] = []
    cells = view.cells if only is None else [c for c in view.cells if c.index == only]
    for cell in cells:
        for name, calls in cell.library_calls.items():
            for rule in wanted.of_calls.get(name, ()):
                for call in calls:
                    found += rule.check_call(call, cell)
        for rule in wanted.of_cells:
            found += rule.check_cell(cell)
    for rule in wanted.of_notebooks:
        found += rule.check_notebook(view)
    if view.facts is not None:
        for rule in wanted.of_runs:
            found += rule.check_run(view, view.facts)
    if only is not None:
        found = [finding for finding in found if finding.place.cell == only]
    kept = _silence(found, cells, wanted.codes)
    shown = without_secrets(kept, view.cells)
    return tuple(sorted(dict.fromkeys(shown), key=lambda finding: finding.order))


@dataclass(frozen=True)
class _Wanted:
    """The rules to run, by what they listen to.

    Attributes:
        codes: Their codes.
        of_calls: Last name of a call → those that are shown it.
        of_cells: Those that are shown each cell.
        of_notebooks: Those that are shown the notebook.
        of_runs: Those that are shown what a run showed.
    """

    codes: frozenset[str]
    of_calls: dict[str, list[Rule]]
    of_cells: list[Rule]
    of_notebooks: list[Rule]
    of_runs: list[Rule]


@lru_cache(maxsize=64)
def _wanted(codes: frozenset[str] | None) -> _Wanted:
    active = [rule for rule in rules() if codes is None or rule.code in codes]
    of_calls: dict[str, list[Rule]] = {}
    for rule in active:
        for name in rule.calls:
            of_calls.setdefault(name, []).append(rule)
    return _Wanted(
        frozenset(rule.code for rule in active),
        of_calls,
        [rule for rule in active if _defines(rule, "check_cell")],
        [rule for rule in active if _defines(rule, "check_notebook")],
        [rule for rule in active if _defines(rule, "check_run")],
    )


def _defines(rule: Rule, method: str) -> bool:
    return getattr(type(rule), method) is not getattr(Rule, method)


def _silence(
    found: list[Finding], cells: Sequence[CellView], active: frozenset[str]
) -> list[Finding]:
    """Without what the author silenced, with suppressions that silence nothing."""
    all_of_them = [(cell, one) for cell in cells for one in suppressions(cell.cell)]
    silenced: set[Suppression] = set()
    kept = []
    for finding in found:
        by = [one for _, one in all_of_them if one.silences(finding)]
        silenced.update(by)
        if not by:
            kept.append(finding)
    if UnusedSuppression.code not in active:
        return kept
    rule = UnusedSuppression()
    for cell, one in all_of_them:
        # One without codes may be meant for ruff; codes that were not run prove nothing.
        ours = [code for code in one.codes if code.startswith("POC")]
        if cell.cell.broken is not None:  # nobody knows what it would silence
            continue
        if any(one.line in off.lines for off in cell.off):  # nothing is told of there
            continue
        known = ours and all(any(run.startswith(code) for run in active) for code in ours)
        if one not in silenced and known:
            kept.append(rule.report(cell, one))
    return kept
