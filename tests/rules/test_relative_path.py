"""Paths that lead out of the notebook's folder: what lies in the repository is told with them."""

from __future__ import annotations

import pytest

from poc_graduate.notebook.read import read_text
from poc_graduate.rules.run import check


@pytest.fixture
def root(tmp_path):
    (tmp_path / ".git").mkdir()
    (tmp_path / "notebooks").mkdir()
    return tmp_path


def _told(root, source):
    path = root / "notebooks" / "example.py"
    path.write_text("")
    notebook = read_text(f"# %%\n{source}\n", str(path))
    return [finding.message for finding in check(notebook, frozenset({"POC102"}))]


def test_a_folder_that_differs_in_case_is_told_as_it_is_called(root):
    (root / "Models").mkdir()
    (root.parent / "models").mkdir(exist_ok=True)  # nor is one further up meant

    (message,) = _told(root, "pickle.dump(m, open('../models/m.pkl', 'wb'))")

    assert "where it is called `../Models`: found only by a disk that takes `A` for `a`" in message


def test_a_folder_that_is_there_as_written_is_not_looked_for_in_another_case(root):
    (root / "Models").mkdir()
    (root / "models").mkdir(exist_ok=True)

    (message,) = _told(root, "pickle.dump(m, open('../models/m.pkl', 'wb'))")

    assert "is called" not in message


def test_a_folder_further_up_is_not_named_where_nobody_knows_the_repository(root):
    (root / ".git").rmdir()
    (root / "plots").mkdir()
    (root / "notebooks" / "notebooks").mkdir()

    (message,) = _told(root / "notebooks", "plt.savefig('../plots/a.png')")

    assert "leads out of the notebook's folder; started" in message


def test_a_folder_that_the_notebook_makes_is_not_looked_for(root):
    (root / "plots").mkdir()
    save = "plt.savefig('../../plots/a.png')"
    made = f"import os\nos.makedirs('../../plots', exist_ok=True)\n{save}"

    (there,) = _told(root, save)
    (message,) = _told(root, made)

    assert "where it does not lie (`../plots` does)" in there
    assert "leads out of the notebook's folder; started" in message


def test_a_path_below_a_change_of_folder_begins_there(root):
    source = "import os\nos.chdir('..')\n# %%\ndf = pd.read_csv('../data/a.csv')"

    _, message = _told(root, source)

    assert (
        "`../data/a.csv` leads out of the folder that `os.chdir('..')` (cell 1) has changed to, "
        "and of the project"
    ) in message


def test_a_path_above_a_change_of_folder_begins_at_the_notebook(root):
    source = "df = pd.read_csv('../data/a.csv')\n# %%\nimport os\nos.chdir('..')"

    assert any("`../data/a.csv` leads out of the notebook's folder" in one
               for one in _told(root, source))  # fmt: skip
