"""What a function made of a cell is called, and the sentence that says what it does.

The author's own words come first: a comment or a heading that begins with a verb. Else the name
tells the cell's most telling step, as in `join_stores` or `fill_discount`.
"""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from poc_graduate.plan import stages

# What a step does, by the call that does it: verb for the name, phrase for the sentence. `{on}` is
# what it acts on. The higher the rank, the more it says about a cell.
_STEPS: tuple[tuple[str, int, str, str], ...] = (
    (r"to_(csv|excel|parquet|json|sql|pickle|feather|html|markdown)|dump|savefig|savetxt|save"
     r"|write|writerows?|save_model", 9, "write", "write {on}"),
    (r"train_test_split", 8, "split", "split into training and test data"),
    (r"fit|fit_transform|fit_predict", 8, "fit", "fit {on}"),
    (r"read_\w+|load|loads|loadtxt|genfromtxt|load_\w+|fetch_\w+", 8, "read", "read {on}"),
    (r"predict|predict_proba|cross_val_predict|forecast|decision_function",
     7, "predict", "predict {on}"),
    (r"\w+_score|\w+_error|score|confusion_matrix|classification_report|roc_curve|cross_validate",
     7, "evaluate", "evaluate {on}"),
    (r"merge|join|merge_asof", 6, "join", "join {on}"),
    (r"concat|append|vstack|hstack|concatenate", 3, "combine", "combine {on}"),
    (r"groupby|agg|aggregate|resample|crosstab", 4, "compute", "group by {on}"),
    (r"pivot_table|pivot|melt|stack|unstack", 4, "reshape", "reshape {on}"),
    (r"drop_duplicates", 5, "drop_duplicates", "drop duplicates of {on}"),
    (r"dropna", 5, "drop_missing", "drop rows without {on}"),
    (r"get_dummies|factorize", 5, "encode", "encode {on}"),
    (r"rename", 2, "rename_columns", "rename columns"),
    (r"sort_values|sort_index", 1, "sort", "sort by {on}"),
)  # fmt: skip

# What an assigned column is, by what computes it.
_COLUMNS: tuple[tuple[str, str], ...] = (
    ("fill", r"\.(fillna|ffill|bfill|interpolate)\("),
    ("convert", r"\b(to_datetime|to_numeric|to_timedelta)\(|\.astype\("),
    ("replace", r"\.replace\("),
    ("clean", r"\.str\.(strip|lower|upper|title|replace)\("),
)

_VERBS = frozenset(
    """add adjust aggregate align apply assemble assign average backtest balance bin bucket build
    calculate calibrate cap change check classify clean clip cluster collect combine compare
    compute concatenate convert correct count create crop cross cut decide decompose define
    delete derive detect detrend determine divide download draw drop encode engineer estimate
    evaluate examine explore export extract fetch fill filter find fit fix flag flatten forecast
    format generate get group handle identify impute initialise initialize inspect interpolate
    join keep label limit list load log look make map mark mask measure melt merge model move
    normalise normalize optimise optimize order parse perform pick pivot plot predict prepare
    preprocess process pull put rank read rebuild recode recompute reduce remove rename reorder
    replace resample reset reshape rescale restrict retrieve round run sample save scale score
    search select separate set shift show shuffle simulate smooth sort split stack standardise
    standardize store sum summarise summarize swap take test tidy tokenize train transform
    translate trim truncate tune turn unify update use validate vectorize visualise visualize
    weigh winsorise write
    accumulate annotate approximate archive arrange ask attach augment blend bootstrap broadcast
    bring capitalize capture carry centre center close collapse complete compose compress
    configure construct copy correlate curate deduplicate denoise difference dilate discard
    distribute double draft dump duplicate embed enrich enter enumerate exclude expand expose
    extend factorize finish fold follow freeze gather give grab halve hash hide highlight
    hold include increase index infer insert install integrate invert iterate lag learn link
    lookup lower match minimise minimize monitor multiply mutate obtain omit open organise
    organize overwrite pad partition patch permute populate prefix project propagate prune
    quantify query randomise randomize record refine reformat regress reject remap
    repair repeat report represent request resize restore reverse revert rewrite rotate
    scan scatter scrape segment send serialise serialize simplify skip slice solve square
    start stem stitch stop strip subset substitute subtract supply switch synthesise tag
    tally toggle track traverse treat undo unpack unpivot unzip upload upsample
    verify walk warn wrap zip""".split()
)
_NOUNS = {
    "evaluation": "evaluate", "preparation": "prepare", "transformation": "transform",
    "selection": "select", "analysis": "analyse", "exploration": "explore",
    "visualization": "prepare", "visualisation": "prepare", "prediction": "predict",
    "imputation": "impute", "normalization": "normalise", "normalisation": "normalise",
    "detection": "detect", "decomposition": "decompose", "reduction": "reduce",
    "extraction": "extract", "conversion": "convert", "calculation": "calculate",
    "comparison": "compare", "segmentation": "segment", "creation": "create",
    "aggregation": "aggregate", "import": "load", "importing": "load", "modelling": "model",
}  # fmt: skip

