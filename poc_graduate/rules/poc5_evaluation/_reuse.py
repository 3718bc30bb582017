"""Test sets that choose: more candidates than one are compared on them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.poc5_evaluation._candidates import rows_name, same_definition
from poc_graduate.rules.poc5_evaluation._events import Evaluation, Flow
from poc_graduate.rules.poc5_evaluation._flow import held_out, is_dealt, training
from poc_graduate.rules.poc5_evaluation._tables import SEARCHES, kind_of_metric, role
from poc_graduate.rules.poc5_evaluation._targets import Targets, differ
from poc_graduate.rules.poc5_evaluation._values import Relation, Rows, relation
from poc_graduate.rules.reached import function_around
from poc_graduate.rules.view import NotebookView


@dataclass(frozen=True)
class Reuse:
    """A test set that chooses.

    Attributes:
        node: Where it does so first.
        cell: Position of that cell.
        argument: The set as it stands in a call.
        does: In words, where it is not to compare candidates.
        rivals: How many candidates it compares.
        unknown: How many of them are never measured on other rows.
        stops: It decides when a training stops, or at which threshold: that is a choice already.
        inside: The set as a function of the notebook calls it, and that function's name.
        taken: Some of the candidates, not all, answer for rows in the end that nobody scores.
        sources: Where the rows come from.
        cells: Positions of the cells in which candidates are shown.
        target: Words of what the candidates are to say.
        classes: Of the candidates, each as it is composed.
        more: It is scored with others that nobody here saw made.
    """

    node: ast.expr
    cell: int
    argument: ast.expr | None
    does: str = ""
    rivals: int = 0
    unknown: int = 0
    stops: bool = False
    inside: tuple[ast.expr, str] | None = None
    taken: bool = False
    sources: frozenset[object] = frozenset()
    cells: frozenset[int] = frozenset()
    target: frozenset[str] = frozenset()
    classes: tuple[str, ...] = ()
    more: bool = False

    @property
    def tries(self) -> bool:
        """Whether one thing is tried more than once: with other settings, or columns."""
        return not self.rivals or len(set(self.classes)) < len(self.classes)

    @property
    def measured(self) -> bool:
        """Whether some of the candidates are measured on other rows, too."""
        return self.unknown < self.rivals

    @property
    def how(self) -> str:
        """How it chooses, in words."""
        if self.does:
            return self.does
        compares = f"compares {'at least ' * self.more}{self.rivals} candidates"
        known = f", {self.unknown} of them never measured on other rows"
        return compares + known if self.measured else compares

    def with_more_of(self, other: Reuse) -> Reuse:
        """The two as one: rows of one source, dealt anew, are one test set to who compares."""
        return replace(
            self,
            rivals=self.rivals + other.rivals,
            unknown=self.unknown + other.unknown,
            taken=self.taken or other.taken,
            cells=self.cells | other.cells,
            classes=self.classes + other.classes,
            more=self.more or other.more,
        )


def reuses(flow: Flow, notebook: NotebookView) -> list[Reuse]:
    """One for each test set that chooses and is reported, in order."""
    aside = _set_aside(notebook)
    tests = [one for one in held_out(flow) if one.scored and one.told[1] not in aside]
    by_rows: dict[frozenset[Rows], list[Evaluation]] = {}
    for one in tests:
        by_rows.setdefault(one.prediction.rows, []).append(one)
    found = []
    for rows, several in by_rows.items():
        if _other_rows_decide(flow, rows, several):
            continue
        chosen = _stopping(flow, several) or _threshold(several)
        if chosen is not None:
            found.append(chosen)
            continue
        reuse = _compared(flow, several, notebook)
        if reuse is not None:
            found.append(reuse)
    return _together(sorted(found, key=lambda one: (one.cell, one.node.lineno)))


def _set_aside(notebook: NotebookView) -> frozenset[int]:
    """Positions of cells below a heading that says not to run them: trials decide nothing."""
    return frozenset(view.index for view in notebook.cells if _NOT_TO_RUN.search(view.cell.heading))


_NOT_TO_RUN = re.compile(r"(?i)\b(do not|don['’]?t) run\b|\b(disregard|ignore) (this|these)\b")


def _together(found: list[Reuse]) -> list[Reuse]:
    """Those as one whose test set has one name, though it is dealt anew on the way."""
    kept: list[Reuse] = []
    for one in found:
        for at, other in enumerate(kept):
            alike = one.sources == other.sources and not differ(one.target, other.target)
            if one.rivals and other.rivals and alike and _names_the_same(one, other):
                kept[at] = other.with_more_of(one)
                break
        else:
            kept.append(one)
    return kept


def _names_the_same(one: Reuse, other: Reuse) -> bool:
    return isinstance(one.argument, ast.Name) and _text(one.argument) == _text(other.argument)


def _other_rows_decide(flow: Flow, rows: frozenset[Rows], several: list[Evaluation]) -> bool:
    """Whether these are for choosing only: others are evaluated or predicted in the end."""
    if any(step.loops for one in rows for step in one.steps):
        return True  # folds, or splits drawn anew: none of them is what is reported
    sources = _sources(rows)
    for one in several:  # a test set from a file of its own: what the candidates learned from
        fit = training(flow, one)
        sources |= _sources(fit.rows) if fit is not None else frozenset()
    for one in flow.evaluations:
        said, fit = one.prediction, training(flow, one)
        if said.rows == rows and _is_named_validation(said.argument):
            return True
        if fit is None or not said.rows or relation(said.rows, rows) is not Relation.DISJOINT:
            continue
        if relation(fit.rows, said.rows) is Relation.DISJOINT and sources & _sources(fit.rows):
            return True
    return False


def _sources(rows: frozenset[Rows]) -> frozenset[object]:
    """Where rows come from: of a model that learned from other data nothing is decided here."""
    return frozenset(one.source for one in rows)


def _is_named_validation(argument: ast.expr | None) -> bool:
    names = ast.walk(argument) if argument is not None else ()
    return any(isinstance(name, ast.Name) and role(name.id) == "val" for name in names)


def _stopping(flow: Flow, several: list[Evaluation]) -> Reuse | None:
    """The training that stops by these rows."""
    for one in several:
        fit = training(flow, one)
        if fit is not None and fit.watched and fit.watched == one.prediction.rows:
            how = "decides when the training stops and is then reported"
            cells = frozenset({fit.cell})
            return Reuse(fit.node, fit.cell, one.prediction.argument, how, stops=True, cells=cells)
    return None


def _threshold(several: list[Evaluation]) -> Reuse | None:
    """The threshold that was chosen where a curve of these rows is best, and is scored on them."""
    for one in several:
        for curve in one.curves:
            if curve.rows == one.prediction.rows and isinstance(curve.node, ast.expr):
                how = f"chooses the threshold, by its `{curve.metric}`, and is scored with it again"
                cells = frozenset({curve.cell})
                return Reuse(
                    curve.node, curve.cell, one.prediction.argument, how, stops=True, cells=cells
                )
    return None


def _compared(flow: Flow, several: list[Evaluation], notebook: NotebookView) -> Reuse | None:
    candidates: dict[int, Evaluation] = {}
    for one in several:
        said = one.prediction
        made_in = {loop for rows in said.rows for step in rows.steps for loop in step.loops}
        if one.loops - made_in and not _validated(flow, one):
            how = "is scored with each turn of a loop over candidates"
            cells = frozenset({one.told[1]})
            return Reuse(*one.told, _as_told(one, notebook), how, inside=_inside(one), cells=cells)
        if flow.objects[said.model].kind.startswith("Dummy"):
            continue
        if any(said.fit in parts for parts in flow.stacked):
            continue  # all of a stack's models are kept
        if not any(_the_same(flow, one, other, notebook) for other in candidates.values()):
            candidates.setdefault(said.fit, one)
    rivals = _on_the_same_columns(list(candidates.values()), notebook)
    if len(rivals) < 2:
        return None
    rivals = _rivals(flow, rivals, several, notebook)
    unknown = [one for one in rivals if not _validated(flow, one)]
    # Of the others, other rows tell how good they are: one alone is no choice among several.
    if len(rivals) < 2 or not unknown or (len(unknown) == 1 and len(rivals) > 2):
        return None
    if not all(is_dealt(one.prediction.rows) or one.scored for one in several):
        return None
    second, shared = rivals[1], _shared(rivals, notebook)
    return Reuse(
        *second.told, shared, rivals=len(rivals), unknown=len(unknown), inside=_inside(second),
        taken=_are_taken(flow, rivals), sources=_sources(second.prediction.rows),
        cells=frozenset(one.told[1] for one in rivals),
        target=_target(flow, second, Targets(notebook)),
        classes=tuple(_class(flow, one.prediction.model) for one in rivals),
        more=second.prediction.rows in flow.of_others,
    )  # fmt: skip


def _class(flow: Flow, model: int) -> str:
    """Its class; of a pipeline or a search with the classes of what it is made of."""
    made = flow.objects[model]
    return " ".join([made.kind, *(_class(flow, part) for part in made.parts)])


def _are_taken(flow: Flow, rivals: list[Evaluation]) -> bool:
    """Whether, below the comparison, some of them say something of rows that nobody scores.

    Made once more, on all rows, a model is of the same class as the one that was compared.
    """
    below = rivals[-1].told[1]
    kinds = {flow.objects[one.prediction.model].kind for one in rivals}
    answered = {
        flow.objects[one.prediction.model].kind
        for one in flow.evaluations
        if not one.scored
        and one.told[1] > below
        and one.prediction.rows
        and not any(
            other.scored and other.prediction.rows == one.prediction.rows
            for other in flow.evaluations
        )
    }
    return bool(kinds & answered) and not kinds <= answered


def _on_the_same_columns(several: list[Evaluation], notebook: NotebookView) -> list[Evaluation]:
    """Those that are scored on all columns, or on some on which another one is, too.

    A model of two columns alone is a look at those columns, beside the one of all.
    """
    chosen = [rows_name(one.prediction.argument, notebook)[1] for one in several]
    return [
        one
        for one, columns in zip(several, chosen, strict=True)
        if not columns or chosen.count(columns) > 1
    ]


def _shared(rivals: list[Evaluation], notebook: NotebookView) -> ast.expr | None:
    """The rows in words that are true of each of them: as one gives them, or their table's name."""
    told = [_as_told(one, notebook) for one in rivals]
    if len({_text(one) for one in told}) == 1 or None in told:
        return told[1]
    names = {rows_name(one, notebook)[0] for one in told}
    name = names.pop()
    return ast.Name(name) if name and not names else told[1]


