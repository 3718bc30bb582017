"""How a model's rows come from a checked table: read from the text of tasks and package."""

from __future__ import annotations

from pathlib import Path

import pytest

from poc_graduate.generate.operating.preparation import Preparation, Unread, preparation

HEAD = "import pandas as pd\nfrom shop.batches import admit\nfrom shop.contracts import ROWS\n"
TASK = """upstream = None
product = None
CUT = None
rows = pd.read_csv("rows.csv")
rows = admit(rows, ROWS, source="rows", quarantine=product["rows_quarantine"])
"""
KEPT = "products/train/rows.parquet products/train/model.pickle"


def read(
    folder: Path, train: str, module: str = "", *, kept: str = KEPT, truth: str = "", **tasks: str
) -> Preparation:
    """What is read of a project whose last task is `train`."""
    (folder / "tasks").mkdir()
    (folder / "src" / "shop").mkdir(parents=True)
    for name, text in {**tasks, "train": train}.items():
        (folder / "tasks" / f"{name}.py").write_text(HEAD + text)
    (folder / "src/shop/work.py").write_text("import numpy as np\nimport pandas as pd\n" + module)
    (folder / "pipeline.yaml").write_text("\n".join(f"- {one}" for one in kept.split()))
    return preparation(folder, "shop", "products/train/model.pickle", truth)


FIT = "model = Model()\nmodel.fit(some, some['y'])\n"


@pytest.mark.parametrize(
    "pick",
    [
        "some = rows[rows['day'] < CUT]",
        "some = rows[:100].copy()",
        "some = rows.loc[rows.day.between(1, 9)]",
        "some = rows.loc['2020':, :]",
        "some = rows.iloc[:300]",
        "some = rows.sample(frac=0.5, random_state=1)",
        "late = rows['day'] > CUT\nsome = rows[~late]",
        "late = rows['day'] > CUT\nsome = rows[late].copy().head(9)",
        "some, rest = train_test_split(rows, test_size=0.2)",
    ],
)
def test_which_rows_are_picked_changes_none(pick: str, tmp_path: Path) -> None:
    found = read(tmp_path, f"{TASK}{pick}\n{FIT}")

    assert found.statements == ()
    assert (found.table, found.rows, found.contract) == ("rows", "rows", "ROWS")
    assert found.target == "y"
    assert found.checked == found.sample == "products/train/rows.parquet"


def test_functions_of_the_package_are_read_as_if_they_stood_in_the_task(tmp_path: Path) -> None:
    module = """
FEATURES = ["a", "b"]

def ratio(a, b):
    return a / b

def fill(rows):
    rows["c"] = ratio(rows["a"], rows["b"])

def divide(rows, *, share):
    some = rows.head(9)
    X = rows[FEATURES + ["c"]]
    y = rows["target"]
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=share)
    return X_train, X_test, y_train, y_test

def train(X, y):
    model = Model()
    model.fit(X, np.log(y))
    return model
"""
    task = (
        "from shop.work import divide, fill, train\n" + TASK + "fill(rows)\n"
        "X_train, X_test, y_train, y_test = divide(rows, share=0.2)\n"
        "model = train(X_train, y_train)\n"
    )
    first = "rows = pd.read_csv('x.csv')\nrows = admit(rows, ROWS, source='rows')\n"
    task = task.replace(TASK, 'rows = load(upstream["read"]["rows"])\n')
    kept = "products/read/rows.parquet products/train/X_test.parquet products/train/model.pickle"

    found = read(tmp_path, task, module, kept=kept, read=first)

    assert found.statements == (
        "rows['c'] = ratio(rows['a'], rows['b'])",
        "X = rows[FEATURES + ['c']]",
    )
    assert found.rows == "X"
    assert found.target == "target"
    assert found.imports == (
        "import pandas as pd",
        "from shop.contracts import ROWS",
        "from shop.work import FEATURES",
        "from shop.work import ratio",
    )
    assert (found.checked, found.sample) == (
        "products/read/rows.parquet",
        "products/train/X_test.parquet",
    )


def test_a_check_behind_the_pick_is_of_the_same_table(tmp_path: Path) -> None:
    task = (
        "rows = pd.read_csv('x')\nsome = rows[rows.a > 1]\nrows = admit(rows, ROWS, source='x')\n"
    )

    assert read(tmp_path, task + "model = Model().fit(some)\n", truth="y").target == "y"


def test_a_check_of_what_has_been_changed_since_the_pick_is_of_another(tmp_path: Path) -> None:
    task = (
        "rows = pd.read_csv('x')\nsome = rows[rows.a > 1]\nrows['z'] = 1\n"
        "rows = admit(rows, ROWS, source='x')\nmodel = Model().fit(some)\n"
    )

    with pytest.raises(Unread, match="no table with a contract"):
        read(tmp_path, task, truth="y")


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("X = rows.drop(columns=['y'])", ()),
        ("X = rows.drop('y', axis=1)", ()),
        ("X = rows.drop(columns=['id', 'y'])", ("X = rows.drop(columns=['id'])",)),
        ("X = rows.copy()\ny = X.pop('y')", ()),
        ("X = rows.copy()\ndel X['y']", ()),
    ],
)
def test_a_request_has_no_target_to_take_away(
    line: str, left: tuple[str, ...], tmp_path: Path
) -> None:
    kept = KEPT + " products/train/X.parquet"

    found = read(tmp_path, f"{TASK}{line}\nmodel = Model().fit(X, rows['y'])\n", kept=kept)

    assert found.statements == left


@pytest.mark.parametrize(
    ("task", "kept", "says"),
    [
        (TASK + "model = make()\n", KEPT, "does not fit `model`"),
        (TASK + "X = rows + CUT\nmodel = Model().fit(X, rows['y'])\n", KEPT, "the parameter CUT"),
        (TASK + "X = rows * 2\nmodel = Model().fit(X, rows['y'])\n", KEPT, "keep `X`"),
        (TASK + FIT.replace("some", "rows"), "products/train/model.pickle", "let stage train keep"),
        (TASK + "model = Model().fit(rows)\n", KEPT, "no column is known"),
        ("rows = 1\nmodel = Model().fit(rows, rows['y'])\n", KEPT, "no table with a contract"),
    ],
)
def test_what_has_another_form_is_told_in_words(
    task: str, kept: str, says: str, tmp_path: Path
) -> None:
    with pytest.raises(Unread, match=says):
        read(tmp_path, task, kept=kept)
