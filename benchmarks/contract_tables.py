"""Tables for `contracts.py`, cut into reference batches and clean ones.

Those of scikit-learn and statsmodels are cut at random; our own at random and by time. What comes
by time is as real data are: days differ, seasons come, planes and flight numbers go and others
follow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

Frame = pd.DataFrame
Random = np.random.Generator


def orders(rows: int, random: Random) -> Frame:
    """An online shop: event time, keys, a dependency, an identity, texts."""
    start = np.datetime64("2024-01-01T00:00:00")
    times = start + np.sort(random.uniform(0, 90 * 86400, rows)).astype("timedelta64[s]")
    customers = random.zipf(1.3, rows) % 800
    places = np.array(["Wien", "Graz", "München", "Köln", "Zürich", "Genève", "Lyon", "Orléans"])
    lands = np.array(["AT", "AT", "DE", "DE", "CH", "CH", "FR", "FR"])
    place = random.choice(8, rows, p=[0.2, 0.05, 0.25, 0.15, 0.1, 0.05, 0.15, 0.05])
    product = random.choice(5, rows, p=[0.4, 0.25, 0.2, 0.1, 0.05])
    price = np.round(np.array([12, 30, 55, 140, 400])[product] * random.lognormal(0, 0.25, rows), 2)
    quantity = 1 + random.poisson(1.2, rows)
    names = np.array(["anna", "bert", "chloé", "dörte", "emil", "franz", "gül", "håkan"])
    return Frame(
        {
            "order_id": np.arange(500_000, 500_000 + rows),
            "ordered_at": pd.Series(times).dt.strftime("%Y-%m-%d %H:%M:%S"),
            "customer": [f"C-{n:05d}" for n in 10_000 + customers * 7],
            "city": places[place],
            "country": lands[place],
            "product": np.array(["pen", "book", "bag", "lamp", "desk"])[product],
            "quantity": quantity,
            "price": price,
            "total": np.round(price * quantity, 2),
            "weight_kg": np.round(quantity * np.array([0.1, 0.5, 1.1, 2, 18])[product]
                                  * random.lognormal(0, 0.1, rows), 2),
            "email": [f"{names[n % 8]}{n}@mail{n % 3}.net" for n in customers],
            "shipped": (pd.Series(times) + pd.to_timedelta(random.integers(1, 6, rows), "D"))
            .dt.strftime("%Y-%m-%d"),
            "discount": (random.random(rows) * 20).round(1) * (random.random(rows) > 0.7),
            "note": np.where(random.random(rows) < 0.8, None, "please ring twice"),
        }
    )  # fmt: skip


def sensors(rows: int, random: Random) -> Frame:
    """Machines that report every ten minutes: seasons, wandering means, states."""
    minute = 10 * np.arange(rows)
    times = np.datetime64("2024-03-01T00:00") + minute.astype("timedelta64[m]")
    day = np.sin(2 * np.pi * minute / 1440)
    outside = 11 + 6 * day + np.cumsum(random.normal(0, 0.02, rows)) + random.normal(0, 0.8, rows)
    load = np.clip(random.beta(2, 3, rows) + 0.1 * day, 0, 1)
    speed = 900 + 1500 * load + random.normal(0, 40, rows)
    state = np.where(load > 0.55, "high", np.where(load > 0.25, "normal", "idle"))
    return Frame(
        {
            "time": pd.Series(times).dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "machine": [f"M{n:02d}" for n in random.integers(1, 9, rows)],
            "outside_c": np.round(outside, 1),
            "oil_c": np.round(outside * 0.4 + 45 + 25 * load + random.normal(0, 1.5, rows), 1),
            "speed_rpm": np.round(speed),
            "power_kw": np.round(0.02 * speed + 14 * load + random.normal(0, 1.2, rows), 2),
            "pressure_bar": np.round(random.normal(6.2, 0.25, rows), 2),
            "state": state,
            "alarm": (random.random(rows) < 0.02).astype(int),
        }
    )


def customers(rows: int, random: Random) -> Frame:
    """Contracts of a telephone company, with people's data."""
    firsts = [
        "Ana",
        "Björn",
        "Chen",
        "Дмитрий",
        "Emeka",
        "François",
        "Grete",
        "Hélène",
        "伊藤",
        "Jo",
    ]
    lasts = [
        "Šimić",
        "Öz",
        "Wei",
        "Иванов",
        "Okafor",
        "Lefèvre",
        "Müller",
        "Núñez",
        "佐藤",
        "Smith",
    ]
    plan = random.choice(["basic", "plus", "premium"], rows, p=[0.5, 0.3, 0.2])
    months = np.minimum(72, 1 + random.exponential(26, rows)).astype(int)
    base = pd.Series(plan).map({"basic": 19.9, "plus": 45.0, "premium": 89.5}).to_numpy()
    monthly = np.round(base + random.gamma(2, 4, rows), 2)
    signup = np.datetime64("2024-06-01") - (months * 30 + random.integers(0, 30, rows)).astype(
        "timedelta64[D]"
    )
    age = np.clip(random.normal(46, 15, rows), 18, 95)
    born = np.datetime64("2024-06-01") - (age * 365.25).astype("timedelta64[D]")
    return Frame(
        {
            "customer_id": [f"{a:04d}-{b}" for a, b in zip(
                random.integers(0, 9999, rows),
                ["".join(random.choice(list("ABCDEFGHKLMN"), 5)) for _ in range(rows)],
                strict=True)],
            "name": [f"{firsts[random.integers(10)]} {lasts[random.integers(10)]}"
                     for _ in range(rows)],
            "born": pd.Series(born).dt.strftime("%d.%m.%Y"),
            "signup": pd.Series(signup).dt.strftime("%Y-%m-%d"),
            "zip": [f"{n:05d}" for n in random.integers(100, 9900, rows)],
            "plan": plan,
            "payment": random.choice(["card", "debit", "invoice", "cash"], rows,
                                     p=[0.4, 0.35, 0.2, 0.05]),
            "months": months,
            "monthly": monthly,
            "total": np.where(random.random(rows) < 0.02, np.nan, np.round(months * monthly, 2)),
            "height_cm": np.round(random.normal(171, 9, rows)),
            "paperless": random.choice(["yes", "no"], rows),
            "churned": (random.random(rows) < 0.15 + 0.3 * (months < 6)).astype(int),
        }
    )  # fmt: skip


