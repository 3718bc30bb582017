"""What was learnt about tables, as text: schemas, profiles, and the module that checks them."""

from __future__ import annotations

import dataclasses
import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from poc_graduate.contracts.model import ODD_ROWS, Bound, Column, Contract, Relation
from poc_graduate.generate.contracts.trial import TEMPLATES, admitted, evaluated, exported
from poc_graduate.generate.placement import CHECKERS, FEWEST_ROWS

if TYPE_CHECKING:
    import pandas as pd

_DATES = {"%Y": r"\d{4}", "%m": r"\d\d?", "%d": r"\d\d?", "%H": r"\d\d?", "%M": r"\d\d",
          "%S": r"\d\d", "%y": r"\d\d", "%b": r"\w+", "%B": r"\w+"}  # fmt: skip
_LONGEST = 20
"""Known values that a schema lists; of more, only the profile tells."""
_ROW_RULES = 4
"""Of a column, at most: its type, what is missing, what is not unique, and its check."""
_TIME_RULES = 3
_TELLING = 3
"""Columns from which a hash of a row does not tell what stands in it."""
_COUNTS = 0.9
"""Rank correlation with the rows' order from which a number is a counter: it has no range."""


@dataclass(frozen=True)
class Field:
    """One column of an emitted schema; texts are Python.

    Attributes:
        name: The column's name: a text or a whole number.
        dtype: What `pa.Column` gets first; `None` where any type may stand.
        checks: Calls of `pa.Check`.
        nullable: Whether values may be missing.
        unique: Whether no value stands twice.
        seen: What was seen, in words.
        profile: What the batch as a whole is measured by, as plain data for JSON.
    """

    name: str | int
    dtype: str
    checks: tuple[str, ...]
    nullable: bool
    unique: bool
    seen: str
    profile: dict[str, Any]


