"""What all tests share: nothing that an earlier run of the user's left is seen."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("POC_GRADUATE_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield
