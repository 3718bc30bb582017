"""Jupyter Server while 20 notebooks are checked: how long others wait for a listing."""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.faces.server.conftest import TOKEN, started  # noqa: E402

NOTEBOOKS, CELLS, ROUNDS = 20, 100, 10


def request(url: str, body: Any = None) -> float:
    """Seconds until an answer is there."""
    data = None if body is None else json.dumps(body).encode()
    asked = urllib.request.Request(url, data, {"Authorization": f"token {TOKEN}"})
    start = time.perf_counter()
    urllib.request.urlopen(asked, timeout=120).read()
    return time.perf_counter() - start


def typed(number: int, sequence: int) -> dict[str, Any]:
    """A notebook of which one cell has changed since the last round; all cells are sent."""
    sources = [f"x{n} = {n}\ny{n} = [x{n} + i for i in range(10)]" for n in range(CELLS - 1)]
    sources.append(f"import pandas as pd\na{sequence} = pd.read_csv('/home/me/a.csv')")
    cells = [
        {"id": f"c{n}", "type": "code", "hash": text, "source": text, "tags": []}
        for n, text in enumerate(sources)
    ]
    return {
        "path": f"n{number}.ipynb", "client": str(number), "sequence": sequence, "seen": 0,
        "language": "python", "cells": cells, "ignore": [],
    }  # fmt: skip


def figures(name: str, seconds: list[float]) -> str:
    """Median and longest."""
    longest = max(seconds) * 1000
    return f"{name:28} median {statistics.median(seconds) * 1000:.0f} ms, longest {longest:.0f} ms"


def main() -> None:
    """Print how long a listing takes, with nothing to do and with 20 notebooks."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "root"
        root.mkdir()
        with started(root, Path(folder) / "home") as url:
            check, listing = f"{url}/poc-graduate/check", f"{url}/api/contents"
            request(check, typed(99, 1))  # what rules import is there from now on
            print(figures("a listing, nothing to do", [request(listing) for _ in range(30)]))
            checks: list[float] = []

            def types(number: int) -> None:
                for sequence in range(1, ROUNDS + 1):
                    checks.append(request(check, typed(number, sequence)))

            people = [threading.Thread(target=types, args=[n]) for n in range(NOTEBOOKS)]
            for one in people:
                one.start()
            listed = []
            while any(one.is_alive() for one in people):
                listed.append(request(listing))
                time.sleep(0.02)
            print(figures(f"a listing, {NOTEBOOKS} notebooks", listed))
            print(figures("a check among them", checks))


if __name__ == "__main__":
    main()
