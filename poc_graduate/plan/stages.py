"""Where to cut: headings are hints, little crossing is the aim, an impossible cut is never made."""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count, pairwise

from poc_graduate.notebook.headings import headings
from poc_graduate.plan.cells import Timeline, kept_statements

MOST_STAGES = 9
_MOST_WORDS = 8
"""Of a heading, in a name that fewer words do not tell apart."""

_TO_WRITE = r"""[^()]*,\s*(mode\s*=\s*)?['"][wax]"""
READS = re.compile(
    r"\bread_\w+\(|\bload_\w+\(|\bfetch_\w+\(|\bloadtxt\(|sqlite3\.connect"
    rf"|\bopen\((?!{_TO_WRITE})"
)
"""Calls that bring data in; not a file that is opened to be written."""

# What a cell is about, by the calls it makes: the first pattern that matches names it.
_ROLES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("evaluate", re.compile(
        r"_score\(|confusion_matrix|classification_report|roc_curve|mean_(squared|absolute)\w*_error"
        r"|\.score\(|cross_val|r2_score|\bmape\b|\brmse\b|\bmae\b", re.IGNORECASE)),
    ("train", re.compile(r"\.fit\(|\.fit_transform\(|train_test_split|GridSearchCV|\.compile\(")),
    ("predict", re.compile(r"\.predict\(|\.predict_proba\(|\.forecast\(")),
    ("load", READS),
    ("save", re.compile(
        r"\.to_(csv|excel|parquet|json|sql|pickle)\(|joblib\.dump|pickle\.dump"
        rf"|\bopen\({_TO_WRITE}")),
    ("explore", re.compile(
        r"plt\.|sns\.|\.plot|\.hist\(|\.describe\(|\.info\(|\.head\(|value_counts|\.corr\(")),
    ("clean", re.compile(
        r"dropna|fillna|drop_duplicates|\.replace\(|to_numeric|to_datetime|\.astype\(|\.drop\("
        r"|\.rename\(|isnull|isna|\.strip\(|\.clip\(")),
    ("join", re.compile(r"\.merge\(|\.join\(|concat\(")),
    ("features", re.compile(
        r"groupby|get_dummies|\.rolling\(|\.shift\(|\.map\(|\.apply\(|\bcut\(")),
)  # fmt: skip

_FITS = re.compile(r"\.fit\(")
_BY_THE_WAY = ("explore", "compute", "save")

_TITLES = {
    "load": "Load the data",
    "clean": "Clean the data",
    "join": "Join the tables",
    "features": "Build features",
    "explore": "Explore",
    "train": "Train",
    "predict": "Predict",
    "evaluate": "Evaluate",
    "save": "Save the results",
    "prepare": "Prepare",
    "compute": "Compute",
}


@dataclass(frozen=True)
class Candidate:
    """A place between two cells where a cut would make sense.

    Attributes:
        cut: Position: after that many code cells.
        worth: How natural it is, more is better; crossing is not yet counted.
    """

    cut: int
    worth: float


def substantive(time: Timeline, position: int, parameters: frozenset[str]) -> bool:
    """Whether the cell does anything by itself: more than imports, definitions and settings."""
    return any(
        s.role in ("compute", "display") or (s.role == "constant")
        for s in kept_statements(time, position, parameters)
    )


def role(time: Timeline, position: int) -> str:
    """What a cell is about: load, clean, train, …"""
    text = "\n".join(
        s.source for s in time.statements[position] if s.role in ("compute", "display", "constant")
    )
    return next((name for name, pattern in _ROLES if pattern.search(text)), "compute")


def heading_level(time: Timeline) -> int:
    """The heading level that divides the code into sections; 0 where no level does."""
    for level in range(1, 7):
        if len(_sections(time, level)) >= 3 or (level > 1 and len(_sections(time, level)) == 2):
            return level
    return 0


def _sections(time: Timeline, level: int) -> list[int]:
    """Cuts at which a new section of this level or above begins."""
    notebook = time.dataflow.notebook
    order = {cell: position for position, cell in enumerate(time.cells)}
    cuts: list[int] = []
    pending = False
    for cell in notebook.cells:
        if cell.kind == "markdown" and cell.heading_level and _owns_heading(cell.source):
            pending = pending or cell.heading_level <= level
        elif cell.index in order and pending:
            cuts.append(order[cell.index])
            pending = False
    return cuts


def _owns_heading(source: str) -> bool:
    return bool(re.search(r"^\s{0,3}#{1,6}\s|^.+\n[=-]{2,}\s*$|<h[1-6]", source, re.MULTILINE))


