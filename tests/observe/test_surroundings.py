"""Files, settings, modules and commands of a cell."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from poc_graduate.dataflow.facts import RunFacts
from poc_graduate.notebook.model import Notebook
from poc_graduate.observe.record import observe

pytestmark = pytest.mark.kernel

Make = Callable[..., Notebook]


def run(notebook: Notebook) -> RunFacts:
    return observe(notebook, candidates={}, second=False)


def test_files_are_seen_whoever_opens_them(notebook: Make) -> None:
    facts = run(
        notebook(
            """\
# %%
import os, pathlib, sqlite3, subprocess
import pandas as pd
df = pd.DataFrame({"a": [1, 2]})
# %%
df.to_parquet("a.parquet")
df.to_csv("a.csv")
os.makedirs("out/deep", exist_ok=True)
pathlib.Path("out/deep/note.txt").write_text("x")
pathlib.Path("brief.txt").write_text("x")
os.remove("brief.txt")
# %%
pd.read_parquet("a.parquet")
# %%
pd.read_csv("a.csv")
# %%
!cat a.csv
# %%
subprocess.run(["cp", "a.csv", "b.csv"], check=True)
# %%
with open("a.csv", "a") as more:
    more.write("9,9\\n")
# %%
os.listdir("out")
sorted(pathlib.Path("out").glob("**/*.txt"))
# %%
os.rename("b.csv", "c.csv")
os.remove("a.csv")
# %%
con = sqlite3.connect("data.db")
con.execute("create table t (a int)")
con.commit()
# %%
import json, decimal, xml.etree.ElementTree
"""
        )
    )
    cells = facts.cells

    assert cells[0].reads == cells[0].writes == cells[0].lists == ()
    assert set(cells[1].writes) == {"a.parquet", "a.csv", "out/deep/note.txt"}
    assert set(cells[1].makes) == {"out", "out/deep"}
    assert cells[1].deletes == cells[1].reads == ()
    assert cells[2].reads == ("a.parquet",)
    assert cells[3].reads == ("a.csv",)
    assert cells[4].reads == ("a.csv",)
    assert cells[4].subprocesses == ("cat a.csv",)
    assert cells[5].reads == ("a.csv",)
    assert cells[5].writes == ("b.csv",)
    assert cells[5].subprocesses == ("cp a.csv b.csv",)
    assert cells[6].writes == ("a.csv",)
    assert {"out", "out/deep"} <= set(cells[7].lists)
    assert cells[8].writes == ("c.csv",)
    assert set(cells[8].deletes) == {"a.csv", "b.csv"}
    assert "data.db" in cells[9].writes
    assert cells[10].reads == cells[10].lists == ()
    assert set(cells[1].ambient_values["files"]) == set(cells[1].writes)


def test_settings_are_seen_when_they_leave_their_defaults(notebook: Make) -> None:
    facts = run(
        notebook(
            """\
# %%
import decimal, locale, logging, os, sys, warnings
import numpy as np
import pandas as pd
import matplotlib.pyplot as plt
import sklearn.linear_model
import scipy.stats
# %%
x = 1
# %%
pd.set_option("display.max_rows", 7)
pd.options.display.float_format = lambda v: f"{v:.2f}"
# %%
np.set_printoptions(precision=3)
# %%
plt.rcParams["figure.figsize"] = (3, 2)
# %%
warnings.filterwarnings("ignore")
# %%
os.environ["MODE"] = "test"
os.environ["API_TOKEN"] = "abc"
# %%
os.makedirs("sub")
os.chdir("sub")
# %%
sys.path.insert(0, "../lib")
# %%
decimal.getcontext().prec = 5
# %%
logging.getLogger().setLevel(logging.DEBUG)
# %%
sys.setrecursionlimit(5000)
# %%
__builtins__.shout = print if False else (lambda v: v)
# %%
np.seterr(all="raise")
# %%
pd.reset_option("display.max_rows")
"""
        )
    )
    moved = [
        {name for name, mark in cell.ambient.items() if mark != before.get(name, "")}
        for cell, before in zip(
            facts.cells, [facts.start, *(c.ambient for c in facts.cells)], strict=False
        )
    ]

    assert moved[0] <= {"random", "numpy_random"}  # some library draws when it is imported
    assert moved[1:] == [
        set(),
        {"pandas"},
        {"numpy"},
        {"matplotlib"},
        {"warnings"},
        {"environ"},
        {"cwd"},
        {"path"},
        {"decimal"},
        {"logging"},
        {"recursion"},
        {"builtins"},
        {"numpy"},
        {"pandas"},
    ]
    told = [cell.ambient_values for cell in facts.cells]
    assert told[2]["pandas"]["display.max_rows"] == 7
    assert "display.float_format" not in told[2]["pandas"]
    assert told[5]["warnings"] == ["ignore::Warning::"]
    assert told[6]["environ"] == {"API_TOKEN": "***", "MODE": "test"}
    assert told[7]["cwd"] == "sub"
    assert told[8]["path"] == ["lib"]
    assert told[11]["recursion"] == 5000


def test_draws_and_seeds_show_in_the_generators(notebook: Make) -> None:
    facts = run(
        notebook(
            """\