def _rivals(
    flow: Flow, candidates: list[Evaluation], every: list[Evaluation], notebook: NotebookView
) -> list[Evaluation]:
    """The most of them that say the same thing, measured alike.

    Models of other targets are no choice, nor is a class against a number.
    """
    targets = Targets(notebook)
    groups: list[tuple[frozenset[str], frozenset[str], list[Evaluation]]] = []
    for one in candidates:
        words = _target(flow, one, targets)
        metrics = (e.metric for e in every if e.prediction.fit == one.prediction.fit)
        measured = frozenset(kind for metric in metrics if (kind := kind_of_metric(metric)))
        for known, kinds, group in groups:
            alike = not kinds or not measured or kinds & measured
            if alike and not differ(known, words):
                group.append(one)
                break
        else:
            groups.append((words, measured, [one]))
    return max((group for *_, group in groups), key=len)


def _target(flow: Flow, one: Evaluation, targets: Targets) -> frozenset[str]:
    """Words of what a model that is evaluated was trained to say."""
    fit = training(flow, one)
    node, cell = one.told
    return targets.words(fit.target if fit is not None else None, (cell, node.lineno))


def _as_told(one: Evaluation, notebook: NotebookView) -> ast.expr | None:
    """The rows in the words of the place that is shown; None where a function has its own."""
    argument = one.prediction.argument
    if argument is None or one.told[0] is one.node:
        return argument
    if any(argument is part for part in ast.walk(one.told[0])):
        return argument
    return argument if _of_the_notebook(argument, one.cell, notebook) else None


