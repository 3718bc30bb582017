"""Absolute paths that are the project's own: what lies in the repository decides."""

from __future__ import annotations

import pytest

from poc_graduate.notebook.read import read_text
from poc_graduate.rules.run import check


def _found(root, source):
    (root / ".git").mkdir(exist_ok=True)
    path = root / "notebooks" / "example.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text("")
    notebook = read_text(f"# %%\n{source}\n", str(path))
    return [finding.message for finding in check(notebook, frozenset({"POC101"}))]


@pytest.fixture
def root(tmp_path):
    (tmp_path / "heart-failure" / "models").mkdir(parents=True)
    return tmp_path / "heart-failure"


def test_a_folder_of_the_project_that_is_made_is_told_as_its_own(root):
    (message,) = _found(root, "MODELS = r'D:\\Work\\heart-failure\\models'\nos.makedirs(MODELS)")

    assert message.endswith(
        "is the project's `models`, made by its place on this machine; elsewhere a stray folder is "
        "made, or the run ends, and nothing reaches `models`"
    )


def test_a_copy_may_be_called_after_the_project_and_more(root):
    copy = root.rename(root.with_name("heart-failure-main"))

    (message,) = _found(copy, "out = '/home/ann/heart-failure/models'\nos.makedirs(out)")
    (new,) = _found(copy, "out = '/home/ann/heart-failure/plots'\nos.makedirs(out)")

    assert "is the project's `models`, made" in message
    assert "is the project's `plots`, made" in new


@pytest.mark.parametrize(
    ("path", "then"),
    [
        ("/Users/ann/HF/models/a.csv", "elsewhere there is no such folder, and the run ends here"),
        ("E:/HF/models/a.csv", "elsewhere a stray file is written, or the run ends here"),
    ],
)
def test_a_file_of_the_project_that_is_written_is_told_as_its_own(root, path, then):
    (root / "models" / "a.csv").write_text("")

    (message,) = _found(root, f"df.to_csv('{path}')")

    assert f"is the project's `models/a.csv`, written by its place on this machine; {then}" in (
        message
    )


def test_a_file_that_is_to_be_written_into_a_folder_of_the_project_is_its_own(root):
    copy = root.rename(root.with_name("ann-heart-failure"))

    (message,) = _found(copy, "joblib.dump(m, 'C:/Work/heart-failure/models/new.pkl')")
    (other,) = _found(copy, "joblib.dump(m, 'C:/Work/heart-failure/none/new.pkl')")

    assert "is the project's `models/new.pkl`, written by its place on this machine" in message
    assert "is written outside of the project" in other


@pytest.mark.parametrize("path", ["/srv/models", "/srv/heart/models", "/srv/shop/models/a"])
def test_a_folder_that_is_only_called_like_one_of_the_project_is_elsewhere(root, path):
    (message,) = _found(root, f"os.makedirs('{path}')")

    assert "is made outside of the project" in message


@pytest.mark.parametrize("path", ["D:/Repos/heart-failure/models/a.csv", "/srv/HF/models/a.csv"])
def test_a_file_of_the_project_that_is_read_is_told_with_its_place_here(root, path):
    (root / "models" / "a.csv").write_text("")

    (message,) = _found(root, f"df = pd.read_csv('{path}')")

    assert message.endswith(
        "only on this machine (in this project it is `../models/a.csv`); the first run elsewhere "
        "ends here"
    )


@pytest.mark.parametrize("path", ["/content/drive/MyDrive/a.csv", "/home/ann/Downloads/a.csv"])
def test_a_file_here_that_is_called_so_is_told(root, path):
    (root / "models" / "a.csv").write_text("")

    (message,) = _found(root, f"df = pd.read_csv('{path}')")
    (root / "other").mkdir()
    (root / "other" / "a.csv").write_text("")
    (of_two,) = _found(root, f"df = pd.read_csv('{path}')")
    (root / "notebooks" / "a.csv").write_text("")
    (beside,) = _found(root, f"df = pd.read_csv('{path}')")

    assert "(here `../models/a.csv` is called so); the first" in message
    assert "is called so" not in of_two
    assert "(here `a.csv` is called so); the first" in beside
