"""Write plant.db: readings of twelve sensors over four weeks, with the usual faults."""

from __future__ import annotations

import datetime as dt
import math
import random
import sqlite3
from pathlib import Path

SENSORS = [(f"T{n:02}", "temperature", "C") for n in range(1, 7)]
SENSORS += [(f"P{n:02}", "pressure", "bar") for n in range(1, 5)]
SENSORS += [("H01", "humidity", "%"), ("H02", "humidity", "%")]


def readings(seed: int = 3) -> list[tuple[str, str, float | None]]:
    """A reading each hour; sentinels, gaps, a stuck sensor, one in another unit."""
    rng = random.Random(seed)
    start = dt.datetime(2024, 3, 4)
    found = []
    for hour in range(28 * 24):
        moment = start + dt.timedelta(hours=hour)
        for sensor, kind, _ in SENSORS:
            if rng.random() < 0.01:
                continue
            base = {"temperature": 21.0, "pressure": 3.2, "humidity": 48.0}[kind]
            swing = {"temperature": 4.0, "pressure": 0.2, "humidity": 9.0}[kind]
            value: float | None = (
                base + swing * math.sin(2 * math.pi * hour / 24) + rng.gauss(0, swing / 8)
            )
            if sensor == "T05" and hour > 400:
                value = 23.75
            if sensor == "T06" and value is not None:
                value = value * 9 / 5 + 32
            if rng.random() < 0.004:
                value = -999.0
            elif rng.random() < 0.003:
                value = None
            found.append(
                (sensor, moment.isoformat(" "), value if value is None else round(value, 3))
            )
    return found


if __name__ == "__main__":
    path = Path(__file__).parent / "plant.db"
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as connection:
        connection.execute("create table sensors (sensor text primary key, kind text, unit text)")
        connection.execute("create table readings (sensor text, taken_at text, value real)")
        connection.executemany("insert into sensors values (?, ?, ?)", SENSORS)
        connection.executemany("insert into readings values (?, ?, ?)", readings())
    connection.close()