_KINDS = {
    "load": "read", "clean": "clean", "join": "join", "features": "build", "train": "fit",
    "predict": "predict", "evaluate": "evaluate", "explore": "prepare", "save": "prepare",
    "compute": "compute",
}  # fmt: skip
# The phrase of a step that names nothing it acts on.
_BARE = {"drop_duplicates": "drop duplicates", "drop_missing": "drop rows with gaps"}
_TELLS_NOTHING = re.compile(r"_*([a-z]{1,2}|df|data|dataset|dataframe|frame|tmp|temp|res|ret|out)?"
                            r"_?\d*_*", re.IGNORECASE)  # fmt: skip
_LONGEST = 88
_SECTION_WORDS = 5


@dataclass(frozen=True)
class Story:
    """What there is to name a function by.

    Attributes:
        body: Its statements.
        comment: The author's comment above the first of them.
        heading: The heading that the cell stands under.
        alone: Whether no other function stands under that heading.
        kind: What the cell is about, as `plan.stages.role` says.
        outputs: Names of what it returns.
        files: Parameter or literal of a path → what the file is, for the name: `customers`.
    """

    body: Sequence[ast.stmt]
    comment: str
    heading: str
    alone: bool
    kind: str
    outputs: Sequence[str]
    files: Mapping[str, str]


@dataclass(frozen=True)
class _Step:
    rank: int
    verb: str
    on: tuple[str, ...]
    phrase: str


def named(story: Story, taken: Collection[str], *, cell: int) -> tuple[str, str]:
    """A name that is not taken, and a sentence without its full stop."""
    steps = _merged(_steps(story))
    sentence = _sentence(story, steps)
    for name in _wishes(story, steps, cell):
        if name and name not in taken and name.isidentifier() and not keyword.iskeyword(name):
            return name, sentence
    raise AssertionError(f"no name left for the function of cell {cell}")


def _wishes(story: Story, steps: list[_Step], cell: int) -> Iterator[str]:
    yield from (_imperative(clause) for clause in re.split(r"[,;:?!.()]|->|=>| - ", story.comment))
    if story.alone and story.heading:
        yield _imperative(story.heading)
        words = stages.identifier(story.heading, 3)
        verb = _KINDS[story.kind]
        if words and not words.startswith(verb):
            yield f"{verb}_{words}"
    outputs = [name.strip("_").lower() for name in _telling(story.outputs)]
    for step in sorted(steps, key=lambda step: -step.rank):
        on = _telling(step.on)
        if step.verb in ("compute", "evaluate", "reshape") and outputs:
            yield _joined(step.verb, outputs)
        elif step.verb == "drop_duplicates":
            yield step.verb
        elif step.verb == "split":
            yield "split_train_and_test"
        elif on or "_" in step.verb:
            yield _joined(step.verb, on)
        if step.verb in ("fit", "predict") and outputs:
            yield _joined(step.verb, outputs)
    verb = _KINDS[story.kind]
    plain = _joined(verb, outputs or [n.strip("_").lower() or "it" for n in story.outputs])
    yield plain
    words = stages.identifier(story.heading, _SECTION_WORDS)
    if words.split("_")[0] in _VERBS:
        words = words.partition("_")[2]
    if words:
        # One of several that do the same: it is told by the section that it stands in.
        for own in dict.fromkeys([*(step.verb for step in steps if "_" not in step.verb), verb]):
            yield f"{own}_{words}"
        yield f"{plain}_{words}"
    yield f"{plain}_of_cell_{cell}"
    yield f"{plain}_of_this_cell_{cell}"


def _telling(names: Iterable[str]) -> list[str]:
    return [name for name in names if not _TELLS_NOTHING.fullmatch(name)]


