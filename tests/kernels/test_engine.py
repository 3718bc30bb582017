"""A notebook cannot tell a forked kernel from a fresh one, nor one run from another."""

from __future__ import annotations

import io
import os
import re
import time
import zipfile
from pathlib import Path

import nbformat
import papermill
import psutil
import pytest
from nbclient.exceptions import DeadKernelError

from poc_graduate.kernels.forked import running
from poc_graduate.kernels.parent import FORKED, register, warm_parent
from tests.kernels.probes import CELLS, ENTROPY, FAILING, LEFT, RAISES

pytestmark = pytest.mark.kernel
_UNSTEADY = re.compile(r"0x[0-9a-f]+|\b\d+\.\d+ seconds|/tmp/ipykernel_\d+/\d+\.py|Cell In\[\d+\]")


@pytest.fixture(scope="module")
def warm():
    register()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONHASHSEED", "0")
        with warm_parent(["matplotlib.pyplot", "numpy", "pandas", "scipy.linalg"]) as made:
            yield {"engine_name": made.engine, **made.options}


def _run(folder: Path, *cells: str, tags=(), **options):
    folder.mkdir(parents=True, exist_ok=True)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(one) for one in cells])
    for cell in notebook.cells:
        cell.metadata.tags = list(tags)
    for count, cell in enumerate(notebook.cells):
        cell.id = f"cell-{count}"
    notebook.metadata.kernelspec = {
        "name": "python3", "display_name": "Python 3", "language": "python",
    }  # fmt: skip
    path = folder.with_suffix(".ipynb")
    return papermill.execute_notebook(notebook, path, cwd=folder, progress_bar=False, **options)


def _shown(notebook, folder: Path) -> list[str]:
    texts = [str(_joined(cell.outputs)) for cell in notebook.cells]
    return [_UNSTEADY.sub("…", text.replace(str(folder), "<folder>")) for text in texts]


def _joined(outputs) -> list[object]:
    """Where a stream is cut in two is a matter of moments."""
    found: list[object] = []
    last = None
    for output in outputs:
        name = output.get("name") if output.output_type == "stream" else None
        if name and name == last:
            found[-1] += output.text
        else:
            found.append(output.text if name else {**output, "metadata": None})
        last = name
    return found


def test_every_probe_shows_in_a_fork_what_it_shows_in_a_fresh_kernel(tmp_path, warm):
    fresh = _run(tmp_path / "fresh", *CELLS)
    forked = [_run(tmp_path / name, *CELLS, **warm) for name in ("forked", "again")]

    expected = _shown(fresh, tmp_path / "fresh")
    assert sum("image/png" in one for one in expected) == 2
    for name, made in zip(("forked", "again"), forked, strict=True):
        assert made.metadata.papermill.kernel == FORKED
        for cell, ours, theirs in zip(CELLS, _shown(made, tmp_path / name), expected, strict=True):
            assert (cell, ours) == (cell, theirs)


def test_errors_exit_and_questions_end_as_in_a_fresh_kernel(tmp_path, warm):
    shown = []
    for name, options in (("fresh", {}), ("forked", warm)):
        # Papermill asks the kernel once more, which answers a tenth of a second after exit() only.
        with pytest.raises((papermill.PapermillExecutionError, DeadKernelError)):
            _run(tmp_path / name, *FAILING, tags=[RAISES], **options)
        made = nbformat.read(tmp_path / f"{name}.ipynb", 4)
        made.cells = [cell for cell in made.cells if cell.cell_type == "code"]
        shown.append(_shown(made, tmp_path / name))

    assert made.metadata.papermill.kernel == FORKED
    assert sum("traceback" in one for one in shown[0]) == 5
    for cell, theirs, ours in zip(FAILING, *shown, strict=True):
        assert (cell, ours) == (cell, theirs)


def test_runs_draw_numbers_of_their_own_and_tidy_up_at_their_end(tmp_path, warm):
    drawn = [_run(tmp_path / str(n), ENTROPY, **warm).cells[0].outputs[0] for n in range(2)]

    first, second = (eval(one["data"]["text/plain"]) for one in drawn)
    assert all(a != b for a, b in zip(first, second, strict=True))
    assert all((tmp_path / str(n) / "left.txt").exists() for n in range(2))


def test_what_is_open_at_the_end_is_left_as_a_fresh_kernel_leaves_it(tmp_path, warm):
    for name, options in (("fresh", {}), ("forked", warm)):
        made = _run(tmp_path / name, *LEFT, **options)

    left = [
        {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()}
        for name in ("fresh", "forked")
    ]
    archives = [zipfile.ZipFile(io.BytesIO(one.pop("archive.zip"))) for one in left]
    assert made.metadata.papermill.kernel == FORKED
    assert left[0] == left[1]
    assert left[0]["kept.txt"] == b"in a cycle, and its end"
    assert [one.read("name") for one in archives] == [b"text"] * 2


def test_a_cell_that_takes_too_long_is_interrupted(tmp_path, warm):
    cell = "import time\ntry:\n    time.sleep(60)\nexcept KeyboardInterrupt:\n    print('stopped')"
    start = time.monotonic()

    with pytest.raises(Exception, match="timed out"):
        _run(tmp_path / "slow", cell, execution_timeout=1, **warm)

    assert time.monotonic() - start < 30
    assert not running()


def test_a_kernel_that_dies_is_noticed_and_its_status_told(tmp_path, warm):
    with pytest.raises(Exception, match="Kernel died"):
        _run(tmp_path / "dies", "import os\nos._exit(3)", **warm)
    assert not running()


def test_what_a_run_has_started_ends_with_whoever_asked_for_it(tmp_path, warm):
    child = os.fork()
    if not child:
        try:
            code = "import os, time\nopen('pid', 'w').write(str(os.getpid()))\ntime.sleep(60)"
            _run(tmp_path / "orphan", code, **warm)
        finally:
            os._exit(1)
    pid = _until(lambda: int((tmp_path / "orphan" / "pid").read_text()))
    os.kill(child, 9)
    os.waitpid(child, 0)

    assert _until(lambda: not psutil.pid_exists(pid))


@pytest.mark.parametrize(
    ("modules", "why"),
    [
        (["no_such_module_zz"], "an import fails"),
        (["starts_a_thread"], "an import starts threads"),
        (["this"], "an import prints"),
    ],
)
def test_a_kernel_starts_as_usual_where_a_fork_would_differ(tmp_path, monkeypatch, modules, why):
    (tmp_path / "starts_a_thread.py").write_text(
        "import threading, time\nthreading.Thread(target=time.sleep, args=(60,)).start()"
    )
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{os.environ.get('PYTHONPATH', '')}")
    register()

    with warm_parent(modules) as warm:
        made = _run(tmp_path / "run", "1 + 1", engine_name=warm.engine, **warm.options)

    assert why in made.metadata.papermill.kernel
    assert made.cells[0].outputs[0]["data"]["text/plain"] == "2"


def test_another_environment_and_files_that_hide_modules_get_a_fresh_kernel(
    tmp_path, warm, monkeypatch
):
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "pandas.py").write_text("mine = True")
    assert "pandas" in _run(hidden, "1", **warm).metadata.papermill.kernel
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    assert "OMP_NUM_THREADS" in _run(tmp_path / "other", "1", **warm).metadata.papermill.kernel


def test_without_an_address_the_engine_learns_from_the_notebook(tmp_path, warm):
    made = _run(
        tmp_path / "learnt", "import pandas, sys\nprint('scipy' in sys.modules)", engine_name="warm"
    )

    assert made.metadata.papermill.kernel == FORKED
    assert made.cells[0].outputs[0]["text"] == "False\n"


def _until(found, seconds: float = 30.0):
    deadline = time.monotonic() + seconds
    while True:
        try:
            value = found()
            if value:
                return value
        except (OSError, ValueError):
            pass
        assert time.monotonic() < deadline
        time.sleep(0.05)
