"""Plans of notebooks that are open, saved or not; nothing is run, and nothing is written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.faces.server.conftest import Ask, export, plan

pytest.importorskip("jupyter_server")


def opened(root: Path, *sources: str) -> dict[str, Any]:
    """What an editor holds of the notebook, its code cells changed."""
    content: dict[str, Any] = json.loads((root / "story.ipynb").read_text())
    codes = [cell for cell in content["cells"] if cell["cell_type"] == "code"]
    for cell, source in zip(codes, sources, strict=False):
        cell["source"] = source
    return content


def test_a_plan_is_told_without_running_anything(ask: Ask, root: Path) -> None:
    before = (root / "story.ipynb").read_bytes()

    status, answer = ask("plan", plan("story.ipynb"))

    assert status == 200
    assert [stage["name"] for stage in answer["plan"]["stages"]] == ["part_a", "part_b", "part_c"]
    assert answer["plan"]["crossing"][0]["names"] == ["numbers"]
    assert (answer["target"], answer["unsaved"]) == ("story", False)
    assert (root / "story.ipynb").read_bytes() == before


def test_stages_as_the_user_wants_them(ask: Ask) -> None:
    stages = [
        {"name": "both", "title": "Both", "cells": [2, 4]},
        {"name": "last", "title": "Last", "cells": [6]},
    ]

    _, answer = ask("plan", plan("story.ipynb", stages=stages))

    assert [(s["name"], s["cells"]) for s in answer["plan"]["stages"]] == [
        ("both", [2, 4]),
        ("last", [6]),
    ]


def test_stages_that_cannot_be_are_told(ask: Ask) -> None:
    stages = [{"name": "part", "title": "", "cells": [2]}]

    for path, body in (
        ("plan", plan("story.ipynb", stages=stages)),
        ("plan", plan("story.ipynb", stages=[{**stages[0], "name": "a b", "cells": [2, 4, 6]}])),
    ):
        status, answer = ask(path, body)
        assert status == 422
        assert answer["error"]["found"]


def test_what_is_typed_and_not_saved_is_planned_and_the_file_stays(ask: Ask, root: Path) -> None:
    before = (root / "story.ipynb").stat()
    content = opened(root, "words = ['a']", "words.append('b')")

    status, answer = ask("plan", plan("story.ipynb", content=content))

    assert (status, answer["unsaved"]) == (200, True)
    assert answer["plan"]["crossing"][0]["names"] == ["words"]
    after = (root / "story.ipynb").stat()
    assert (after.st_mtime_ns, after.st_size) == (before.st_mtime_ns, before.st_size)


def test_an_editor_that_holds_what_was_saved_is_not_unsaved(ask: Ask, root: Path) -> None:
    content = opened(root)
    for cell in content["cells"]:
        cell["metadata"]["trusted"] = True
        cell["source"] = "".join(cell["source"])

    _, answer = ask("plan", plan("story.ipynb", content=content))

    assert answer["unsaved"] is False


def test_findings_and_their_places_are_of_what_is_open(ask: Ask, root: Path) -> None:
    content = opened(root, 'import pandas as pd\npd.read_csv("/home/me/x.csv")')

    _, answer = ask("plan", plan("story.ipynb", content=content))

    found = next(one for one in answer["findings"] if one["code"].startswith("POC1"))
    assert (found["cell"], found["line"], found["path"]) == (2, 2, "story.ipynb")


def test_a_typing_mistake_that_is_not_saved_has_its_place(ask: Ask, root: Path) -> None:
    _, answer = ask("plan", plan("story.ipynb", content=opened(root, "x = 1", "y = (")))

    error = answer["error"]
    assert (error["notebook"], error["cell"], error["line"]) == ("story.ipynb", 4, 1)


def test_stages_of_a_job_are_looked_at_before_it_begins(ask: Ask) -> None:
    stages = [{"name": "part", "title": "", "cells": [1]}]

    status, _ = ask("jobs", export("story.ipynb", "made", stages=stages))

    assert status == 422