def _joined(verb: str, names: Sequence[str]) -> str:
    words = [stages.identifier(stages.snake_case(name)) for name in names[:4]][:3]
    words = [word for word in dict.fromkeys(words) if word and word != verb]
    listed = "_and_".join(words) if len(words) < 3 else f"{words[0]}_{words[1]}_and_{words[2]}"
    name = f"{verb}_{listed}" if listed else verb
    return name if len(name) <= 48 else "_".join([verb, *words[:1]])


def _imperative(text: str) -> str:
    """`Data cleaning` → `clean_data`; empty where no verb is found that says what is done."""
    words = stages.identifier(text).split("_")
    for index, word in enumerate(words):
        if verb := _NOUNS.get(word) or _from_participle(word):
            return "_".join([verb, *words[:index], *words[index + 1 :]])
    return "_".join(words) if words[0] in _VERBS and words[0] != text else ""


def _from_participle(word: str) -> str:
    """`cleaning` → `clean`, `scaling` → `scale`, `dropping` → `drop`; empty for other words."""
    stem = word.removesuffix("ing")
    forms = (stem, f"{stem}e", stem[:-1] if stem[-2:-1] == stem[-1:] else "")
    return next((form for form in forms if stem != word and form in _VERBS), "")


def _sentence(story: Story, steps: list[_Step]) -> str:
    if story.comment:
        text = story.comment
    elif story.alone and story.heading and _imperative(story.heading).count("_"):
        text = story.heading
    else:
        phrases: list[str] = []
        for step in steps:
            if step.phrase and step.phrase not in phrases:
                phrases.append(step.phrase)
        while len(", ".join(phrases)) > _LONGEST:
            phrases.remove(min(phrases, key=lambda p: max(s.rank for s in steps if s.phrase == p)))
        own = story.heading if story.alone else ""  # above several it tells of none of them
        text = ", ".join(phrases) or own or f"compute {_listed(story.outputs)}"
    text = " ".join(text.split()).strip(" .:;,")
    return text[:1].upper() + text[1:]


def _listed(names: Sequence[str]) -> str:
    return " and ".join([*([", ".join(names[:-1])] if len(names) > 1 else []), *names[-1:]])


def _steps(story: Story) -> Iterator[_Step]:
    for statement in story.body:
        targets = _targets(statement)
        found = [step for call in _calls(statement) if (step := _of_call(call, targets, story))]
        columns = tuple(_columns(statement))
        if columns and not any(step.rank >= 6 for step in found):
            text = ast.unparse(statement)
            reads_itself = any(f"[{c!r}]" in text.partition("=")[2] for c in columns)
            verb = next((verb for verb, pattern in _COLUMNS if re.search(pattern, text)), "")
            verb = verb or ("adjust" if reads_itself else "set")
            phrase = "replace values of" if verb == "replace" else verb
            yield _Step(3, verb, columns, f"{phrase} {_listed(columns)}")
        elif (kept := tuple(_mask(statement))) and not found:
            about = tuple(_telling(targets)) or kept
            yield _Step(4, "filter", about, f"keep rows by {_listed(kept)}")
        else:
            yield from found


def _merged(steps: Iterable[_Step]) -> list[_Step]:
    """Neighbours that do the same to other things are one step."""
    found: list[_Step] = []
    for step in steps:
        last = found[-1] if found else None
        if last is not None and last.verb == step.verb and step.on and last.on:
            on = tuple(dict.fromkeys([*last.on, *step.on]))
            phrase = step.phrase.replace(_listed(step.on), _listed(on))
            found[-1] = _Step(step.rank, step.verb, on, phrase)
        else:
            found.append(step)
    return found


def _of_call(call: ast.Call, targets: tuple[str, ...], story: Story) -> _Step | None:
    match call.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            pass
        case _:
            return None
    for pattern, rank, verb, phrase in _STEPS:
        if not re.fullmatch(pattern, name):
            continue
        on = tuple(_objects(call, verb, targets, story))
        if verb == "combine" and not targets:
            return None  # `rows.append(…)` of a list
        if not on and "{on}" in phrase:
            phrase = _BARE.get(verb, "")
        return _Step(rank, verb, on, phrase.format(on=_listed(on)))
    return None


