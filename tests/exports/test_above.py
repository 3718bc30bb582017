"""Code that works out the folder above its own finds its files in the project, too."""

from __future__ import annotations

import json
import subprocess
import sys

import pandas as pd
import pytest

from tests.exports.conftest import write_notebook


@pytest.mark.build
def test_files_above_named_by_computed_code_keep_their_places(tmp_path, poc):
    (tmp_path / "work" / "notebooks").mkdir(parents=True)
    (tmp_path / "work" / "data").mkdir()
    table = pd.DataFrame({"shop": ["a", "b"] * 30, "sold": range(60)})
    table.to_csv(tmp_path / "work" / "data" / "sales.csv", index=False)
    folder = tmp_path / "work" / "notebooks"
    write_notebook(
        folder,
        "import pandas as pd\nfrom pathlib import Path\nROOT = Path.cwd().parent",
        "sales = pd.read_csv(ROOT / 'data' / 'sales.csv')\nsales.head()",
        "sold = sales.groupby('shop')['sold'].sum().reset_index()\nprint(sold)",
        "(ROOT / 'out').mkdir(exist_ok=True)\nsold.to_csv(ROOT / 'out' / 'sold.csv', index=False)",
    )

    done = poc("export", "story.ipynb", "--output", tmp_path / "project", cwd=folder)

    assert done.returncode == 0, done.stderr
    project = tmp_path / "project"
    certificate = json.loads((project / "graduation/certificate.json").read_text())
    assert certificate["equal"] is True
    assert sorted(path.name for path in (tmp_path / "work").iterdir()) == ["data", "notebooks"]
    assert (project / "data" / "sales.csv").is_file()
    chosen = ["-p", "no:cacheprovider", "-k", "leaves_its_products"]
    tests = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *chosen],
        cwd=project, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert tests.returncode == 0, tests.stdout[-3000:]


@pytest.mark.build
def test_modules_and_files_above_are_taken_along_however_they_are_spelt(tmp_path, poc):
    """A folder with and without its slash, a module imported whole, a file whose name is kept."""
    (tmp_path / "work" / "notebooks").mkdir(parents=True)
    (tmp_path / "work" / "models").mkdir()
    (tmp_path / "work" / "models" / "a_b.txt").write_text("of another run")
    (tmp_path / "work" / "src").mkdir()
    (tmp_path / "work" / "src" / "tools.py").write_text("def twice(x):\n    return 2 * x\n")
    folder = tmp_path / "work" / "notebooks"
    write_notebook(
        folder,
        "import os\nimport sys\nfrom pathlib import Path\n"
        "sys.path.insert(0, os.path.abspath(os.path.join(os.getcwd(), '..')))\n"
        "from src import tools\nMODELS = Path('../models')",
        "for name in ['a b']:\n"
        "    with open(f'../models/{name.replace(\" \", \"_\")}.txt', 'w') as out:\n"
        "        out.write(str(tools.twice(4)))",
        "with open(MODELS / 'a_b.txt') as told:\n    print(told.read())",
    )

    done = poc("export", "story.ipynb", "--output", tmp_path / "project", cwd=folder)

    assert done.returncode == 0, done.stderr
    certificate = json.loads((tmp_path / "project/graduation/certificate.json").read_text())
    assert certificate["equal"] is True
    assert (tmp_path / "work" / "models" / "a_b.txt").read_text() == "of another run"
