"""What was learnt about tables, as text: schemas, profiles, and the module that checks them."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from poc_graduate.contracts.model import ODD_ROWS, Bound, Column, Contract
from poc_graduate.generate.contracts.batch import bound_record, column_profile, relations
from poc_graduate.generate.contracts.model import Field, Table
from poc_graduate.generate.contracts.telling import labels
from poc_graduate.generate.contracts.trial import TEMPLATES, admitted, evaluated, exported
from poc_graduate.generate.placement import FEWEST_ROWS
from poc_graduate.plan.settle import CHECKERS

if TYPE_CHECKING:
    import pandas as pd

_DATES = {"%Y": r"\d{4}", "%m": r"\d\d?", "%d": r"\d\d?", "%H": r"\d\d?", "%M": r"\d\d",
          "%S": r"\d\d", "%y": r"\d\d", "%b": r"\w+", "%B": r"\w+"}  # fmt: skip
_NO_VALUES = (TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RuntimeError)
"""What objects in a cell raise when they are hashed, compared, or written as text: lists, arrays,
and types of the author's own. Files, imports and memory that fail are none of theirs."""
_LONGEST = 20
"""Known values that a schema lists; of more, only the profile tells."""
_ROW_RULES = 4
"""Of a column, at most: its type, what is missing, what is not unique, and its check."""
_TIME_RULES = 3
_TELLING = 3
"""Columns from which a hash of a row does not tell what stands in it."""
_COUNTS = 0.9
"""Rank correlation with the rows' order from which a number is a counter: it has no range."""


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
    except _NO_VALUES as failure:  # a contract that cannot be learnt must not stop an export
        return f"nothing could be learnt about {name}: {type(failure).__name__}"


def _learnt(frame: pd.DataFrame, name: str, about: str, clean: bool) -> Table | str:
    from poc_graduate.contracts.learn import learn
    from poc_graduate.contracts.moving import in_time

    contract = learn([(name, frame)])
    fields = []
    for label in frame.columns.tolist():
        column = contract.column(str(label))
        assert column is not None
        series = frame[label].reset_index(drop=True)
        try:
            fields.append(_field(label, series, column))
        except _NO_VALUES:  # nested or mixed objects: only that the column is there can be said
            fields.append(_bare(label, series))
    between = (*relations(frame, fields, contract), *labels(frame, fields, contract))
    made = Table(name, about, clean, len(frame), tuple(fields), between)
    made = replace(made, again=_again(frame, made, contract), in_time=in_time(contract))
    if admitted(frame, schema(made), profile(made)) is not frame:
        return f"the contract of {name} would not admit the data it was learnt from"
    return made


def _bare(label: str | int, series: pd.Series) -> Field:
    missing = float(series.isna().mean())
    blank = bound_record(Bound(missing, min(1.0, missing + ODD_ROWS)))
    profile = {"name": label, "dtype": str(series.dtype), "blank": blank}
    return Field(label, "None", (), True, False, "", profile)


def _field(label: str | int, series: pd.Series, column: Column) -> Field:
    from poc_graduate.contracts.describe import LOOKED_AT, about_persons

    batches, readings = exported("batches"), exported("readings")
    nullable = bool(series.isna().any())
    dtype = _dtype(series)
    given = series[~readings.blanks(series)]
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
    return replace(made, profile=column_profile(made, given, series, column, secret=secret))


def _dtype(series: pd.Series) -> str:
    kind = series.dtype
    texts = series.dropna()
    if not len(texts):  # what will stand there, nothing tells
        return "None"
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


def _again(frame: pd.DataFrame, table: Table, contract: Contract) -> dict[str, Any]:
    """What is remembered of the rows: how many repeat, and hashes of some of them."""
    import pandas as pd

    if len(frame) < FEWEST_ROWS or len(table.fields) < _TELLING:
        return {}
    batches, arrivals = exported("batches"), exported("arrivals")
    columns = evaluated(schema(table)).columns
    typed = {
        name: batches.as_type(frame[name].reset_index(drop=True), column)[0]
        for name, column in columns.items()
    }
    hashes = arrivals.row_hashes(typed)
    twice = float(pd.Series(hashes).duplicated().mean())
    bound = contract.bound("repeated")
    repeated = replace(bound, seen=twice, allowed=max(bound.allowed, twice + ODD_ROWS))
    return {
        "repeated": bound_record(repeated),
        "delivered": bound_record(contract.bound("delivered")),
        "rows": arrivals.remembered(hashes),
    }


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
    if table.in_time:
        record["in_time"] = True
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
