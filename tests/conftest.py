"""What all tests share: nothing that an earlier run of the user's left is seen."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest

WITHOUT = str(Path(__file__).parent / "without")


def pytest_configure() -> None:
    """Processes that tests start do without what takes them long to load and is of no use there."""
    paths = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    if WITHOUT not in paths:
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [WITHOUT, *paths]))


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("POC_GRADUATE_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


def pytest_collection_finish() -> None:
    """What was collected stays to the end: no collection of garbage needs to go through it."""
    gc.collect()
    gc.freeze()
