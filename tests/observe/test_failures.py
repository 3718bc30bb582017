"""What stops a run: said with the cell, the line and what to do."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from poc_graduate.errors import CellFailed, KernelError, Refusal
from poc_graduate.notebook.model import Notebook
from poc_graduate.observe.failures import cell_failed
from poc_graduate.observe.record import observe

Make = Callable[..., Notebook]


def test_remedies_fit_what_is_missing(notebook: Make) -> None:
    made = notebook("# %%\nearly()\nimport cv2\n# %%\ndef early():\n    pass\n# %%\nold = 1\n")
    (made.path.parent / "lib").mkdir()
    (made.path.parent / "lib" / "helpers.py").write_text("")
    cell = made.cells[0]

    def remedy(name: str, text: str, **said: object) -> str:
        return cell_failed(made, cell, {"ename": name, "evalue": text}, said).remedy

    assert remedy("NameError", "name 'early' is not defined") == (
        "cell 2 defines 'early': move it above this one"
    )
    assert remedy("NameError", "name 'ghost' is not defined") == (
        "no cell defines 'ghost': define it, or delete what uses it"
    )
    assert remedy("ModuleNotFoundError", "No module named 'cv2'") == "pip install opencv-python"
    assert remedy("ModuleNotFoundError", "No module named 'our_db'") == (
        "pip install our_db; or, where our_db is code of your own, put it beside the notebook"
    )
    assert remedy("ModuleNotFoundError", "No module named 'helpers'") == (
        "lib/helpers.py is there, but not on the import path: add its folder to sys.path"
    )
    assert remedy("FileNotFoundError", "[Errno 2] …: 'x.csv'", file="x.csv") == (
        f"put x.csv into {made.path.parent}"
    )
    assert remedy("FileNotFoundError", "…", file="../data/x.csv") == (
        f"put the file at {made.path.parent.parent}/data/x.csv"
    )
    assert remedy("FileNotFoundError", "…", file=r"D:\My data\x.csv") == (
        "put x.csv beside the notebook and read it as 'x.csv'"
    )
    assert remedy("FileNotFoundError", "…", file=r"data\x.csv") == (
        "write 'data/x.csv': only Windows separates folders by a backslash"
    )
    assert "becomes a parameter" in remedy("StdinNotImplementedError", "…")
    assert remedy("UsageError", "Cell magic `%%sparkle` not found.").startswith(
        "load the extension"
    )
    assert remedy("ZeroDivisionError", "division by zero").startswith("make the notebook run")
    assert remedy("ImportError", "`Import lxml` failed. Use pip or conda.") == "pip install lxml"
    assert remedy("ImportError", "Missing optional dependency 'openpyxl'. Use pip …") == (
        "pip install openpyxl"
    )
    resource = "\n****\n  Resource punkt not found.\n  >>> nltk.download('punkt')\n****\n"
    assert remedy("LookupError", resource).endswith("python -m nltk.downloader punkt")
    assert remedy("URLError", "<urlopen error [Errno -2] Name or service not known>").startswith(
        "connect this machine to the network"
    )
    for gone in (
        "read_csv() got an unexpected keyword argument 'error_bad_lines'",
        "module 'numpy' has no attribute 'float'",
        "'DataFrame' object has no attribute 'append'",
    ):
        assert "another release" in remedy("TypeError", gone)
    told = str(cell_failed(made, cell, {"ename": "UsageError", "evalue": "magic not found."}, {}))
    assert "magic not found. Load the extension" in told


def test_the_first_line_with_words_is_told(notebook: Make) -> None:
    made = notebook("# %%\nx = 1\n")
    text = "\n**********\n  Resource punkt not found.\n**********"

    failed = cell_failed(made, made.cells[0], {"ename": "LookupError", "evalue": text}, {})

    assert "LookupError: Resource punkt not found." in str(failed)


@pytest.mark.kernel
@pytest.mark.parametrize(
    ("source", "line", "found"),
    [
        ("x = 1\n\ny = x / 0", 3, "ZeroDivisionError: division by zero"),
        ("def f():\n    raise ValueError('no')\n\nf()", 4, "ValueError: no"),
        ("x = 1\nx = = 2", 2, "SyntaxError: invalid syntax"),
        ("%matplotlib inline\n!true\nimport not_there", 3, "No module named 'not_there'"),
        ("open('no.csv')", 1, "No such file or directory: 'no.csv'"),
        ("answer = input('?')", 1, "StdinNotImplementedError"),
        ("import pandas as pd\npd.DataFrame({'a': [1]})['b']", 2, "KeyError: 'b'"),
    ],
)
def test_an_error_names_cell_line_and_message(
    notebook: Make, source: str, line: int, found: str
) -> None:
    with pytest.raises(CellFailed) as failure:
        observe(notebook(f"# %%\nx = 0\n# %%\n{source}"), candidates={}, second=False)

    assert failure.value.place is not None
    assert (failure.value.place.cell, failure.value.place.line) == (2, line)
    assert found in failure.value.found
    assert failure.value.remedy


@pytest.mark.kernel
def test_a_cell_that_shows_an_error_and_goes_on_stops_a_pipeline(notebook: Make) -> None:
    source = "class Table:\n    def __repr__(self):\n        raise ValueError('no rows')\n\nTable()"

    with pytest.raises(CellFailed, match="displays an error and goes on: ValueError: no rows") as e:
        observe(notebook(f"# %%\nx = 1\n# %%\n{source}"), candidates={}, second=False)

    assert e.value.place is not None
    assert e.value.place.cell == 2


@pytest.mark.kernel
def test_a_cell_that_may_fail_may_fail(notebook: Make) -> None:
    facts = observe(
        notebook("# %% raises-exception\n1 / 0\n# %%\nx = 1"), candidates={}, second=False
    )

    assert facts.cells[0].outputs[0]["ename"] == "ZeroDivisionError"
    assert facts.cells[1].bound == {"x"}


@pytest.mark.kernel
def test_a_cell_that_does_not_end_is_stopped(notebook: Make) -> None:
    began = time.monotonic()

    with pytest.raises(CellFailed, match="did not end within 1 seconds") as failure:
        observe(
            notebook("# %%\nimport time\ntime.sleep(60)"), candidates={}, second=False, timeout=1
        )

    assert failure.value.place is not None
    assert failure.value.place.cell == 1
    assert time.monotonic() - began < 20


@pytest.mark.kernel
def test_a_kernel_that_dies_is_an_error_of_that_cell(notebook: Make) -> None:
    with pytest.raises(KernelError, match="died") as failure:
        observe(notebook("# %%\nx = 1\n# %%\nimport os\nos._exit(3)"), candidates={}, second=False)

    assert failure.value.place is not None
    assert failure.value.place.cell == 2


@pytest.mark.kernel
def test_what_fails_under_another_hash_seed_is_refused(notebook: Make) -> None:
    source = "import os\nassert os.environ['PYTHONHASHSEED'] == '0', 'other order'"

    with pytest.raises(CellFailed, match="under another hash seed, AssertionError: other order"):
        observe(notebook(f"# %%\n{source}"), candidates={})


@pytest.mark.kernel
def test_changing_a_file_in_the_users_own_folder_is_stopped(notebook: Make, tmp_path: Path) -> None:
    target = tmp_path / "in.csv"
    target.write_text("as it was")

    source = f"try:\n    open({str(target)!r}, 'w')\nexcept OSError:\n    pass"
    with pytest.raises(CellFailed, match=r"the cell changes .*in\.csv, a file of the") as failure:
        observe(notebook(f"# %%\n{source}"), candidates={}, second=False)

    assert "by a path relative to the notebook" in failure.value.remedy
    assert target.read_text() == "as it was"


@pytest.mark.kernel
def test_a_file_changed_behind_pythons_back_is_refused(notebook: Make, tmp_path: Path) -> None:
    target = tmp_path / "in.csv"
    target.write_text("as it was")

    with pytest.raises(Refusal, match=r"in\.csv was changed while prototype\.ipynb ran"):
        observe(notebook(f"# %%\n!echo more >> {target}"), candidates={}, second=False)


@pytest.mark.kernel
def test_an_unknown_kernel_is_replaced_and_said(notebook: Make) -> None:
    facts = observe(notebook("# %%\nx = 1", kernel="my-env"), candidates={}, second=False)

    assert facts.kernel_note.startswith("kernel 'my-env' is not installed here; ran on Python 3.")


@pytest.mark.kernel
def test_nothing_is_left_behind(
    notebook: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))

    with pytest.raises(CellFailed):
        observe(notebook("# %%\nimport os\nprint(os.getpid())\n1 / 0"), candidates={})

    assert os.listdir(temporary) == []


INTERRUPTED = """
import signal, sys
from pathlib import Path
from poc_graduate.notebook.model import Cell, Notebook
from poc_graduate.observe.record import observe
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in background jobs
source = "import os, time; open('pid-%d' % os.getpid(), 'w').close(); time.sleep(60)"
observe(Notebook(Path(sys.argv[1]), (Cell(1, "a", "code", source, source),)), candidates={})
"""


@pytest.mark.kernel
def test_ctrl_c_ends_the_kernels_and_removes_the_copies(notebook: Make, tmp_path: Path) -> None:
    made = notebook("# %%\nx = 1", folder="home")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, str(made.path)],
        env={**os.environ, "TMPDIR": str(temporary), "PYTHONPATH": str(Path(__file__).parents[2])},
        stderr=subprocess.PIPE,
    )
    kernels: list[int] = []
    until = time.monotonic() + 60
    while len(kernels) < 2 and time.monotonic() < until:
        time.sleep(0.1)
        kernels = [int(path.name[4:]) for path in temporary.glob("*/*/pid-*")]

    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)

    assert len(kernels) == 2
    assert b"KeyboardInterrupt" in said
    assert os.listdir(temporary) == []
    assert not any(Path(f"/proc/{kernel}").exists() for kernel in kernels)
