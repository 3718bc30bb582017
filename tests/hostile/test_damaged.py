"""Damaged notebooks give findings or one clear sentence, never a traceback."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest

from poc_graduate.report.errors import error_sentence
from poc_graduate.rules.many import Job, check_many
from poc_graduate.rules.run import chosen
from tests.notebook.records import code, record

COUNT = 300
SOURCES = (
    "import pandas as pd\ndf = pd.read_csv('/home/me/data.csv')\n%matplotlib inline",
    "df = df.drop([12, 45])\nfor i, row in df.iterrows():\n    print(f'{row.x:>{i}}')",
    "%%bash\nfor f in *.csv; do wc -l $f; done",
    "def f(x: int = 3) -> str:\n    '''Doc.'''\n    try:\n        return x\n    except: pass",
    "!pip install pandas\nfiles = !ls\nx?",
)
WRONG: tuple[Any, ...] = (
    None, True, -1, 1e308, float("nan"), float("inf"), 10**400, "", "\ud800", "\u202e",
    [], {}, [[]], {"": {"": []}}, ["a", 1], "x" * 10_000,
)  # fmt: skip


def _whole(chance: random.Random) -> dict[str, Any]:
    cells: list[Any] = [{"cell_type": "markdown", "source": "# Title\n\ntext", "metadata": {}}]
    cells += [code(source, metadata={"tags": ["a"]}) for source in chance.sample(SOURCES, 3)]
    return record(*cells, metadata={"kernelspec": {"name": "python3", "language": "python"}})


def _inner(node: Any) -> list[tuple[Any, Any]]:
    """Every container and key in a record."""
    found, todo = [], [node]
    while todo:
        here = todo.pop()
        pairs = here.items() if isinstance(here, dict) else enumerate(here)
        for key, value in pairs:
            found.append((here, key))
            if isinstance(value, dict | list):
                todo.append(value)
    return found


def _cut(chance: random.Random) -> bytes:
    text = json.dumps(_whole(chance)).encode()
    return text[: chance.randrange(len(text))]


def _flipped(chance: random.Random) -> bytes:
    text = bytearray(json.dumps(_whole(chance), indent=1).encode())
    for _ in range(chance.randint(1, 12)):
        text[chance.randrange(len(text))] ^= 1 << chance.randrange(8)
    return bytes(text)


def _wrong_types(chance: random.Random) -> bytes:
    whole = _whole(chance)
    for _ in range(chance.randint(1, 3)):
        where, key = chance.choice(_inner(whole))
        where[key] = chance.choice(WRONG)
    return json.dumps(whole).encode("utf-8", "surrogatepass")


def _mutated_source(chance: random.Random) -> bytes:
    whole = _whole(chance)
    cell = chance.choice(whole["cells"][1:])
    text = list("".join(cell["source"]))
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(text))
        text[at] = chance.choice("()[]{}'\"\\\n\t %!?;:@#\x0c\u2028é\U0001f600\ud800\x1b0")
    cell["source"] = "".join(text)
    return json.dumps(whole).encode()


def _nested(chance: random.Random) -> bytes:
    depth = chance.choice((50, 90, 150, 900, 5_000))
    opened, closed = chance.choice((("(", ")"), ("[", "]"), ("-", ""), ("f'{", "}'"), ("x.y", "")))
    return json.dumps(record(code(opened * depth + "1" + closed * depth))).encode()


def _deep_json(chance: random.Random) -> bytes:
    depth = chance.choice((100, 900, 50_000))
    text = json.dumps(_whole(chance)).removesuffix("}")
    return f'{text}, "x": {"[" * depth}{"]" * depth}}}'.encode()


def _twice(chance: random.Random) -> bytes:
    text = json.dumps(_whole(chance)).removesuffix("}")
    return f'{text}, "cells": {chance.choice(("[]", "3", "[{}]"))}}}'.encode()


def _huge(chance: random.Random) -> bytes:
    line = chance.choice(("x = '" + "a" * 1_000_000 + "'", "x = [" + "1, " * 60_000 + "]"))
    line = chance.choice((line, "#" * 1_000_000, "a+" * 2_000 + "a", "    " * 3_000 + "x"))
    return json.dumps(record(code(line))).encode()


def _many(chance: random.Random) -> bytes:
    cells = [code(f"x{n} = {n}") for n in range(chance.choice((400, 1_900, 2_100)))]
    return json.dumps(record(*cells)).encode()


def _noise(chance: random.Random) -> bytes:
    return chance.choice((b"", b"{", b"\xff\xfe", b"\x1f\x8b", b"PK\x03\x04")) + chance.randbytes(
        chance.randrange(3_000)
    )


DAMAGE: tuple[tuple[Callable[[random.Random], bytes], int], ...] = (
    (_cut, 40), (_flipped, 60), (_wrong_types, 80), (_mutated_source, 70), (_nested, 14),
    (_deep_json, 6), (_twice, 8), (_huge, 6), (_many, 2), (_noise, 14),
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    chance, made = random.Random(20261125), tmp_path_factory.mktemp("damaged")
    for kind, count in DAMAGE:
        for number in range(count):
            (made / f"{kind.__name__[1:]}{number:02}.ipynb").write_bytes(kind(chance))
    return made


def test_the_set_is_large():
    assert sum(count for _, count in DAMAGE) == COUNT


def test_findings_or_one_clear_sentence(folder):
    files = sorted(folder.iterdir())
    codes, slowest = chosen(), (0.0, "")
    for file in files:
        start = time.process_time()
        answers = check_many([Job(file, codes)])
        slowest = max(slowest, (time.process_time() - start, file.name))

        for answer in answers:
            if answer.error is None:
                continue
            sentence = error_sentence(answer.error)
            assert "\n" not in sentence, file.name
            assert "defect" not in sentence, (file.name, sentence)
            assert answer.findings == ()
            assert len(sentence) < 600, (file.name, sentence)
    assert slowest[0] < 20, slowest  # generous: most take milliseconds


def test_the_command_shows_no_traceback(folder):
    start = "import sys; from poc_graduate.cli import main; main(sys.argv[1:])"
    answer = subprocess.run(
        [sys.executable, "-c", start, "check", str(folder), "--jobs", "2"],
        capture_output=True,
        timeout=300,
    )

    assert answer.returncode == 2
    assert b"Traceback" not in answer.stderr
    assert b"defect" not in answer.stderr
