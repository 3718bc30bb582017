"""Generated tests are run once; what fails is left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from poc_graduate.verify.trials.first_run import GONE, failing, without

FILES: dict[str, str | bytes] = {
    "tests/unit/test_good.py": (
        "import os\n\n\n"
        "def test_right():\n    assert 1 + 1 == 2\n\n\n"
        "def test_variable():\n    assert os.environ['SHOP_KEY'] == 'abc'\n"
    ),
    "tests/unit/test_mixed.py": (
        "import pytest\n\n\n"
        "@pytest.mark.parametrize('n', [1, 2])\ndef test_small(n):\n    assert n < 2\n\n\n"
        "def test_true():\n    assert True\n"
    ),
    "tests/unit/test_broken.py": "import a_module_that_is_not_there\n\n\ndef test_x():\n    pass\n",
    "tests/unit/samples/rows.pickle": b"\x80",
    "tests/integration/test_all.py": "def test_builds():\n    raise AssertionError('not run')\n",
}


@pytest.mark.build
def test_what_fails_is_named_and_what_needs_a_build_is_not_run(tmp_path: Path) -> None:
    failed = failing(tmp_path, FILES, {"SHOP_KEY": "abc"})

    assert failed == ["tests/unit/test_broken.py", "tests/unit/test_mixed.py::test_small[2]"]


def test_what_failed_is_left_out_with_all_its_cases() -> None:
    files = {path: text.encode() if isinstance(text, str) else text for path, text in FILES.items()}
    files["pyproject.toml"] = b""

    changed = without(
        files, ["tests/unit/test_broken.py", "tests/unit/test_mixed.py::test_small[2]"]
    )

    assert changed == {
        "tests/unit/test_broken.py": GONE,
        "tests/unit/test_mixed.py": b"def test_true():\n    assert True\n",
    }