def candidates(time: Timeline, parameters: frozenset[str]) -> tuple[Candidate, ...]:
    """Every cut between two cells that do something, with how natural it is."""
    count = len(time.cells)
    busy = [substantive(time, p, parameters) for p in range(count)]
    level = heading_level(time)
    main = set(_sections(time, level)) if level else set()
    minor = {cut for deeper in range(level + 1, 7) for cut in _sections(time, deeper)}
    found = []
    for cut in range(1, count):
        if not any(busy[:cut]) or not any(busy[cut:]):
            continue
        before = next(role(time, p) for p in range(cut - 1, -1, -1) if busy[p])
        after = next(role(time, p) for p in range(cut, count) if busy[p])
        worth = -0.6 if level else 0.0
        if cut in main:
            worth = 3.0
        elif cut in minor:
            worth = 1.0
        if before != after:
            worth += 0.8 if "explore" not in (before, after) else 0.4
        if after in ("train", "clean", "features") and before == "load":
            worth += 0.6
        if after == "train" and before != "train":
            worth += 0.6
        found.append(Candidate(cut, worth))
    return tuple(found)


def choose(
    time: Timeline,
    parameters: frozenset[str],
    forbidden: Mapping[int, str],
    *,
    crossing: Callable[[int], int],
) -> tuple[int, ...]:
    """The set of cuts with the most worth, by dynamic programming.

    Args:
        time: The notebook's cells.
        parameters: Variables that are parameters.
        forbidden: Cuts that cannot be made.
        crossing: How many names would be kept on disk at a cut.
    """
    worth = {
        c.cut: c.worth - 0.25 * crossing(c.cut) - 0.35
        for c in candidates(time, parameters)
        if c.cut not in forbidden
    }
    if not worth:
        return ()
    count = len(time.cells)
    busy = [0]
    for position in range(count):
        busy.append(busy[-1] + substantive(time, position, parameters))

    def size(start: int, stop: int) -> float:
        cells = busy[stop] - busy[start]
        if cells == 0:
            return -100.0
        lonely = 0.5 if cells == 1 and count > 12 else 0.0
        return float(-0.08 * max(0, cells - 10) ** 1.5 - lonely)

    # best[k][cut]: the best total with k cuts, the last of them at `cut`.
    order = sorted(worth)
    best: list[dict[int, tuple[float, tuple[int, ...]]]] = [{0: (0.0, ())}]
    finals: list[tuple[float, tuple[int, ...]]] = [(size(0, count), ())]
    for _ in range(MOST_STAGES - 1):
        row: dict[int, tuple[float, tuple[int, ...]]] = {}
        for cut in order:
            options = [
                (total + size(last, cut) + worth[cut], (*cuts, cut))
                for last, (total, cuts) in best[-1].items()
                if last < cut
            ]
            if options:
                row[cut] = max(options, key=lambda o: (o[0], o[1]))
        if not row:
            break
        finals += [(total + size(cut, count), cuts) for cut, (total, cuts) in row.items()]
        best.append(row)
    chosen = max(finals, key=lambda o: (round(o[0], 9), -len(o[1]), o[1]))
    if not chosen[1]:
        # A pipeline of one task says little: one good cut is better than none.
        single = [f for f in finals if len(f[1]) == 1 and f[0] > -50]
        if single and busy[-1] >= 2:
            chosen = max(single, key=lambda o: (round(o[0], 9), o[1]))
    return chosen[1]


def names(
    time: Timeline,
    cuts: tuple[int, ...],
    parameters: frozenset[str],
    wished: Mapping[int, tuple[str, str]],
) -> list[tuple[str, str]]:
    """A name and a title for each stage: from its heading, else from what its cells are about."""
    bounds = [0, *cuts, len(time.cells)]
    level = heading_level(time)
    main = set(_sections(time, level)) if level else set()
    used: set[str] = set()
    result: list[tuple[str, str]] = []
    for start, stop in pairwise(bounds):
        longer: list[str] = []
        if time.cells[start] in wished:
            name, title = wished[time.cells[start]]
        else:
            title = _heading(time, start, stop, parameters, main)
            name = identifier(title)
            longer = [identifier(title, words) for words in range(5, _MOST_WORDS + 1)]
            if not name:
                kinds = _about(time, start, stop, parameters)
                # A second stage of one kind is called by what else it does.
                name = next((kind for kind in kinds if kind not in used), kinds[0])
                title, longer = _TITLES[name], []
        unique = next((one for one in (name, *longer) if one not in used), "")
        if not unique and (own := _result(time, start, stop)):
            unique, title = f"{name}_{snake_case(own)}", f"{title}: {own}"
        if not unique or unique in used:
            unique = next(one for n in count(2) if (one := f"{name}_{n}") not in used)
        used.add(unique)
        result.append((unique, title))
    return result


