"""Write the monthly sales exports and the controller's workbook: synthetic, seeded.

python make_data.py [FOLDER]
"""

from __future__ import annotations

import math
import random
import sys
import zipfile
from datetime import date, datetime, timedelta
from pathlib import Path

from openpyxl import Workbook

FIRST, LAST = date(2023, 1, 1), date(2024, 6, 30)
STORES = {  # store → name, region, square metres, opened, how much it sells
    "S01": ("Altona", "north", 420, date(2016, 3, 1), 1.00),
    "S02": ("Bergedorf", "north", 310, date(2018, 9, 15), 0.78),
    "S03": ("Cottbus", "east", 280, date(2019, 5, 2), 0.62),
    "S04": ("Dresden", "east", 510, date(2015, 4, 10), 1.18),
    "S05": ("Erlangen", "south", 350, date(2017, 11, 20), 0.85),
    "S06": ("Freiburg", "south", 390, date(2020, 2, 3), 0.94),
}
CATEGORIES = {"garden": 18.5, "kitchen": 12.9}  # average price
WEEKDAY = [0.86, 0.88, 0.92, 0.98, 1.25, 1.55, 0.0]  # closed on Sundays
WRITTEN = datetime(2024, 7, 1, 8, 0, 0)


def promotions(seed: int = 5) -> list[tuple[date, date, str, int]]:
    """Some weeks a year with a discount; one stands in the calendar twice."""
    rng = random.Random(seed)
    found = []
    for month in range(18):
        start = date(2023 + month // 12, month % 12 + 1, rng.randint(1, 20))
        category = rng.choice(list(CATEGORIES))
        end = start + timedelta(days=rng.randint(5, 9))
        found.append((start, end, category, rng.choice([10, 15, 20])))
    found.insert(8, found[7])
    return found


def discount_on(day: date, category: str, calendar: list[tuple[date, date, str, int]]) -> int:
    """Percent off; the higher one where two promotions overlap."""
    running = (d for first, last, what, d in calendar if what == category and first <= day <= last)
    return max(running, default=0)


def units(rng: random.Random, day: date, category: str, size: float, discount: int) -> int:
    """How many were sold: weekday, season, growth, promotion and chance."""
    season = 1 + (0.45 if category == "garden" else 0.12) * math.sin(
        2 * math.pi * (day.timetuple().tm_yday - (80 if category == "garden" else 290)) / 365
    )
    growth = 1 + 0.00035 * (day - FIRST).days
    lift = 1 + 0.022 * discount
    expected = 42 * size * WEEKDAY[day.weekday()] * season * growth * lift
    return max(0, round(rng.gauss(expected, 0.11 * expected)))


def sales(seed: int = 3) -> dict[str, list[list[str]]]:
    """Month → rows of its export, as the tills write them.

    Some days lack a count, some a day's rows came twice, decimals have a comma, and until May
    2023 the tills wrote store numbers in lower case.
    """
    rng = random.Random(seed)
    calendar = promotions()
    months: dict[str, list[list[str]]] = {}
    day = FIRST
    while day <= LAST:
        rows = months.setdefault(f"{day:%Y-%m}", [])
        for store, (_, _, _, _, size) in STORES.items():
            for category, price in CATEGORIES.items():
                if day.weekday() == 6:
                    continue
                discount = discount_on(day, category, calendar)
                sold = units(rng, day, category, size, discount)
                paid = price * (1 - discount / 100) * rng.uniform(0.97, 1.03)
                code = store.lower() if day < date(2023, 6, 1) else store
                count = "" if rng.random() < 0.006 else str(sold)
                row = [f"{day:%d.%m.%Y}", code, category, count, f"{paid:.2f}".replace(".", ",")]
                rows.append(row)
                if rng.random() < 0.002:
                    rows.append(row)
        day += timedelta(days=1)
    return months


def workbook() -> Workbook:
    """Stores, promotions and targets, one sheet each, as the controller keeps them."""
    book = Workbook()
    book.properties.creator = "controlling"
    book.properties.created = book.properties.modified = WRITTEN
    sheet = book.active
    assert sheet is not None
    sheet.title = "stores"
    sheet.append(["store", "name", "region", "sqm", "opened"])
    for store, (name, region, sqm, opened, _) in STORES.items():
        sheet.append([store, name, region, sqm, opened])
    sheet = book.create_sheet("promo")
    sheet.append(["from", "to", "category", "discount"])
    for promotion in promotions():
        sheet.append(list(promotion))
    sheet = book.create_sheet("targets")
    sheet.append(["region", "target_2024"])
    for region, target in (("north", 790_000), ("east", 800_000), ("south", 815_000)):
        sheet.append([region, target])
    return book


def save(book: Workbook, path: Path) -> None:
    """Save a workbook so that the same content gives the same bytes."""
    book.save(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    # openpyxl stamps the moment of saving on the properties and on each part
    parts["docProps/core.xml"] = _modified_at(parts["docProps/core.xml"], WRITTEN)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            part = zipfile.ZipInfo(name, WRITTEN.timetuple()[:6])
            part.external_attr = 0o644 << 16
            archive.writestr(part, content)


def _modified_at(properties: bytes, moment: datetime) -> bytes:
    before, _, rest = properties.partition(b"<dcterms:modified")
    opening, _, rest = rest.partition(b">")
    _, _, after = rest.partition(b"</dcterms:modified>")
    stamp = f"{moment:%Y-%m-%dT%H:%M:%SZ}".encode()
    return before + b"<dcterms:modified" + opening + b">" + stamp + b"</dcterms:modified>" + after


def main(folder: Path) -> None:
    """Write all files into a folder; the same bytes every time."""
    folder.mkdir(parents=True, exist_ok=True)
    for month, rows in sales().items():
        lines = ["date;store;category;units;price", *(";".join(row) for row in rows)]
        (folder / f"sales_{month}.csv").write_bytes("".join(f"{line}\n" for line in lines).encode())
    save(workbook(), folder / "stores_and_promo.xlsx")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "data")