def departures(days: int, random: Random) -> Frame:
    """An airport's flights: a schedule that changes, storms, planes that come and go."""
    lines = np.array(["AA", "BB", "CC", "DD", "EE"])
    schedule = _schedule(140, random)
    planes = _planes(400, random)
    storm, parts = 0.0, []
    for day in range(days):
        if day % 30 == 29:  # the next month's timetable
            schedule = pd.concat([schedule.iloc[25:], _schedule(25, random)])
        planes = np.append(planes[4:], _planes(4, random))
        storm = 0.6 * storm + random.exponential(0.4)
        today = schedule[random.random(len(schedule)) < (0.95 if day % 7 < 5 else 0.75)]
        today = today.sort_values("due", kind="stable")
        rows = len(today)
        due = today["due"].to_numpy()
        late = random.gamma(0.6, 14 * (1 + storm), rows) * (0.5 + due / 1440) - 6
        gone = random.random(rows) < min(0.3, 0.004 * (1 + storm**3))
        start = np.datetime64("2024-01-01T00:00") + np.timedelta64(day, "D")
        parts.append(
            Frame(
                {
                    "due_at": start + due.astype("timedelta64[m]"),
                    "line": lines[today["line"]],
                    "flight": today["flight"].to_numpy(),
                    "plane": np.where(gone, None, random.choice(planes, rows)),
                    "to": today["to"].to_numpy(),
                    "miles": today["miles"].to_numpy(),
                    "delay": np.where(gone, np.nan, late.round()),
                    "minutes": np.where(
                        gone, np.nan, (20 + today["miles"] / 8 + random.normal(0, 6, rows)).round()
                    ),
                }
            )
        )
    made = pd.concat(parts, ignore_index=True)
    made["due_at"] = made["due_at"].dt.strftime("%Y-%m-%d %H:%M:%S")
    return made


def _schedule(flights: int, random: Random) -> Frame:
    to = random.integers(0, 60, flights)
    return Frame(
        {
            "due": random.integers(300, 1380, flights),
            "line": np.minimum(random.geometric(0.4, flights) - 1, 4),
            "flight": random.integers(100, 5000, flights),
            "to": [f"{chr(65 + n % 26)}{chr(65 + n % 7)}{chr(75 + n % 11)}" for n in to],
            "miles": 150 + (to * 379) % 2400,
        }
    )


def _planes(count: int, random: Random) -> np.ndarray:
    return np.array([f"N{n}" for n in random.integers(10_000, 99_999, count)])


