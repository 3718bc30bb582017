"""Write data/: monthly sales files of five stores, and a workbook with stores and promotions."""

from __future__ import annotations

import csv
import datetime as dt
import math
import random
import zipfile
from pathlib import Path

HERE = Path(__file__).parent / "data"
STORES = [
    ("S01", "Harbour", "north", 1200),
    ("S02", "Old Town", "north", 640),
    ("S03", "Station", "south", 980),
    ("S04", "Airport", "south", 410),
    ("S05", "Market", "west", 760),
]


def sales(rng: random.Random, day: dt.date, store: int) -> list[object]:
    """One day of one store: weekly and yearly season, trend, noise, now and then a gap."""
    age = (day - dt.date(2023, 1, 1)).days
    weekly = [0.9, 0.85, 0.9, 1.0, 1.25, 1.4, 0.7][day.weekday()]
    yearly = 1 + 0.2 * math.sin(2 * math.pi * age / 365 - 1)
    level = 300 + 90 * store + 0.12 * age
    units = max(0, round(level * weekly * yearly + rng.gauss(0, 22)))
    price = round(4.2 + 0.3 * store + rng.gauss(0, 0.08), 2)
    shown: object = "" if rng.random() < 0.01 else units
    return [day.isoformat(), STORES[store][0], shown, f"{price:.2f}".replace(".", ",")]


def main() -> None:
    """All files, the same bytes each time."""
    import pandas as pd

    HERE.mkdir(exist_ok=True)
    rng = random.Random(5)
    day, last = dt.date(2023, 1, 1), dt.date(2024, 6, 30)
    months: dict[str, list[list[object]]] = {}
    while day <= last:
        for store in range(len(STORES)):
            months.setdefault(f"{day:%Y-%m}", []).append(sales(rng, day, store))
        day += dt.timedelta(days=1)
    for month, rows in months.items():
        with (HERE / f"sales_{month}.csv").open("w", newline="") as out:
            csv.writer(out, delimiter=";", lineterminator="\n").writerows(
                [["date", "store", "units", "price"], *rows]
            )
    promotions = [
        [f"{month}-{rng.randint(1, 28):02}", rng.choice(STORES)[0], rng.choice([10, 15, 20])]
        for month in months
        for _ in range(6)
    ]
    book = HERE / "stores.xlsx"
    with pd.ExcelWriter(book, engine="openpyxl") as writer:
        columns = ["store", "name", "region", "floor_m2"]
        pd.DataFrame(STORES, columns=columns).to_excel(writer, sheet_name="stores", index=False)
        columns = ["date", "store", "discount"]
        pd.DataFrame(promotions, columns=columns).to_excel(writer, sheet_name="promo", index=False)
        for moment in ("created", "modified"):
            setattr(writer.book.properties, moment, dt.datetime(2024, 7, 1))
    _without_times(book)


def _without_times(book: Path) -> None:
    """A workbook is a zip file: its members carry the time of writing."""
    with zipfile.ZipFile(book) as archive:
        members = [(info.filename, archive.read(info)) for info in archive.infolist()]
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            info = zipfile.ZipInfo(name, (2024, 7, 1, 0, 0, 0))
            if name == "docProps/core.xml":
                import re

                data = re.sub(
                    rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2024-07-01T00:00:00Z", data
                )
            archive.writestr(info, data, zipfile.ZIP_DEFLATED)


if __name__ == "__main__":
    main()
