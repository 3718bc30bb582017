"""Write plant.db and calibration.csv: four weeks of synthetic readings with the usual faults.

python make_data.py [FOLDER]
"""

from __future__ import annotations

import math
import random
import sqlite3
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

START, HOURS = datetime(2024, 3, 4), 28 * 24
SENTINEL = -999.0
STUCK = ("T05", 400, 23.75)  # sensor, since which hour, at which value
FAHRENHEIT = "T06"
WET = ("H02", 333, 339)  # sensor, from which hour, to which hour
SILENT = ("P03", 190, 214)  # sensor, from which hour, to which hour

SENSORS = [
    *((f"T{n:02}", "temperature", "C", f"hall {1 + n % 3}") for n in range(1, 7)),
    *((f"P{n:02}", "pressure", "bar", f"line {1 + n % 2}") for n in range(1, 5)),
    ("H01", "humidity", "%", "hall 1"),
    ("H02", "humidity", "%", "hall 2"),
]
USUAL = {"temperature": (21.0, 4.0), "pressure": (3.2, 0.2), "humidity": (48.0, 9.0)}
CALIBRATION = [
    "sensor;offset;checked",
    "T02;-0.4;2024-02-27",
    "T04;+0.25;2024-02-27",
    "P01;0.03;2024-02-28",
    "H02;-1.5;2024-02-28",
]


def readings(seed: int = 3) -> Iterator[tuple[str, str, float | None]]:
    """A reading each hour: sensor, moment, value.

    Single hours are missing, one sensor is silent for a day, one is stuck, one is wet for a while,
    one reports Fahrenheit, failed readings are -999 or nothing, and some rows were sent twice.
    """
    rng = random.Random(seed)
    for hour in range(HOURS):
        for sensor, kind, _, _ in SENSORS:
            silent = sensor == SILENT[0] and SILENT[1] <= hour < SILENT[2]
            if silent or rng.random() < 0.01:
                continue
            middle, swing = USUAL[kind]
            phase = 2 * math.pi * (hour - 9) / 24
            value = middle + swing * math.sin(phase) + rng.gauss(0, swing / 8)
            if sensor == WET[0] and WET[1] <= hour < WET[2]:
                value += 46
            if sensor == STUCK[0] and hour > STUCK[1]:
                value = STUCK[2]
            if sensor == FAHRENHEIT:
                value = value * 9 / 5 + 32
            chance = rng.random()
            sent = SENTINEL if chance < 0.004 else None if chance < 0.007 else round(value, 3)
            row = (sensor, (START + timedelta(hours=hour)).isoformat(" "), sent)
            yield row
            if rng.random() < 0.003:
                yield row


def main(folder: Path) -> None:
    """Write both files into a folder; the same content every time."""
    (folder / "calibration.csv").write_bytes("".join(f"{c}\n" for c in CALIBRATION).encode())
    path = folder / "plant.db"
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path)
    with connection:
        connection.execute(
            "create table sensors (sensor text primary key, kind text, unit text, place text)"
        )
        connection.execute("create table readings (sensor text, taken_at text, value real)")
        connection.executemany("insert into sensors values (?, ?, ?, ?)", SENSORS)
        connection.executemany("insert into readings values (?, ?, ?)", readings())
    connection.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