@dataclass(frozen=True)
class Table:
    """A table at one place of a pipeline, and what holds for it. Plain data: it can be pickled.

    Attributes:
        name: Of its files and, in capitals, of its schema: `raw_customers`.
        about: Where it stands: "as read from customers.csv in cell 3".
        clean: Whether it stands after the cleaning.
        rows: Of the reference.
        fields: Its columns.
        relations: What holds between two of them, as plain data for JSON.
        again: What is remembered of its rows, likewise; empty for nothing.
    """

    name: str
    about: str
    clean: bool
    rows: int
    fields: tuple[Field, ...]
    relations: tuple[dict[str, Any], ...] = ()
    again: dict[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def constant(self) -> str:
        """The name of its schema in `contracts.py`."""
        return re.sub(r"\W+", "_", self.name).strip("_").upper()

    @property
    def reference(self) -> str:
        """Where its profile is."""
        return f"reference/{self.constant.lower()}.json"


def table(frame: pd.DataFrame, name: str, *, about: str, clean: bool) -> Table | str:
    """What holds for a table; or why nothing is said about it, in one sentence.

    The table that comes back admits its own reference whole: that was tried.

    Args:
        frame: The table as the prototype's run had it.
        name: What it is called: a Python name.
        about: Where it stands.
        clean: Whether it stands after the cleaning.
    """
    import pandas as pd

    if not isinstance(frame, pd.DataFrame):
        return f"{name} is no table"
    if frame.columns.nlevels > 1:
        return f"the columns of {name} have several levels, which a schema here has not"
    if not frame.columns.is_unique:
        return f"columns of {name} share a name, so that no rule could say which it means"
    if not all(type(label) in (str, int) for label in frame.columns.tolist()):
        return f"columns of {name} have names that are neither texts nor whole numbers"
    if len({str(label) for label in frame.columns}) != len(frame.columns):
        return f"columns of {name} have names that look alike"
    if not len(frame) or not len(frame.columns):
        return f"{name} had no rows or no columns in the run, so that nothing could be learnt"
    try:
        return _learnt(frame, name, about, clean)
    except Exception as failure:  # a contract that cannot be learnt must not stop an export
        return f"nothing could be learnt about {name}: {type(failure).__name__}"


def _learnt(frame: pd.DataFrame, name: str, about: str, clean: bool) -> Table | str:
    from poc_graduate.contracts.learn import learn

    contract = learn([(name, frame)])
    fields = []
    for label in frame.columns.tolist():
        column = contract.column(str(label))
        assert column is not None
        series = frame[label].reset_index(drop=True)
        try:
            fields.append(_field(label, series, column))
        except Exception:  # nested or mixed objects: only that the column is there can be said
            fields.append(_bare(label, series))
    made = Table(name, about, clean, len(frame), tuple(fields), _relations(frame, fields, contract))
    made = replace(made, again=_again(frame, made, contract))
    if admitted(frame, schema(made), profile(made)) is not frame:
        return f"the contract of {name} would not admit the data it was learnt from"
    return made


def _bare(label: str | int, series: pd.Series) -> Field:
    missing = float(series.isna().mean())
    blank = _bound(Bound(missing, min(1.0, missing + ODD_ROWS)))
    profile = {"name": label, "dtype": str(series.dtype), "blank": blank}
    return Field(label, "None", (), True, False, "", profile)


def _field(label: str | int, series: pd.Series, column: Column) -> Field:
    from poc_graduate.contracts.describe import LOOKED_AT, about_persons

    batches, drift = map(exported, CHECKERS)
    nullable = bool(series.isna().any())
    dtype = _dtype(series)
    given = series[~drift.blanks(series)]
    texts = () if series.dtype.kind in "iufbM" else map(str, given.unique()[:LOOKED_AT])
    secret = about_persons(str(label), texts)
    checks = []
    for text in _checks(given, series, column, secret=secret):
        check = evaluated(text)
        if not batches.breaks(series, check).any():
            checks.append(text)
    unique = "unique" in column.rules and not series.dropna().duplicated().any()
    seen = _seen(given, series, column, secret=secret)
    made = Field(label, dtype, tuple(checks), nullable, unique, seen, {})
    return replace(made, profile=_profile(made, given, series, column, secret=secret))


def _dtype(series: pd.Series) -> str:
    kind = series.dtype
    texts = series.dropna()
    if str(kind) in ("int64", "float64", "bool"):
        return {"i": "int", "f": "float", "b": "bool"}[kind.kind]
    if kind.kind == "O" and not isinstance(kind.name, str):
        return "None"
    if kind.name in ("object", "str", "string") or str(kind).startswith("string"):
        return "str" if len(texts) and all(type(text) is str for text in texts) else "None"
    if kind.name == "category" or kind.kind in "iufbM":
        return repr(str(kind))
    return "None"


def _checks(given: pd.Series, series: pd.Series, column: Column, *, secret: bool) -> list[str]:
    """Candidates; what a row of the reference breaks is no rule."""
    kind = series.dtype.kind
    if len(series) < FEWEST_ROWS:
        return []
    if kind in "iuf" and column.order is not None and column.order.follows > _COUNTS:
        return []
    if kind in "iuf" and column.range is not None and not secret and not column.values:
        low, high = column.range.allowed
        finite = series[series.abs() < math.inf]
        low, high = min(low, float(finite.min())), max(high, float(finite.max()))
        if kind in "iu":
            return [f"pa.Check.in_range({math.floor(low)}, {math.ceil(high)})"]
        down, up = _outwards(low, -1), _outwards(high, 1)
        return [f"pa.Check.in_range({down!r}, {up!r})"]
    if column.values and kind != "M" and not secret:
        known = sorted(
            series.dropna().unique().tolist(), key=lambda value: (str(type(value)), value)
        )
        if len(known) <= _LONGEST and all(map(_literal, known)):
            return [f"pa.Check.isin({known!r})"]
        return []
    if kind in "iufbM" or not all(type(text) is str for text in given):
        return []
    if column.patterns:
        return [f"pa.Check.str_matches({_regex('|'.join(column.patterns))})"]
    if column.kind == "date":
        style = r"\d{4}-\d\d-\d\d" if "%" not in column.style else re.escape(column.style)
        for code, digits in _DATES.items():
            style = style.replace(code, digits)
        end = "$" if "%" in column.style and "%" not in style else ""
        checks = [f"pa.Check.str_matches({_raw('^' + style + end)})"] if "%" not in style else []
        if "%" not in column.style and column.range is not None and not secret:
            checks.append(f"pa.Check.ge({_day(column.range.allowed[0])!r})")
        return checks
    return []


def _day(moment: float) -> str:
    """The day of a moment as ISO 8601 writes it: as texts, such days are in the order of time."""
    import pandas as pd

    return str(pd.Timestamp(math.floor(moment), unit="s").date())


def _literal(value: object) -> bool:
    return type(value) in (str, int, bool) or (type(value) is float and math.isfinite(value))


def _outwards(value: float, way: int) -> float:
    """A bound with three digits that is not within the one given."""
    if not value or not math.isfinite(value):
        return value
    step = 10.0 ** (math.floor(math.log10(abs(value))) - 2)
    rounded = float(f"{(math.ceil if way > 0 else math.floor)(value / step) * step:.6g}")
    return rounded if way * rounded >= way * value else value


def _regex(pattern: str) -> str:
    return _raw(f"^(?:{pattern})$" if "|" in pattern else f"^{pattern}$")


def _raw(pattern: str) -> str:
    plain = '"' not in pattern and "\n" not in pattern and not pattern.endswith("\\")
    return f'r"{pattern}"' if plain else repr(pattern)


def _seen(given: pd.Series, series: pd.Series, column: Column, *, secret: bool) -> str:
    said = []
    if series.dtype.kind in "iuf" and column.range and not column.values and not secret:
        low, high = column.range.seen
        said.append(f"{low:.6g} to {high:.6g} seen")
    missing = 1 - len(given) / len(series)
    if missing:
        said.append(f"{100 * missing:.3g} % missing when learnt")
    return "; ".join(said)


def _profile(
    field: Field, given: pd.Series, series: pd.Series, column: Column, *, secret: bool
) -> dict[str, Any]:
    drift = exported("drift")
    missing = 1 - len(given) / len(series)
    blank = column.bound("blank")
    found: dict[str, Any] = {
        "name": field.name,
        "dtype": str(series.dtype),
        "blank": _bound(replace(blank, seen=missing, allowed=max(blank.allowed, missing))),
    }
    if missing and column.serial:
        found["blank"].setdefault("together", 1.0)
    if not len(given) or secret:
        return found
    if column.values and field.checks and "isin" in field.checks[0]:
        shares = drift.shares_of(given)
        found["values"] = {value: _short(share) for value, share in shares.items()}
        found["shares"] = _bound(column.bound("shares"))
        return found
    style = _style(given, series, column)
    if style:
        found["style"] = style
    numeric = series.dtype.kind in "iufM"
    order = column.order if numeric or style else None
    if order is not None and column.range is not None:
        found["order"] = {
            "follows": order.follows, "late": order.late.allowed, "tail": order.tail.allowed,
            "oldest": column.range.seen[0], "newest": column.range.seen[1],
            "counts": column.kind == "number", "gap": order.gap, "step": order.step,
            "gaps": _bound(column.bound("gap")),
        }  # fmt: skip
        if column.kind == "number":
            return found  # what only grows has no distribution
    if column.keys and not field.unique and "keys" in column.rules:
        found["keys"] = _keys(given, column)
    measured = numeric or style or column.kind in ("code", "text")
    points = sorted(set(column.profile.values))
    if field.unique and series.dtype.kind in "iuf":
        return found  # quantiles of an identifier are identifiers
    if measured and len(points) > 1:
        import numpy as np

        found["quantiles"] = points
        numbers = drift.figures(given, style)
        shares = drift.shares_up_to(numbers[np.isfinite(numbers)], np.asarray(points))
        found["up_to"] = [_short(share) for share in shares]
        if column.bound("shift").allowed < 1:  # what moves with time may be distributed anyhow
            found["shift"] = _bound(column.bound("shift"))
        if "spike" in column.rules and (numeric or style):
            common = {f"{value:.12g}": share for value, share in column.common.items()}
            found["spike"] = {**_bound(column.bound("spike")), "common": common}
    return found


def _keys(given: pd.Series, column: Column) -> dict[str, Any]:
    """Hashes of keys, and how many rows of a batch have a new one by chance."""
    drift = exported("drift")
    kept = _bound(column.bound("keys"))
    if given.dtype.kind in "iuf":
        # what is new at the ends of a scale may be a rare size of something
        kept["within"] = [float(end) for end in given.quantile([0.05, 0.95])]
        given = given[given.between(*kept["within"])]
    return {**kept, "hashes": drift.remembered(drift.key_hashes(given))}


def _style(given: pd.Series, series: pd.Series, column: Column) -> str:
    """How the moments in a column of texts are written; empty where that is not known surely."""
    import numpy as np

    from poc_graduate.contracts.styles import ISO

    if column.kind != "date" or series.dtype.kind in "iufbM" or column.range is None:
        return ""
    style = "ISO8601" if column.style == ISO else column.style
    if "%" not in style and style != "ISO8601":
        return ""
    numbers = exported("drift").figures(given, style)
    numbers = numbers[np.isfinite(numbers)]
    seen = np.floor(column.range.seen).tolist()
    return style if len(numbers) and [numbers.min(), numbers.max()] == seen else ""


def _relations(
    frame: pd.DataFrame, fields: Sequence[Field], contract: Contract
) -> tuple[dict[str, Any], ...]:
    """What holds between columns of numbers or moments: in each row, or for their ranks."""
    known = {str(field.name): field for field in fields}
    found: list[dict[str, Any]] = []
    for one in contract.relations:
        some = [known[name] for name in one.columns]
        if one.kind == "means":
            found += _placed(frame, some[0], some[1], one)
            continue
        if not all(_moves(field) for field in some):
            continue
        if one.kind != "rank" and one.bound.seen > 0:
            continue
        figures: dict[str, Any] = {}
        match one.kind:
            case "rank":
                figures["correlation"] = _short(one.seen["correlation"])
            case "lag":
                figures["within"] = [one.seen["allowed low"], one.seen["allowed high"]]
            case "line":
                figures["logarithms"] = bool(one.seen.get("logarithms", 0))
                figures["constant"] = one.seen["constant"]
                figures["factors"] = [one.seen[name] for name in one.columns[1:]]
                figures["within"] = one.seen["within"]
            case "together":
                continue
        record = {"kind": one.kind, "columns": [field.name for field in some]}
        found.append({**record, **figures, "bound": _bound(one.bound)})
    return tuple(found)


def _placed(
    frame: pd.DataFrame, group: Field, number: Field, relation: Relation
) -> Iterator[dict[str, Any]]:
    """Where a number lies for each category, as the module that checks it measures it."""
    if "values" not in group.profile or "quantiles" not in number.profile or not _moves(number):
        return
    drift = exported("drift")
    numbers = drift.figures(frame[number.name], number.profile.get("style", ""))
    profile = {"columns": [number.profile]}
    found = drift.places_by(frame[group.name], numbers, profile, number.name)
    places = {
        category: [_short(mean), int(rows)]
        for category, (mean, rows) in found.items()
        if rows >= 10 and category in group.profile["values"]
    }
    if places:
        yield {
            "kind": "means", "columns": [group.name, number.name], "places": places,
            "spread": relation.seen["spread"], "bound": _bound(relation.bound),
        }  # fmt: skip


def _moves(field: Field) -> bool:
    """Whether a column holds numbers or moments that say nothing about single persons."""
    return bool({"quantiles", "values", "order"} & set(field.profile)) and (
        "style" in field.profile or not field.profile["dtype"].startswith(("str", "object", "cat"))
    )


def _again(frame: pd.DataFrame, table: Table, contract: Contract) -> dict[str, Any]:
    """What is remembered of the rows: how many repeat, and hashes of some of them."""
    import pandas as pd

    if len(frame) < FEWEST_ROWS or len(table.fields) < _TELLING:
        return {}
    batches, drift = map(exported, CHECKERS)
    columns = evaluated(schema(table)).columns
    typed = {
        name: batches.as_type(frame[name].reset_index(drop=True), column)[0]
        for name, column in columns.items()
    }
    hashes = drift.row_hashes(typed)
    twice = float(pd.Series(hashes).duplicated().mean())
    bound = contract.bound("repeated")
    repeated = Bound(twice, max(bound.allowed, twice + ODD_ROWS), bound.severity)
    return {
        "repeated": _bound(repeated),
        "delivered": _bound(contract.bound("delivered")),
        "rows": drift.remembered(hashes),
    }


def _short(value: float) -> float:
    return float(f"{value:.6g}")


def _bound(bound: Bound) -> dict[str, Any]:
    seen, allowed = _short(bound.seen), _short(bound.allowed)
    found = {"seen": seen, "allowed": allowed, "severity": bound.severity}
    return {**found, "together": bound.together} if bound.together > 1 else found


# Text --------------------------------------------------------------------------------------------


def profile(table: Table) -> dict[str, Any]:
    """The content of `reference/<table>.json`."""
    columns = [field.profile for field in table.fields]
    rules = sum(max(1, len(one.get("places", ()))) for one in table.relations)
    rules += 2 * bool(table.again)
    for column in columns:
        rules += (
            _ROW_RULES
            + len(column.get("values", ()))
            + len({"quantiles", "spike", "keys"} & {*column})
        )
        rules += _TIME_RULES * ("order" in column)
    record = {"about": table.about, "rows": table.rows, "rules": rules, "columns": columns}
    if table.relations:
        record["relations"] = list(table.relations)
    if table.again:
        record["again"] = table.again
    return record


def schema(table: Table) -> str:
    """The expression of its schema."""
    lines = []
    for field in table.fields:
        parts = [field.dtype, *_listed(field.checks)]
        parts += ["nullable=True"] * field.nullable + ["unique=True"] * field.unique
        parts += [f"description={json.dumps(field.seen)}"] if field.seen else []
        lines.append(f"        {field.name!r}: pa.Column({', '.join(parts)}),\n")
    name = Path(table.reference).stem
    return "pa.DataFrameSchema(\n    {\n" + "".join(lines) + f"    }},\n    name={name!r},\n)"


def _listed(checks: Sequence[str]) -> list[str]:
    return [checks[0] if len(checks) == 1 else f"[{', '.join(checks)}]"] if checks else []


def files(tables: Sequence[Table], package: str) -> dict[str, str]:
    """The files of the contracts: path in the project → text, not yet formatted.

    Args:
        tables: What is known about each.
        package: The project's package.
    """
    if not tables:
        return {}
    raw = any(not one.clean for one in tables) and any(one.clean for one in tables)
    mends = "\nThe raw ones admit what the cleaning is known to mend; the clean ones do not.\n"
    head = (
        '"""What tables must look like where they enter, and once they are clean.\n\n'
        "Learnt from the prototype's run: each bound stands beside what was seen. Edit freely.\n"
        f'{mends if raw else ""}"""\n\nimport pandera.pandas as pa\n'
    )
    schemas = [f"\n# {_line(one.about)}\n{one.constant} = {schema(one)}\n" for one in tables]
    made = {
        f"src/{package}/contracts.py": head + "".join(schemas),
    }
    for module in CHECKERS:
        text = (TEMPLATES / f"{module}.py").read_text(encoding="utf-8")
        made[f"src/{package}/{module}.py"] = text
    for one in tables:
        text = json.dumps(profile(one), indent=1, ensure_ascii=False, allow_nan=False)
        made[one.reference] = text + "\n"
    return made


def _line(text: str) -> str:
    words = " ".join(text.split())
    return words[:1].upper() + words[1:90]