def _objects(call: ast.Call, verb: str, targets: tuple[str, ...], story: Story) -> Iterable[str]:
    """What a step acts on: a file, a model, the other table, the columns named in it."""
    receiver = call.func.value if isinstance(call.func, ast.Attribute) else None
    if verb in ("read", "write"):
        for argument in [*call.args, *(k.value for k in call.keywords)]:
            for node in ast.walk(argument):
                key = node.id if isinstance(node, ast.Name) else _string(node)
                if key and key in story.files:
                    return (story.files[key],)
        if verb == "write":
            written = call.args[:1] if isinstance(receiver, ast.Name) else [receiver or call]
            names = [n.id for n in written if isinstance(n, ast.Name)]
            return names or ([receiver.id] if isinstance(receiver, ast.Name) else [])
        return _telling(targets) or _files_in(story) or targets
    if verb == "fit":
        if isinstance(receiver, ast.Name):
            made = _class_of(receiver.id, story.body)
            return (made or receiver.id,)
        return targets
    if verb == "join":
        others = [n.id for a in call.args for n in ast.walk(a) if isinstance(n, ast.Name)]
        own = receiver.id if isinstance(receiver, ast.Name) else ""
        return [name for name in others if name != own][:2]
    if verb in ("drop_duplicates", "drop_missing", "sort", "compute"):
        named_by = [a.value for a in call.keywords if a.arg in ("subset", "by", "on")]
        return [s for a in [*call.args[:1], *named_by] for n in ast.walk(a) if (s := _string(n))]
    return targets


def _files_in(story: Story) -> list[str]:
    """Files that the function's statements name anywhere, such as a pattern for several."""
    nodes = [n for statement in story.body for n in ast.walk(statement)]
    keys = [n.id if isinstance(n, ast.Name) else _string(n) for n in nodes]
    return list(dict.fromkeys(story.files[key] for key in keys if key in story.files))


def _class_of(name: str, body: Sequence[ast.stmt]) -> str:
    for statement in body:
        match statement:
            case ast.Assign(
                targets=[ast.Name(id=target)],
                value=ast.Call(func=ast.Name(id=kind) | ast.Attribute(attr=kind)),
            ) if target == name and kind[:1].isupper():
                return kind
    return ""


def _calls(statement: ast.stmt) -> Iterator[ast.Call]:
    calls = [node for node in ast.walk(statement) if isinstance(node, ast.Call)]
    yield from sorted(calls, key=lambda c: (c.end_lineno or 0, c.end_col_offset or 0))


def _targets(statement: ast.stmt) -> tuple[str, ...]:
    match statement:
        case ast.Assign(targets=[target]) | ast.AugAssign(target=target):
            return tuple(n.id for n in ast.walk(target) if isinstance(n, ast.Name))
    return ()


def _columns(statement: ast.stmt) -> Iterator[str]:
    """Columns that the statement assigns."""
    match statement:
        case ast.Assign(targets=targets):
            pass
        case ast.AugAssign(target=changed):
            targets = [changed]
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=changed), keywords=keywords)) if any(
            k.arg == "inplace" and isinstance(k.value, ast.Constant) and k.value.value is True
            for k in keywords
        ):
            if isinstance(changed, ast.Attribute):
                yield changed.attr
            targets = [changed]
        case _:
            return
    for target in targets:
        for node in ast.walk(target):
            match node:
                case ast.Subscript(slice=ast.Constant(value=str() as name)):
                    yield name
                case ast.Subscript(
                    value=ast.Attribute(attr="loc" | "at"),
                    slice=ast.Tuple(elts=[_, ast.Constant(value=str() as name)]),
                ):
                    yield name


def _mask(statement: ast.stmt) -> Iterator[str]:
    """Columns by which `df = df[…]` keeps rows."""
    match statement:
        case ast.Assign(value=ast.Subscript(value=ast.Name(id=frame), slice=condition)) if (
            isinstance(condition, ast.Compare | ast.BoolOp | ast.BinOp | ast.UnaryOp | ast.Call)
        ):
            found = (_column_of(node, frame) for node in ast.walk(condition))
            yield from dict.fromkeys(filter(None, found))


def _column_of(node: ast.AST, frame: str) -> str:
    """The column that `df.age` or `df["age"]` names; empty for anything else."""
    match node:
        case ast.Attribute(value=ast.Name(id=name), attr=column) if name == frame:
            return column
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=str() as column)) if (
            name == frame
        ):
            return column
    return ""


def _string(node: ast.AST) -> str:
    match node:
        case ast.Constant(value=str() as text):
            return text
    return ""
