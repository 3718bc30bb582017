"""Generated tests are run once; what fails is left out."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from poc_graduate.verify.trials.examiner import Examiner, surroundings
from poc_graduate.verify.trials.first_run import GONE, FirstRun, first_run, without

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
    with Examiner([], {**surroundings(1), "SHOP_KEY": "abc"}) as examiner:
        tried = first_run(tmp_path, FILES, examiner)

    failed = ("tests/unit/test_broken.py", "tests/unit/test_mixed.py::test_small[2]")
    assert tried == FirstRun(failed)


@pytest.mark.build
def test_a_run_that_ends_its_process_is_told_as_one(tmp_path: Path) -> None:
    ends = "import os\n\n\ndef test_ends():\n    os._exit(0)\n"

    with Examiner([], surroundings(1)) as examiner:
        tried = first_run(tmp_path, {"tests/unit/test_ends.py": ends}, examiner)

    assert tried == FirstRun((), "the process that was to do it ended")


@pytest.mark.build
def test_the_contracts_of_a_package_are_asked_and_one_that_changes_its_table_is_named(
    tmp_path: Path,
) -> None:
    package = tmp_path / "src" / "shop"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "contracts.py").write_text("KEPT, ROUNDED = 'kept', 'rounded'\n")
    (package / "batches.py").write_text(
        "from pathlib import Path\n\n\n"
        "def admit(frame, table, *, source, quarantine):\n"
        "    Path(quarantine).write_text('reason\\n')\n"
        "    return frame.round() if table == 'rounded' else frame\n"
    )
    pd.DataFrame({"price": [1.25, 2.5]}).to_pickle(tmp_path / "table.pickle")

    with Examiner(["pandas"], surroundings(1)) as examiner:
        tables = dict.fromkeys(["KEPT", "ROUNDED", "GONE"], tmp_path / "table.pickle")
        refused = examiner.refused(tmp_path, "shop", tables)

    assert refused == {
        "GONE": "AttributeError: module 'shop.contracts' has no attribute 'GONE'",
        "ROUNDED": "it does not come back as it was",
    }


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
