"""Small tables with something of everything, the same each time."""

from __future__ import annotations

import numpy as np
import pandas as pd

PRICES = {"pen": 2.0, "book": 15.0, "lamp": 60.0}
COUNTRIES = {"Wien": "AT", "Graz": "AT", "Bern": "CH", "Lyon": "FR"}
SIZES = ["S", "M", "L", "XL"]
ROWS = 800
"""Of `pizzas`."""


def orders(rows: int, *, day: int = 0, seed: int = 1) -> pd.DataFrame:
    """Orders, one after the other from a day on, a hundred a day."""
    random = np.random.default_rng([seed, day])
    product = random.choice(list(PRICES), rows)
    city = random.choice(list(COUNTRIES), rows)
    price = np.round(pd.Series(product).map(PRICES) * random.lognormal(0, 0.2, rows), 2)
    quantity = random.integers(1, 9, rows)
    start = np.datetime64("2024-01-01") + np.timedelta64(day, "D")
    ordered = start + np.sort(random.integers(0, 864 * rows, rows)).astype("timedelta64[s]")
    sent = ordered + random.integers(1, 5, rows).astype("timedelta64[D]")
    return pd.DataFrame(
        {
            "order": [f"A-{n:06d}" for n in range(1000 + 100 * day, 1000 + 100 * day + rows)],
            "ordered": pd.Series(ordered).dt.strftime("%Y-%m-%dT%H:%M:%S"),
            "sent": pd.Series(sent).dt.strftime("%Y-%m-%d"),
            "product": product,
            "city": city,
            "country": pd.Series(city).map(COUNTRIES),
            "quantity": quantity,
            "price": price,
            "total": np.round(price * quantity, 2),
            "grams": random.normal(500, 40, rows).round(1),
            "comment": np.where(random.random(rows) < 0.1, "Bitte läuten", None),
        }
    )


def some(rows: int, share: float = 0.2) -> np.ndarray:
    """Which rows are damaged: always the same."""
    return np.random.default_rng(7).random(rows) < share


def pizzas(seed: int, *, shares=(0.2, 0.2, 0.2, 0.4), dearer: float = 0.0) -> pd.DataFrame:
    """Sizes that price and box tell, each of them not surely."""
    random = np.random.default_rng(seed)
    size = random.choice(4, ROWS, p=shares)
    box = np.where(random.random(ROWS) < 0.75, size // 2, random.integers(0, 2, ROWS))
    price = 9 + np.array([0, 2, 4, 12])[size] + random.normal(0, 1.8, ROWS) + dearer
    return pd.DataFrame(
        {
            "size": np.array(SIZES)[size],
            "box": np.array(["small", "large"])[box],
            "price": price.round(2),
        }
    )


def called_otherwise(frame: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
    """Pizzas of which some are called as another size."""
    turned = dict(zip(SIZES, [*SIZES[2:], *SIZES[:2]], strict=True))
    return frame.assign(size=frame["size"].mask(rows, frame["size"].map(turned)))