def stations(hours: int, random: Random) -> Frame:
    """Three weather stations by the hour: days, a season, weather that stays for a while."""
    hour = np.arange(hours)
    season = -9 * np.cos(2 * np.pi * hour / 8766)
    slow = _wandering(hours, 0.99, random) * 3
    rain = np.maximum(0, _wandering(hours, 0.9, random) - 1.6)
    made = []
    for n, name in enumerate(("north", "south", "harbour")):
        warm = 11 + season + slow + 4 * np.sin(2 * np.pi * (hour - 8) / 24) + n
        warm = warm + random.normal(0, 0.4, hours)
        wind = np.exp(1.8 + 0.5 * _wandering(hours, 0.95, random))
        made.append(
            Frame(
                {
                    "hour": np.datetime64("2024-01-01T00") + hour.astype("timedelta64[h]"),
                    "station": name,
                    "temperature": warm.round(1),
                    "dew_point": (warm - 4 - 2 * _wandering(hours, 0.97, random) ** 2).round(1),
                    "wind": wind.round(1),
                    "gust": np.where(
                        wind > 9, wind * random.uniform(1.3, 1.7, hours), np.nan
                    ).round(1),
                    "rain": (rain * random.uniform(0.5, 1.5, hours)).round(2),
                    "pressure": (1015 + 7 * _wandering(hours, 0.995, random) + n / 3).round(1),
                }
            )
        )
    frame = pd.concat(made).sort_values("hour", kind="stable").reset_index(drop=True)
    frame["hour"] = frame["hour"].dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    return frame


def _wandering(count: int, stays: float, random: Random) -> np.ndarray:
    """Weather that is much as an hour before: deviation 1."""
    steps = random.normal(0, (1 - stays**2) ** 0.5, count)
    steps[0] = random.normal()
    found = np.zeros(count)
    for n, step in enumerate(steps):
        found[n] = stays * found[n - 1] + step if n else step
    return found


def real_tables() -> Iterator[tuple[str, Frame, bool]]:
    """Tables that packages ship, and whether their rows are in the order of time."""
    from sklearn import datasets
    from statsmodels import datasets as more

    for name in ("wine", "breast_cancer", "diabetes"):
        yield name, getattr(datasets, f"load_{name}")(as_frame=True).frame, False
    for name in ("fair", "anes96", "randhie", "modechoice", "star98"):
        yield name, getattr(more, name).load_pandas().data.head(6000), False
    co2 = more.co2.load_pandas().data.reset_index()
    co2.columns = ["week", "co2"]
    co2["week"] = co2["week"].dt.strftime("%Y-%m-%d")
    yield "co2", co2, True


@dataclass(frozen=True)
class Case:
    """A table cut into reference batches and clean ones."""

    name: str
    cut: str
    reference: list[Frame]
    clean: list[Frame]


def cases(random: Random) -> Iterator[Case]:
    """All tables in all cuts."""
    own = [("orders", orders, True), ("sensors", sensors, True), ("customers", customers, False)]
    tables = [(n, f(r, random), t) for n, f, t in own for r in (1500, 9000)]
    for name, frame, ordered in [*tables, *real_tables()]:
        cuts = {"random": frame.iloc[random.permutation(len(frame))].reset_index(drop=True)}
        if ordered:
            cuts["time"] = frame
        for cut, rows in cuts.items():
            for references in (1, 3):
                size = len(rows) // 6
                parts = [rows.iloc[i * size : (i + 1) * size].reset_index(drop=True)
                         for i in range(6)]  # fmt: skip
                if size < 100:
                    continue
                known = parts[:3] if references == 3 else [pd.concat(parts[:3], ignore_index=True)]
                yield Case(f"{name} {len(rows)} {cut} {references}", cut, known, parts[3:])
    yield from by_time(random)


def by_time(random: Random) -> Iterator[Case]:
    """Days and weeks of tables that change with time, after several of them."""
    made: list[tuple[str, Callable[[int, Random], Frame], int]] = [
        ("departures", departures, 120), ("stations", stations, 24 * 120)
    ]  # fmt: skip
    for name, table, length in made:
        frame = table(length, random)
        day = frame.iloc[:, 0].str[:10]
        for days in (1, 7):
            number = day.map({one: n // days for n, one in enumerate(dict.fromkeys(day))})
            for references in (2, 5):
                start = int(random.integers(0, 120 // days - references - 3))
                parts = [frame[number == start + i].reset_index(drop=True)
                         for i in range(references + 3)]  # fmt: skip
                yield Case(f"{name} {days} days time {references}", "time",
                           parts[:references], parts[references:])  # fmt: skip


def cases_of(folder: Path, random: Random) -> Iterator[Case]:
    """Tables of one's own, in the order of time: long batches and short ones, at some place and at
    the end, each next to one or four that come before it."""
    for path in sorted(folder.glob("*.csv")):
        frame = pd.read_csv(path, low_memory=False)
        rows = len(frame)
        for size in sorted({rows // 8, *(s for s in (400, 2000) if 7 * s < rows)}):
            for references in (1, 4):
                last = rows // size - references - 2
                if size < 60 or last < 0:
                    continue
                for start in sorted({last, int(random.integers(0, last + 1))}):
                    parts = [frame.iloc[(start + i) * size : (start + i + 1) * size]
                             .reset_index(drop=True) for i in range(references + 2)]  # fmt: skip
                    name = f"{path.stem} {size} from {start} time {references}"
                    yield Case(name, "time", parts[:references], parts[references:])
