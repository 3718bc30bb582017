"""`poc-graduate contract`, and the same from Python."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest

import poc_graduate
from tests.contracts.tables import orders, some


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """Two reference batches, a clean and a bad one."""
    bad = orders(500, day=12)
    bad.loc[some(500), "price"] *= 100
    bad.loc[3, "city"] = "<script>alert(1)</script>"
    tables = {
        "one": orders(600),
        "two": orders(600, day=6),
        "good": orders(500, day=12),
        "bad": bad,
    }
    for name, table in tables.items():
        table.to_csv(tmp_path / f"{name}.csv", index=False)
    return {name: tmp_path / f"{name}.csv" for name in tables} | {"at": tmp_path / "contract.yaml"}


@pytest.fixture
def learnt(poc, files) -> dict[str, Path]:
    answer = poc("contract", "learn", files["one"], files["two"], "--output", files["at"])

    assert answer.status == 0
    assert "11 columns" in answer.out
    return files


def test_a_clean_batch_holds(poc, learnt):
    answer = poc("contract", "check", learnt["at"], learnt["good"])

    assert answer.status == 0
    assert "good.csv: holds (500 rows" in answer.out


def test_what_time_alone_may_have_done_is_told_and_leaves_the_status_at_0(poc, learnt, tmp_path):
    later = orders(500, day=12)
    later["city"] = later["city"].where(later.index < 400, "Linz")
    later.to_csv(tmp_path / "later.csv", index=False)

    answer = poc("contract", "check", learnt["at"], tmp_path / "later.csv")

    assert answer.status == 0
    assert "warning" in answer.out.splitlines()[0]
    assert any(line.startswith("  warn") and "[unseen]" in line for line in answer.out.splitlines())


def test_a_bad_batch_breaks_it_with_every_violation_named(poc, learnt):
    answer = poc("contract", "check", learnt["at"], learnt["good"], learnt["bad"])

    assert answer.status == 1
    assert "bad.csv: broken" in answer.out
    line = next(line for line in answer.out.splitlines() if "[range]" in line and "price" in line)
    assert line.startswith("  stop")
    for word in ("found", "seen", "allowed", "rows:"):
        assert word in answer.out


def test_json(poc, learnt):
    answer = poc("contract", "check", learnt["at"], learnt["bad"], "--format", "json")

    assert answer.status == 1
    (batch,) = answer.json["batches"]
    assert (answer.json["holds"], batch["holds"], batch["rows"]) == (False, False, 500)
    violation = next(
        f for f in batch["findings"] if f["rule"] == "range" and f["severity"] == "stop"
    )
    assert set(violation) == {
        "column", "rule", "severity", "rows", "first", "seen", "allowed", "found", "says"
    }  # fmt: skip
    assert violation["rows"] > len(violation["first"]) == 5
    assert {"row": 3, "reasons": ["city: a value never seen"]} in [
        {"row": one["row"], "reasons": [r for r in one["reasons"] if r.startswith("city:")]}
        for one in batch["quarantine"]
    ]


def test_html_is_one_page_that_loads_nothing(poc, learnt, tmp_path):
    page = tmp_path / "report.html"
    answer = poc(
        "contract", "check", learnt["at"], learnt["bad"], "--format", "html", "--output", page
    )

    text = page.read_text(encoding="utf-8")
    assert answer.status == 1
    assert "bad.csv breaks its contract" in text
    assert "<script" not in text
    assert loaded(text) == []
    assert text.count("<svg") > 8


def loaded(text: str) -> list[str]:
    """What a page would load."""
    found: list[str] = []

    class Parser(HTMLParser):
        def handle_starttag(self, tag, attributes):
            found.extend(v for k, v in attributes if k in ("src", "href") and not v.startswith("#"))

    Parser().feed(text)
    return found


def test_learn_writes_to_standard_output_without_a_file(poc, files):
    answer = poc("contract", "learn", files["one"])

    assert answer.status == 0
    assert "\ncolumns:\n" in answer.out


@pytest.mark.parametrize(
    "arguments",
    [
        ("learn",),
        ("learn", "nowhere.csv"),
        ("check", "nowhere.yaml", "one.csv"),
        ("check",),
        ("unlearn",),
    ],
)
def test_bad_use_is_one_sentence(poc, arguments):
    answer = poc("contract", *arguments)

    assert answer.status == 2
    assert len(answer.err.strip().splitlines()) == 1
    assert "Traceback" not in answer.err


def test_a_file_in_another_encoding(poc, learnt):
    learnt["good"].write_bytes(learnt["good"].read_text(encoding="utf-8").encode("cp1252"))

    answer = poc("contract", "check", learnt["at"], learnt["good"])

    assert answer.status == 1
    assert "[encoding]" in answer.out


def test_from_python():
    contract = poc_graduate.contract_learn(orders(600), orders(600, day=6))

    (good,) = poc_graduate.contract_check(contract, orders(500, day=12))
    (bad,) = poc_graduate.contract_check(contract, orders(500, day=12).drop(columns="city"))

    assert good.holds
    assert not bad.holds
