"""What cannot be converted is refused with cell, line and reason, and leaves nothing behind."""

from __future__ import annotations

import pytest

from tests.exports.conftest import write_notebook

pytestmark = pytest.mark.kernel


def test_a_cell_that_fails_is_named_with_its_error_and_what_to_do(tmp_path, poc):
    write_notebook(tmp_path, "x = 1", "y = 2\nopen('missing.csv')")

    done = poc("export", "story.ipynb", "--output", "project", cwd=tmp_path)

    assert done.returncode == 3
    assert "cell 4" in done.stderr
    assert "line 2" in done.stderr
    assert "missing.csv" in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == ["story.ipynb"]


def test_a_cell_that_does_not_end_is_stopped_at_the_limit(tmp_path, poc):
    write_notebook(tmp_path, "x = 1", "import time\ntime.sleep(600)")

    done = poc("export", "story.ipynb", "--output", "p", "--timeout", "3", cwd=tmp_path)

    assert done.returncode == 3
    assert "cell 4" in done.stderr


def test_the_notebook_itself_is_never_touched(tmp_path, poc):
    path = write_notebook(tmp_path, "open('made.txt', 'w').write('x')", "1 / 0")
    before = path.read_bytes()

    poc("export", "story.ipynb", "--output", "project", cwd=tmp_path)

    assert path.read_bytes() == before
    assert not (tmp_path / "made.txt").exists()
