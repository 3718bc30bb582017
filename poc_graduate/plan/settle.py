"""From dataflow and facts to a plan: choose cuts, work out crossings, forbid what fails, repeat."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from poc_graduate.dataflow.facts import CellFacts, RunFacts, Stored
from poc_graduate.dataflow.model import Dataflow, Statement
from poc_graduate.errors import InputError, Refusal
from poc_graduate.plan import parameters as literals
from poc_graduate.plan import stages
from poc_graduate.plan.cells import Timeline, kept_statements
from poc_graduate.plan.crossing import lay_out
from poc_graduate.plan.definitions import Definitions, definitions
from poc_graduate.plan.layout import Constraints, Kept, Layout
from poc_graduate.plan.marks import Marks, marks
from poc_graduate.plan.model import Load, Note, Parameter, Plan, Product, Stage
from poc_graduate.plan.models import trained
from poc_graduate.plan.parameters import Parameters
from poc_graduate.plan.paths import Paths, project_paths

CHECKERS = (
    "batches", "drift", "beside", "mislabelled", "arrivals", "chance", "readings",
)  # fmt: skip
"""Modules of an exported project that check its tables."""


@dataclass(frozen=True)
class Settled:
    """A plan with all that generation needs.

    Attributes:
        plan: The plan that is shown and kept.
        time: The notebook's cells.
        layouts: One for each stage.
        parameters: Which literals became parameters.
        constraints: What planning had to respect.
        paths: Where the notebook's files lie in the project.
    """

    plan: Plan
    time: Timeline
    layouts: tuple[Layout, ...]
    parameters: Parameters
    constraints: Constraints
    paths: Paths

    @property
    def definitions(self) -> Definitions:
        """What moves to the package."""
        return self.time.definitions


def without_run(dataflow: Dataflow) -> RunFacts:
    """What the text alone says, in the form of facts, for a plan without a run.

    Every name is taken to be storable by pickle; names that may be aliases share state.
    """
    sharing: list[set[str]] = []
    cells = []
    exists: set[str] = set()
    for cell in dataflow.notebook.code_cells:
        bound: set[str] = set()
        changed: set[str] = set()
        deleted: set[str] = set()
        for statement in dataflow.of_cell(cell.index):
            bound |= statement.defines | statement.may_define
            changed |= statement.changes
            deleted |= statement.deletes
            for pair in statement.aliases:
                touching = [g for g in sharing if g & set(pair)]
                sharing = [g for g in sharing if not g & set(pair)]
                sharing.append(set(pair).union(*touching))
        exists = (exists | bound) - deleted
        stored = {name: Stored("pickle", "not observed") for name in sorted(exists)}
        cells.append(
            CellFacts(
                cell.index,
                bound=frozenset(bound),
                changed=frozenset(changed - bound),
                deleted=frozenset(deleted - bound),
                shared=tuple(frozenset(g) & frozenset(exists) for g in sharing),
                stored=stored,
                reads=tuple(sorted(_paths(dataflow, cell.index, ("read", "append")))),
                writes=tuple(sorted(_paths(dataflow, cell.index, ("write", "append")))),
            )
        )
    return RunFacts(tuple(cells))


def _paths(dataflow: Dataflow, cell: int, modes: tuple[str, ...]) -> set[str]:
    return {
        use.path
        for statement in dataflow.of_cell(cell)
        for use in statement.files
        if use.path and use.mode in modes
    }


def draft(dataflow: Dataflow) -> dict[int, frozenset[str]]:
    """Cells after which names may be kept → these names; tells the probe where to look."""
    time = Timeline(dataflow, without_run(dataflow), Definitions())
    names = {time.cells[cut - 1]: time.live[cut] for cut in range(1, len(time.cells))}
    for name, one in trained(time).items():
        for cell in {one.cell, time.cells[-1]}:
            names[cell] = names.get(cell, frozenset()) | {name}
    return names


def settle(
    dataflow: Dataflow,
    facts: RunFacts,
    *,
    package: str,
    constraints: Constraints | None = None,
    proved: bool = True,
) -> Settled:
    """Choose the stages of a notebook.

    Args:
        dataflow: The notebook's statements.
        facts: What its run showed, or `without_run`.
        package: Name of the package to generate.
        constraints: What has to be respected.
        proved: Whether the facts come from a run.

    Raises:
        Refusal: a cut that the user asked for cannot be made, or an input file cannot be
            brought into the project.
    """
    constraints = constraints or Constraints()
    marked = marks(dataflow)
    staying = _staying_constants(dataflow, facts, marked)
    moved = definitions(dataflow, facts, inline=constraints.inline, staying=staying)
    variables = frozenset(
        name
        for name, s in moved.constants.items()
        if name in moved.movable
        and name not in _read_by_definitions(moved)
        and _becomes_parameter(dataflow, name, s, marked)
    )
    paths = project_paths(dataflow, facts)
    chosen = literals.choose(
        dataflow,
        moved,
        variables,
        moved_paths=paths.literals,
        dropped=constraints.dropped,
        renamed=constraints.renamed,
    )
    time = Timeline(dataflow, facts, moved)
    names = chosen.variables
    forbidden = dict(constraints.forbidden)
    notes: list[Note] = []
    while True:
        if constraints.cuts is not None:
            cuts = constraints.cuts
        elif marked.cuts is not None:
            cuts = tuple(cut for cut in marked.cuts if cut not in forbidden)
        else:
            cuts = stages.choose(
                time, names, forbidden, crossing=lambda cut: len(time.live[cut] - names)
            )
        layouts, problems = lay_out(time, cuts, names, constraints)
        hit = [problem for problem in problems if problem.cuts & set(cuts)]
        refused = [problem for problem in problems if problem.note.kind == "refused"]
        if constraints.cuts is not None and (hit or refused):
            problem = (hit or refused)[0]
            _refuse(dataflow, problem.note)
        if not hit:
            break
        for problem in hit:
            for cut in problem.cuts:
                forbidden.setdefault(cut, problem.note.text)
            if problem.note not in notes:
                notes.append(problem.note)
    notes += marked.unmet(frozenset(p.name for p in chosen.chosen))
    wished = {**marked.names, **constraints.names}
    plan = _plan(time, tuple(layouts), cuts, chosen, package, wished, notes, proved, paths)
    return Settled(plan, time, tuple(layouts), chosen, constraints, paths)


def _refuse(dataflow: Dataflow, note: Note) -> None:
    place = dataflow.notebook.place(note.cell, note.line)
    if note.kind == "refused":
        raise Refusal(
            f"the plan leaves out `{note.text}`, which a later stage reads",
            remedy=f"put `{note.text}` back under what the stage of this cell keeps",
            place=place,
        )
    raise Refusal(
        f"the plan cuts where it cannot: {note.text}",
        remedy="put the cells on both sides of that cut into one stage",
        place=place,
    )


def _read_by_definitions(moved: Definitions) -> frozenset[str]:
    return frozenset(
        name
        for owner, s in moved.movable.items()
        for name in s.reads | s.reads_later
        if name != owner and owner not in moved.constants
    )


def _leading(dataflow: Dataflow) -> frozenset[int]:
    """Cells before anything is computed: where people put what they want to change."""
    found: set[int] = set()
    for cell in dataflow.notebook.code_cells:
        for statement in dataflow.of_cell(cell.index):
            if statement.role in ("compute", "display"):
                return frozenset(
                    found | ({cell.index} if _starts_plain(dataflow, cell.index) else set())
                )
        found.add(cell.index)
    return frozenset(found)


def _starts_plain(dataflow: Dataflow, cell: int) -> bool:
    first = dataflow.of_cell(cell)
    return bool(first) and first[0].role in ("import", "constant", "setting")


def _becomes_parameter(dataflow: Dataflow, name: str, statement: Statement, marked: Marks) -> bool:
    node = statement.node
    value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
    if value is None:
        return False
    tagged = "parameters" in dataflow.notebook.cell(statement.cell).tags
    tagged = tagged or name in marked.parameters
    try:
        plain = ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, MemoryError):
        return False
    if isinstance(plain, list) and not tagged:
        return False
    if name.startswith("_") or not literals.survives_yaml(plain) or plain is None:
        return False
    return tagged or literals.is_tunable(name) or statement.cell in _leading(dataflow)


def _staying_constants(dataflow: Dataflow, facts: RunFacts, marked: Marks) -> frozenset[str]:
    """Literals that are data rather than settings: they are computed where they stand."""
    leading = _leading(dataflow)
    aliased = {name for s in dataflow.statements for pair in s.aliases for name in pair}
    staying = set()
    for statement in dataflow.statements:
        if statement.role != "constant":
            continue
        for name in statement.defines - marked.parameters.keys():
            node = statement.node
            value = getattr(node, "value", None)
            container = not isinstance(value, ast.Constant | ast.UnaryOp | ast.BinOp)
            if container:
                stays = name in aliased or not name.isupper()
            else:
                stays = not (literals.is_tunable(name) or statement.cell in leading)
            if stays:
                staying.add(name)
    return frozenset(staying)


def _plan(
    time: Timeline,
    layouts: tuple[Layout, ...],
    cuts: tuple[int, ...],
    chosen: Parameters,
    package: str,
    wished: Mapping[int, tuple[str, str]],
    notes: list[Note],
    proved: bool,
    paths: Paths,
) -> Plan:
    titles = stages.names(time, cuts, chosen.variables, wished)
    titles = _apart_from_definitions(titles, time)
    made = []
    for index, layout in enumerate(layouts):
        upstream = {titles[i][0] for i, _ in layout.loads}
        upstream |= {titles[i][0] for i in layout.waits}
        upstream |= {titles[i][0] for i in layout.carries.values()}
        made.append(
            Stage(
                titles[index][0],
                titles[index][1],
                time.cells[layout.start : layout.stop],
                tuple(Load(titles[i][0], kept.key, kept.names) for i, kept in layout.loads),
                tuple(Product(k.key, k.names, k.format, k.why) for k in layout.keeps),
                tuple(sorted(upstream)),
                parameters_of(time, layout, chosen),
                tuple(sorted({s.cell for s in layout.settings + layout.seeds})),
                tuple((g, titles[i][0]) for g, i in sorted(layout.carries.items())),
                tuple(sorted(paths.inputs[p] for p in layout.reads if p in paths.inputs)),
                tuple(sorted(paths.of(p) for p in layout.writes)),
            )
        )
    for name, why in sorted(time.definitions.why_not.items()):
        for statement in time.dataflow.bindings.get(name, ())[:1]:
            if statement.role == "definition":
                text = f"`{name}` stays in its task: {why}"
                notes.append(Note("inline", statement.cell, statement.place.line, text))
    unique = sorted(set(notes), key=lambda note: (note.cell, note.line, note.kind, note.text))
    return Plan(
        time.dataflow.notebook.name,
        package,
        tuple(made),
        chosen.chosen,
        (),
        tuple(unique),
        proved,
    )


def _apart_from_definitions(titles: list[tuple[str, str]], time: Timeline) -> list[tuple[str, str]]:
    """A stage must not be called like its package's helper modules."""
    taken = {"storage", "__init__", "contracts", *CHECKERS}
    return [(f"{name}_stage" if name in taken else name, title) for name, title in titles]


