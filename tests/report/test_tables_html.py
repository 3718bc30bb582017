"""The page of an export's contracts."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from poc_graduate.generate.contracts import Field, Table
from poc_graduate.report.tables_html import tables_html


def field(name: str, checks: tuple[str, ...], unique: bool, profile: dict[str, Any]) -> Field:
    return Field(name, "None", checks, False, unique, "", profile)


def bound(seen: float, allowed: float, severity: str = "stop") -> dict[str, Any]:
    return {"seen": seen, "allowed": allowed, "severity": severity}


AGE = field(
    "age",
    ("pa.Check.in_range(18, 95)",),
    False,
    {
        "name": "age",
        "dtype": "int64",
        "blank": bound(0.0125, 0.03),
        "quantiles": [18.0, 30.0, 50.0, 95.0],
        "up_to": [0.01, 0.6, 0.9, 1.0],
        "shift": bound(0.04, 0.09, "warn"),
    },
)
PLAN = field(
    "plan <b>",
    ("pa.Check.isin(['basic', 'pro'])",),
    False,
    {"dtype": "object", "blank": bound(0, 0.005), "values": {"basic": 0.75, "pro": 0.25}},
)
PERSON = field("email", (), True, {"dtype": "object", "blank": bound(0, 0.005)})
SIGNUP = field(
    "signup",
    ("pa.Check.ge('2018-07-30')",),
    False,
    {
        "dtype": "datetime64[ns]",
        "blank": bound(0, 0.005),
        "quantiles": [1.5e9, 1.6e9, 1.7e9],
        "up_to": [0.0, 0.5, 1.0],
        "shift": bound(0.02, 0.1),
    },
)
MET = field(
    "met_at",
    (),
    False,
    {
        "dtype": "str",
        "style": "%d.%m.%Y",
        "blank": bound(0, 0.005),
        "quantiles": [1.5e9, 1.6e9, 1.7e9],
        "up_to": [0.0, 0.5, 1.0],
        "shift": bound(0.02, 0.1),
        "order": {"late": 259200.0, "counts": False},
        "spike": {**bound(0.01, 0.035), "common": {}},
    },
)
RAW = Table(
    "raw_customers",
    "as read from customers.csv",
    False,
    2625,
    (AGE, PLAN, PERSON, SIGNUP, MET),
    (
        {"kind": "rank", "columns": ["age", "spent"], "bound": bound(0.02, 0.1, "warn")},
        {"kind": "order", "columns": ["signup", "met_at"], "bound": bound(0, 0.005)},
        {"kind": "labels", "columns": ["plan", "age", "spent"], "bound": bound(0, 0.04)},
    ),
    {"repeated": bound(0.01, 0.015), "delivered": bound(0, 0.005)},
)
CLEAN = Table("customers", "after cell 7", True, 2487, (AGE,))


class Bars(HTMLParser):
    """Heights of the bars of each drawing, and texts."""

    def __init__(self) -> None:
        super().__init__()
        self.drawn: dict[str, list[float]] = {}
        self.now = ""
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if tag == "svg":
            self.now = (known.get("aria-label") or "").partition(":")[0]
        if tag == "rect":
            self.drawn.setdefault(self.now, []).append(float(known["height"] or 0))

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def shown(*tables: Table) -> tuple[Bars, str]:
    page = tables_html(tables)
    read = Bars()
    read.feed(page)
    return read, " ".join(" ".join(read.text).split())


def test_each_table_says_where_it_stands_and_what_it_was_learnt_from():
    _, text = shown(RAW, CLEAN)

    assert "2 tables are checked" in text
    assert "as read from customers.csv" in text
    assert "2,625 rows" in text
    assert "after cleaning" in text


def test_bars_have_the_heights_of_the_shares():
    read, _ = shown(RAW)

    basic, pro = read.drawn["Distribution of plan <b>"]
    assert basic == 3 * pro > 0


def test_a_skewed_column_has_its_highest_bar_where_most_rows_are():
    read, text = shown(RAW)

    bars = read.drawn["Distribution of age"]
    # 59 % of the rows lie in the first twelve of 77 years, evenly.
    assert bars.index(max(bars)) < 3
    assert bars[0] > 3 * bars[-1]
    assert "half up to 27.97" in text


def test_seen_stands_beside_allowed_with_the_severity():
    _, text = shown(RAW)

    assert "missing 1.25 % 3 % stop" in text
    assert "distribution moved 0.04 0.09 warn" in text
    assert "from 18 to 95" in text
    assert "less surely told by other columns: plan 0 0.04 stop" in text
    assert "one of 'basic', 'pro'" in text


def test_dates_are_dates():
    _, text = shown(RAW)

    assert "2017-08-06" in text
    assert "1.5e+09" not in text
    assert "2018-07-30 or later" in text


def test_times_in_texts_are_dates_and_say_how_late_a_row_may_be():
    _, text = shown(RAW)

    assert text.count("2017-08-06") > 1
    assert "1.5e+09" not in text
    assert "late by at most 3 days" in text
    assert "one value stands out 1 % 3.5 % stop" in text


def test_what_holds_between_columns_and_for_whole_rows_is_said():
    _, text = shown(RAW)

    assert "rank correlation of age, spent 0.02 0.1 warn" in text
    assert "rows out of order: signup, met_at 0 % 0.5 % stop" in text
    assert "rows that repeat 1 % 1.5 % stop" in text
    assert "rows delivered before 0 % 0.5 % stop" in text


def test_a_column_about_persons_has_no_drawing():
    read, text = shown(RAW)

    assert "email" in text
    assert not any("email" in name for name in read.drawn)


def test_names_are_escaped_and_nothing_is_loaded():
    page = tables_html([RAW])

    assert "<b>" not in page
    assert "http" not in page
    assert "<script" not in page