# %%
import random
import numpy as np
np.random.seed(1)
random.seed(1)
# %%
x = 1
# %%
np.random.rand()
# %%
random.random()
# %%
np.random.seed(1)
random.seed(1)
"""
        )
    )
    states = [(c.ambient["numpy_random"], c.ambient["random"]) for c in facts.cells]

    assert states[0] == states[1] == states[4]
    assert states[2][0] != states[1][0]
    assert states[2][1] == states[1][1]
    assert states[3][1] != states[2][1]


def test_modules_of_the_notebook_are_named_with_their_files(notebook: Make) -> None:
    made = notebook("# %%\nimport helpers\nfrom lib import maths\n# %%\nimport json\n")
    folder = made.path.parent
    (folder / "helpers.py").write_text("X = 1\n")
    (folder / "lib").mkdir()
    (folder / "lib" / "maths.py").write_text("Y = 1\n")

    facts = run(made)

    assert facts.cells[0].modules["helpers"] == "helpers.py"
    assert facts.cells[0].modules["lib.maths"] == "lib/maths.py"
    assert facts.cells[0].reads == facts.cells[0].lists == ()
    assert facts.cells[1].modules == {}


def test_the_users_folder_is_not_touched(notebook: Make) -> None:
    made = notebook("# %%\nopen('new.txt', 'w').write('x')\nopen('old.txt', 'w').write('y')\n")
    old = made.path.parent / "old.txt"
    old.write_text("as it was")

    facts = run(made)

    assert set(facts.cells[0].writes) == {"new.txt", "old.txt"}
    assert old.read_text() == "as it was"
    assert not (made.path.parent / "new.txt").exists()


def test_files_above_the_notebook_can_be_read(notebook: Make, tmp_path: Path) -> None:
    made = notebook(
        "# %%\nimport os\ntext = open('../data/x.csv').read()\nprint(os.getcwd())\n",
        folder="project/notebooks",
    )
    data = tmp_path / "project" / "data" / "x.csv"
    data.parent.mkdir()
    data.write_text("a\n")

    [cell] = run(made).cells

    assert cell.reads == (str(data),)
    assert cell.outputs[0]["text"] == f"{made.path.parent}\n"


def test_what_an_earlier_run_left_is_not_read_by_the_cell_that_replaces_it(notebook: Make) -> None:
    made = notebook(
        """\
# %%
import pickle
import pandas as pd
df = pd.DataFrame({"a": [1, 2]})
# %%
df.to_csv("made.csv")
df.to_parquet("made.parquet")
with open("made.pickle", "wb") as file:
    pickle.dump(df, file)
pd.read_csv("made.csv")
# %%
with open("log.txt", "a") as log:
    log.write("more")
# %%
count = int(open("count.txt").read())
with open("count.txt", "w") as file:
    file.write(str(count + 1))
# %%
with open("slot.bin", "r+b") as file:
    file.write(b"1")
# %%
import pyarrow.csv
table = pyarrow.csv.read_csv("c.csv")
table.to_pandas().to_csv("c.csv")
"""
    )
    names = ("made.csv", "made.parquet", "made.pickle", "log.txt", "count.txt", "slot.bin", "c.csv")
    for name in names:
        (made.path.parent / name).write_text("1\n2\n")
    (made.path.parent / "count.txt").write_text("1")

    _, replaced, appended, counted, updated, altered = run(made).cells

    assert replaced.reads == ()
    assert set(replaced.writes) == {"made.csv", "made.parquet", "made.pickle"}
    assert appended.reads == appended.writes == ("log.txt",)
    assert counted.reads == counted.writes == ("count.txt",)
    assert updated.reads == updated.writes == ("slot.bin",)
    assert altered.reads == altered.writes == ("c.csv",)


def test_an_address_is_noted(notebook: Make) -> None:
    [cell] = run(
        notebook(
            """\
# %%
import urllib.request
try:
    urllib.request.urlopen("http://localhost:9/none", timeout=1)
except OSError:
    pass
"""
        )
    ).cells

    assert cell.network == ("localhost:9",)
