"""Batches in files of all formats; what cannot be read is said in a sentence."""

from __future__ import annotations

import sqlite3

import pandas as pd
import pytest

from poc_graduate.contracts.batches import read_batch_file
from poc_graduate.contracts.check import check
from poc_graduate.contracts.learn import learn
from poc_graduate.errors import InputError
from tests.contracts.tables import orders


def write(frame: pd.DataFrame, path, form: str) -> str:
    """The table in a format; what names it."""
    file = path / f"orders.{form}"
    match form:
        case "csv":
            frame.to_csv(file, index=False)
        case "tsv":
            frame.to_csv(file, index=False, sep="\t")
        case "parquet":
            frame.to_parquet(file)
        case "xlsx":
            frame.to_excel(file, index=False)
        case "jsonl":
            frame.to_json(file, orient="records", lines=True)
        case "db":
            connection = sqlite3.connect(file)
            frame.to_sql("the orders", connection, index=False)
            connection.close()
            return f"{file}::the orders"
    return str(file)


@pytest.mark.parametrize("form", ["csv", "tsv", "parquet", "xlsx", "jsonl", "db"])
def test_the_format_does_not_matter(tmp_path, form):
    contract = learn([("reference", orders(600))])

    frame, _ = read_batch_file(write(orders(400, day=6), tmp_path, form), contract)

    assert check(contract, frame).holds
    assert frame.shape == (400, 11)


def test_leading_zeros_stay(tmp_path):
    file = tmp_path / "zip.csv"
    file.write_text("zip,n\n" + "".join(f"{n:05d},{n}\n" for n in range(900, 1100)))

    frame, _ = read_batch_file(str(file))

    assert frame["zip"].iloc[0] == "00900"


def test_semicolons_and_decimal_commas(tmp_path):
    file = tmp_path / "german.csv"
    file.write_text("name;betrag\n" + "".join(f"a{n};{n},5\n" for n in range(100)))

    frame, _ = read_batch_file(str(file))
    column = learn([("german", frame)]).column("betrag")

    assert column is not None
    assert column.range is not None
    assert (column.kind, column.range.seen) == ("number", (0.5, 99.5))


def test_another_encoding_is_read_and_named(tmp_path):
    file = tmp_path / "latin.csv"
    file.write_bytes("name\nMüller\nStraße\n".encode("cp1252"))

    frame, encoding = read_batch_file(str(file))

    assert (frame["name"].tolist(), encoding) == (["Müller", "Straße"], "cp1252")


def test_text_among_numbers_far_below(tmp_path):
    file = tmp_path / "late.csv"
    file.write_text("n\n" + "1\n" * 3_000_000 + "N/A\n")

    frame, _ = read_batch_file(str(file))

    assert frame["n"].iloc[-1] == "N/A"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("none.csv", None, "is no file"),
        ("empty.csv", b"", "is empty"),
        ("table.dat", b"x", "in no known format"),
        ("broken.parquet", b"PAR", "cannot be read"),
        ("broken.jsonl", b"{", "cannot be read"),
        ("some.db", b"", "name the table"),
        ("ragged.csv", b"a,b\n1,2\n1,2,3,4\n1\n", "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path, name, content, says):
    file = tmp_path / name
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(InputError) as error:
        read_batch_file(str(file))

    assert says in str(error.value).lower() or says in str(error.value)


def test_a_table_that_is_not_there(tmp_path):
    batch = write(orders(10), tmp_path, "db")

    with pytest.raises(InputError, match=r"It has: the orders"):
        read_batch_file(batch.replace("the orders", "invoices"))


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("data.xlsx", "not a zip file"),
        ("data.csv", "is no text"),
        ("data.parquet", "cannot be read"),
    ],
)
def test_files_that_are_not_what_they_are_called(tmp_path, name, says):
    file = tmp_path / name
    file.write_bytes(b"PK\x03\x04\x9d\x81" * 60)

    with pytest.raises(InputError, match=says):
        read_batch_file(str(file))


def test_a_workbook_of_several_sheets_is_asked_for_one(tmp_path):
    file = tmp_path / "orders.xlsx"
    with pd.ExcelWriter(file) as book:
        orders(5).to_excel(book, sheet_name="march", index=False)
        pd.DataFrame().to_excel(book, sheet_name="empty", index=False)
    assert len(read_batch_file(str(file))[0]) == 5

    with pd.ExcelWriter(file) as book:
        orders(5).to_excel(book, sheet_name="march", index=False)
        orders(7).to_excel(book, sheet_name="april", index=False)
    assert len(read_batch_file(f"{file}::april")[0]) == 7
    with pytest.raises(InputError, match="several sheets: march, april"):
        read_batch_file(str(file))
    with pytest.raises(InputError, match="no sheet 'may'"):
        read_batch_file(f"{file}::may")


@pytest.mark.parametrize(
    ("name", "text"), [("a.jsonl", "1\n2\n"), ("a.json", "[1, 2]"), ("a.json", '{"a": 1}')]
)
def test_json_that_is_no_table(tmp_path, name, text):
    (tmp_path / name).write_text(text)

    with pytest.raises(InputError, match="is no table"):
        read_batch_file(str(tmp_path / name))