def _of_the_notebook(argument: ast.expr, cell: int, notebook: NotebookView) -> bool:
    """Whether a function takes what it names from the notebook."""
    view = next((view for view in notebook.cells if view.index == cell), None)
    function = function_around(argument, view) if view is not None else None
    if view is None or function is None:
        return False
    names = {part.id for part in ast.walk(argument) if isinstance(part, ast.Name)}
    return names <= view.names.functions.get(function.name, frozenset())


def _inside(one: Evaluation) -> tuple[ast.expr, str] | None:
    """The rows in the words of the function that is called, and its name."""
    argument, (told, _) = one.prediction.argument, one.told
    if argument is None or told is one.node or not isinstance(told, ast.Call):
        return None
    return argument, last_name(told.func)


def _the_same(flow: Flow, one: Evaluation, other: Evaluation, notebook: NotebookView) -> bool:
    """Whether a model was made and trained once more as it was before: a summary, not a choice."""
    made, before = (flow.objects[which.prediction.model] for which in (one, other))
    if made.kind != before.kind or made.loops or before.loops:
        return False
    if one.prediction.model == other.prediction.model:
        return False  # trained again, and on other features maybe
    fits = training(flow, one), training(flow, other)
    shown = [(fit.rows, fit.learned, _text(fit.argument)) for fit in fits if fit is not None]
    if len(shown) < len(fits) or shown[0] != shown[1]:
        return False
    if made.made or before.made:
        return made.made == before.made
    if made.call is None or before.call is None:
        return False
    return same_definition((before.call, before.cell), (made.call, made.cell), notebook)


def _text(argument: ast.expr | None) -> str:
    return ast.dump(argument) if argument is not None else ""


def _validated(flow: Flow, one: Evaluation) -> bool:
    made = flow.objects[one.prediction.model]
    return (
        made.validated
        or any(flow.objects[part].validated for part in made.parts)
        or _tuned(flow, one.prediction.model)
    )


def _tuned(flow: Flow, model: int) -> bool:
    """Whether a search has tried its class before it was made: with what the search has found."""
    return any(
        SEARCHES.match(search.kind)
        and search.validated
        and flow.objects[model].kind in _tried(flow, search.parts)
        for search in flow.objects[:model]
    )


def _tried(flow: Flow, parts: tuple[int, ...]) -> Iterator[str]:
    """Classes of what a search is given, and of the steps of a pipeline in it."""
    for part in parts:
        yield flow.objects[part].kind
        yield from _tried(flow, flow.objects[part].parts)
