"""Write customers_final_v3.csv: synthetic subscribers, as exported and then kept by hand.

python make_data.py [FOLDER]
"""

from __future__ import annotations

import csv
import math
import random
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

FILE = "customers_final_v3.csv"
HEADER = [
    "customer_id",
    "signup",
    "age",
    "region",
    "plan",
    "payment",
    "tenure",
    "monthly_charges",
    "total_charges",
    "support_calls",
    "churned",
]
EXPORTED_ON = date(2024, 10, 1)
PRICE = {"basic": 24.0, "pro": 49.0, "premium": 79.0}
LEAVES_MORE = {"basic": 0.1, "pro": -0.2, "premium": 0.4}

PLAN_SPELLINGS = {
    "basic": ["basic", "basic", "basic", "basic", "basic", "Basic "],
    "pro": ["pro", "pro", "pro", "pro", "PRO"],
    "premium": ["premium", "premium", "premium", "premium", "premium", "premuim"],
}
REGION_SPELLINGS = {
    "north": ["north", "north", "north", "north", "Nroth"],
    "south": ["south", "south", "south", "south", "South "],
    "east": ["east"],
    "west": ["west"],
}


def rows(seed: int = 11, count: int = 2600) -> Iterator[list[object]]:
    """One row a customer, with the flaws of the real thing.

    Spellings differ, new customers have a blank instead of total charges, some rows came twice,
    one age and one price were mistyped, and one customer is a test account.
    """
    rng = random.Random(seed)
    for customer in range(1000, 1000 + count):
        tenure = min(72, int(rng.expovariate(1 / 26)))
        age = round(min(88, max(18, rng.gauss(46, 15))))
        region = rng.choices(list(REGION_SPELLINGS), [35, 30, 20, 15])[0]
        plan = rng.choices(list(PRICE), [45, 33, 22])[0]
        payment = rng.choices(["card", "invoice", "debit"], [50, 20, 30])[0]
        monthly = round(PRICE[plan] * rng.uniform(0.85, 1.2), 2)
        calls = min(12, int(rng.expovariate(1 / (1.1 if plan == "premium" else 0.8))))
        leaning = (
            -0.55
            - 0.038 * tenure
            + 0.42 * calls
            + LEAVES_MORE[plan]
            + (0.6 if payment == "invoice" else 0.0)
            - 0.012 * (age - 46)
            + rng.gauss(0, 0.5)
        )
        churned = int(rng.random() < 1 / (1 + math.exp(-leaning)))
        signup = EXPORTED_ON - timedelta(days=30 * tenure + rng.randint(0, 29))
        total: object = round(monthly * tenure * rng.uniform(0.96, 1.02), 2) if tenure else " "
        match customer:
            case 1017:
                age = 420
            case 1333:
                region, plan, monthly, calls, churned = "north", "premium", 0.01, 99, 1
            case 2204:
                monthly = -59.9
        row: list[object] = [
            customer,
            signup.isoformat(),
            age,
            rng.choice(REGION_SPELLINGS[region]),
            rng.choice(PLAN_SPELLINGS[plan]),
            payment,
            tenure,
            monthly,
            total,
            calls,
            churned,
        ]
        yield row
        if rng.random() < 0.012:
            yield row


def main(folder: Path) -> None:
    """Write the file into a folder; the same bytes every time."""
    with (folder / FILE).open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows([HEADER, *rows()])


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
