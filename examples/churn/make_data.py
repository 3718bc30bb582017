"""Write customers_final_v3.csv: synthetic customers with the flaws of an export kept by hand."""

from __future__ import annotations

import csv
import random
from pathlib import Path

HEADER = ["customer_id", "signup", "age", "tenure", "plan", "monthly_charges", "total_charges", "churned"]  # fmt: skip


def rows(seed: int = 11, count: int = 2400) -> list[list[object]]:
    """Customers with typos, duplicates, blanks and one wild age."""
    rng = random.Random(seed)
    found: list[list[object]] = []
    for number in range(count):
        tenure, age = rng.randint(0, 72), rng.randint(18, 85)
        spelling = ["basic", "pro", "premium", "premuim", "Basic ", "PRO"]
        plan = rng.choices(spelling, [40, 25, 25, 4, 3, 3])[0]
        monthly = round(rng.uniform(18, 95), 2)
        total: object = " " if rng.random() < 0.02 else round(tenure * monthly, 2)
        leaves = 0.52 - 0.006 * tenure + 0.002 * (age - 50) + 0.002 * (monthly - 55)
        row: list[object] = [
            1000 + number,
            f"20{rng.randint(19, 24)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
            420 if number == 17 else age,
            tenure,
            plan,
            monthly,
            total,
            int(rng.random() < leaves),
        ]
        found.append(row)
        if rng.random() < 0.01:
            found.append(row)
    return found


if __name__ == "__main__":
    with (Path(__file__).parent / "customers_final_v3.csv").open("w", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows([HEADER, *rows()])