def _result(time: Timeline, start: int, stop: int) -> str:
    """What a stage is the last to bind and the first to have; empty where it says nothing."""
    before = {
        name
        for position in range(start)
        for statement in time.statements[position]
        for name in statement.defines | statement.may_define
    }
    new = [
        name
        for position in range(start, stop)
        for statement in time.statements[position]
        if statement.role == "compute"
        for name in sorted(statement.defines - before)
        if len(name) > 2 and name.isascii() and not name.startswith("_")
    ]
    return new[-1] if new else ""


def _heading(
    time: Timeline, start: int, stop: int, parameters: frozenset[str], main: set[int]
) -> str:
    notebook = time.dataflow.notebook
    first = next((p for p in range(start, stop) if substantive(time, p, parameters)), start)
    for position in (first, start):
        if position in main and (own := _section(time, position)):
            return own
        cell = notebook.cell(time.cells[position])
        begins = position in main or any(cut in main for cut in range(start, position + 1))
        # A smaller heading than those the notebook is cut at, whose section begins here.
        before = notebook.cell(time.cells[start - 1]).heading if start else ""
        begins = begins or (cell.heading_level > 1 and cell.heading != before)
        if cell.heading and (begins or (not main and cell.heading_level > 1)):
            return cell.heading
    if start == 0 and first in main:
        return notebook.cell(time.cells[first]).heading
    return ""


def _section(time: Timeline, position: int) -> str:
    """The heading that begins a section in front of a cell, where smaller ones follow it.

    Of several in a row that of the level at which the notebook is cut; its title begins nothing.
    """
    before = time.cells[position - 1] if position else 0
    here = time.cells[position]
    found = [
        heading
        for cell in time.dataflow.notebook.cells
        if cell.kind == "markdown" and before < cell.index < here
        for heading in headings(cell.source)
    ]
    if not position and len(found) > 1 and found[0][1] == 1:
        del found[0]
    level = heading_level(time)
    own = [(depth, text) for text, depth in found if depth <= level]
    deepest = max((depth for depth, _ in own), default=0)
    return next((text for depth, text in reversed(own) if depth == deepest), "")


_FILLER = frozenset("a an the of and or to for in on with our my we let s us is are some this that "
                    "part step section task chapter first now".split())  # fmt: skip


def identifier(title: str, words: int = 4) -> str:
    """`3. Train the model!` → `train_model`; empty where no word is left."""
    plain = unicodedata.normalize("NFKD", title.replace("'", "")).encode("ascii", "ignore").decode()
    found = re.findall(r"[A-Za-z][A-Za-z0-9]*", plain)
    kept = [word.lower() for word in found if word.lower() not in _FILLER][:words]
    if len("".join(kept)) < 3:  # of "Part C" the letter alone says nothing
        kept = [word.lower() for word in found][:words]
    name = "_".join(kept)
    return f"{name}_step" if keyword.iskeyword(name) else name


def snake_case(name: str) -> str:
    """`StandardScaler` → `standard_scaler`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _about(time: Timeline, start: int, stop: int, parameters: frozenset[str]) -> list[str]:
    """What the cells are about, what most of them do first."""
    counts: dict[str, int] = {}
    for position in range(start, stop):
        if substantive(time, position, parameters):
            kinds = {role(time, position)}
            if kinds == {"evaluate"} and any(
                _FITS.search(statement.source) for statement in time.statements[position]
            ):
                kinds.add("train")  # fitted and scored in one cell
            # In the middle of a notebook a file is written by the way.
            small = ("explore", "compute") if stop == len(time.cells) else _BY_THE_WAY
            for kind in kinds:
                counts[kind] = counts.get(kind, 0) + (1 if kind in small else 3)
    order = "train evaluate predict load join features clean save explore compute".split()
    found = sorted(counts, key=lambda kind: (-counts[kind], order.index(kind)))
    if stop < len(time.cells) and found[1:]:
        found.sort(key=lambda kind: kind in _BY_THE_WAY)
    if found in ([], ["compute"]) and start == 0:
        return ["prepare"]
    return found or ["prepare"]
