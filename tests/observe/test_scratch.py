"""The copy that a notebook runs in: what it needs, and nothing that could harm the original."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from poc_graduate.errors import Refusal
from poc_graduate.notebook.model import Notebook
from poc_graduate.observe import scratch
from poc_graduate.observe.scratch import scratch_copy

Make = Callable[..., Notebook]


def files(folder: Path) -> set[str]:
    return {str(p.relative_to(folder)) for p in folder.rglob("*") if not p.is_dir()}


def test_the_folder_is_copied_without_what_tools_leave(notebook: Make) -> None:
    made = notebook("# %%\nx = 1")
    home = made.path.parent
    for name in ("data/a.csv", ".git/config", "__pycache__/a.pyc", ".ipynb_checkpoints/a.ipynb"):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text("x")
    (home / "env").mkdir()
    (home / "env" / "pyvenv.cfg").write_text("")

    with scratch_copy(made) as copy:
        assert files(copy.folder) == {"prototype.ipynb", "data/a.csv"}
        assert copy.folder == copy.root
        assert copy.folder.name == home.name
        (copy.folder / "data" / "a.csv").write_text("changed")

    assert (home / "data" / "a.csv").read_text() == "x"
    assert not copy.root.exists()


def test_what_the_code_names_above_the_notebook_is_copied_too(
    notebook: Make, tmp_path: Path
) -> None:
    made = notebook(
        "# %%\nimport sys\nsys.path.append('../..')\nimport helpers\nopen('../../data/raw/a.csv')",
        folder="top/work/notebooks",
    )
    for name in ("data/raw/a.csv", "helpers.py", "unrelated/big.bin", "work/other/b.txt"):
        (tmp_path / "top" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "top" / name).write_text("x")

    with scratch_copy(made) as copy:
        assert files(copy.root) == {
            "work/notebooks/prototype.ipynb",
            "data/raw/a.csv",
            "helpers.py",
        }
        assert copy.folder == copy.root / "work" / "notebooks"
        there = str(copy.root / "data")
        assert copy.as_original(there) == str(tmp_path / "top" / "data")
        assert copy.as_original("relative.csv") == "relative.csv"


def test_large_files_are_linked_and_a_change_is_refused(
    notebook: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scratch, "COPIED_UP_TO", 10)
    made = notebook("# %%\nx = 1")
    large = made.path.parent / "large.bin"
    large.write_bytes(b"x" * 100)

    with scratch_copy(made) as copy:
        assert (copy.folder / "large.bin").is_symlink()
        copy.check_originals(made)
        large.write_bytes(b"y" * 101)

        with pytest.raises(Refusal, match=r"large\.bin, which is too large to copy, in place"):
            copy.check_originals(made)


def test_a_notebook_beside_the_copies_does_not_copy_them(
    notebook: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = notebook("# %%\nx = 1")
    monkeypatch.setattr("tempfile.tempdir", str(made.path.parent))

    with scratch_copy(made) as one, scratch_copy(made) as other:
        assert files(one.folder) == files(other.folder) == {"prototype.ipynb"}