def parameters_of(time: Timeline, layout: Layout, chosen: Parameters) -> tuple[str, ...]:
    """Parameters that a stage takes, in the order in which they were chosen."""
    used: set[str] = set()
    statements = [
        s
        for p in range(layout.start, layout.stop)
        for s in kept_statements(time, p, chosen.variables)
    ]
    for statement in [*statements, *layout.repeats, *layout.settings, *layout.seeds]:
        used |= set(chosen.used_by(statement)) | (time.needs(statement) & chosen.variables)
    return tuple(p.name for p in chosen.chosen if p.name in used)


def cuts_of(cells: tuple[tuple[int, ...], ...], dataflow: Dataflow) -> tuple[int, ...]:
    """Cuts that divide the code cells as a user's plan lists them.

    Raises:
        InputError: the cells are not the notebook's code cells in their order.
    """
    order = [cell.index for cell in dataflow.notebook.code_cells]
    listed = [cell for stage in cells for cell in stage]
    if listed != order:
        raise InputError(
            f"the plan lists cells {listed}, the notebook's code cells are {order}",
            remedy="list every code cell once, in the notebook's order",
        )
    cuts, total = [], 0
    for stage in cells[:-1]:
        total += len(stage)
        cuts.append(total)
    return tuple(cuts)


__all__ = ["Kept", "Parameter", "Settled", "cuts_of", "draft", "settle", "without_run"]
