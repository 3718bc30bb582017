"""`check` executes nothing: neither cells nor what lies beside them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.notebook.records import code, record

TOUCH = "open({trap!r}, 'w')"
# Each is one cell, in which {touch} is an expression that makes the trap file.
CELLS = {
    "top level": "{touch}",
    "import of a file beside": "import helper",
    "import from a package beside": "from package import thing",
    "star import": "from helper import *",
    "line magic": "%time {touch}",
    "timeit": "%timeit {touch}",
    "cell magic": "%%time\n{touch}",
    "capture": "%%capture out\n{touch}",
    "run": "%run helper.py",
    "run in the namespace": "%run -i ./helper.py",
    "load": "%load helper.py",
    "shell line": "!touch {trap}",
    "shell line that is kept": "files = !touch {trap}",
    "bash": "%%bash\ntouch {trap}",
    "python": "%%python\n{touch}",
    "script": "%%script python\n{touch}",
    "system": "%system touch {trap}",
    "sx": "%%sx\ntouch {trap}",
    "local extension": "%load_ext helper",
    "aimport": "%load_ext autoreload\n%aimport helper",
    "config": "%config InlineBackend.rc = {touch}",
    "interpolated": "!echo {{{touch}}} ${{HOME}}",
    "system call": "import os; os.system('touch {trap}')",
    "encoding": "# -*- coding: rot13 -*-\n{touch}",
    "encoding of our own": "# coding: helper\n{touch}",
    "prompt": ">>> {touch}",
    "decorator": "@({touch})\ndef f(): pass",
    "default argument": "def f(x={touch}): pass",
    "class body": "class A:\n    {touch}",
    "f-string": "f'''{{{touch}}}'''",
    "nested f-string": "f'''{{1:{{{touch}}}}}'''",
    "metaclass": "class M(type):\n    def __new__(*a): {touch}\nclass A(metaclass=M): pass",
    "init_subclass": "class A:\n    def __init_subclass__(c): {touch}\nclass B(A): pass",
    "getter": "class A:\n    x = property(lambda s: {touch})\nA().x",
    "repr": "class A:\n    def __repr__(s): {touch}\nA()",
    "type hint": "x: {touch} = 1\ndef f(a: {touch}) -> {touch}: ...",
    "walrus": "if (x := {touch}): pass",
    "comprehension": "[{touch} for _ in 'a']",
    "match": "match {touch}:\n    case _: pass",
    "assert": "assert {touch}, {touch}",
    "pickle": "import pandas as pd\ndf = pd.read_pickle('bomb.pkl')",
    "eval": "eval({touch_text!r}); exec({touch_text!r})",
    "getattr": "df.query({touch_text!r}); df.eval({touch_text!r})",
    "await": "await {touch}",
    "broken": "{touch}\nx = (",
    "suppressed": "{touch}  # noqa: POC101",
    "dynamic import": "import importlib; importlib.import_module('helper')",
    "literal": "rows = [{touch}, *[{touch}], **{touch}]\ndf = df.drop([{touch}])",
    "stage": "%%stage {touch}\n{touch}",
}  # fmt: skip
# Files beside the notebooks; a module that others import or a tool reads, if anybody did.
MODULES = (
    "helper sitecustomize usercustomize conftest json ast re click yaml nbformat jupytext IPython "
    "tokenize difflib poc setup tomllib ipython_config jupyter_config noxfile fabfile"
).split()
SETTINGS = {
    "pyproject.toml": "[tool.poc_graduate]\n[tool.jupytext]\nformats = 'ipynb,py'\n",
    "ruff.toml": "extend = 'helper.py'\n",
    "setup.cfg": "[flake8]\nlocal-plugins = helper\n[mypy]\nplugins = helper.py\n",
    "jupytext.toml": "formats = 'ipynb,py'\n",
    ".jupytext.py": "{touch}",
    "evil.pth": "import helper\n",
    "front.md": "---\njupytext: !!python/object/apply:os.system ['touch {trap}']\n---\n"
    "```python\n{touch}\n```\n",
    "script.py": "# -*- coding: rot13 -*-\n# ---\n# jupyter: !!python/object/apply:os.system "
    "['touch {trap}']\n# ---\n# %%\n{touch}\n",
    "cells.py": "# %%\n{touch}\n",
    "bomb.pkl": "cposix\nsystem\n(S'touch {trap}'\ntR.",
    "__pycache__/helper.cpython-311.pyc": "not a cache",
    "profile_default/startup/00.py": "{touch}",
    "package/__init__.py": "{touch}",
}


@pytest.fixture
def minefield(tmp_path: Path) -> tuple[Path, Path]:
    """A folder in which whatever is run makes a file, and that file."""
    folder, trap = tmp_path / "field", tmp_path / "trap"
    folder.mkdir()
    touch = TOUCH.format(trap=str(trap))
    names = {"touch": touch, "trap": str(trap), "touch_text": touch}
    for number, source in enumerate(CELLS.values()):
        cells = record(
            {"cell_type": "markdown", "source": f"# {{{{ {touch} }}}} <script>x</script>"},
            code(source.format(**names), outputs=[
                {"output_type": "display_data", "metadata": {},
                 "data": {"text/html": "<script src='helper.js'></script>"}}]),
            metadata={"kernelspec": {"name": "python3", "language": "python",
                                     "argv": ["touch", str(trap)]}},
        )  # fmt: skip
        (folder / f"nb{number:02}.ipynb").write_text(json.dumps(cells), encoding="utf-8")
    for name in MODULES:
        (folder / f"{name}.py").write_text(touch, encoding="utf-8")
    for name, text in SETTINGS.items():
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        filled = text.replace("{touch}", touch).replace("{trap}", str(trap))
        (folder / name).write_text(filled, encoding="utf-8")
    (folder / "ast.ipynb").symlink_to("nb00.ipynb")
    (folder / "loop").symlink_to(".")
    return folder, trap


def test_the_set_is_large():
    assert len(CELLS) >= 40


def test_the_traps_work(minefield):
    folder, trap = minefield

    subprocess.run([sys.executable, "helper.py"], cwd=folder, check=True)

    assert trap.exists()


@pytest.mark.process
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_nothing_of_it_runs(minefield, jobs):
    folder, trap = minefield
    ours = Path(__file__).parents[2]
    start = "import sys; from poc_graduate.cli import main; main(sys.argv[1:])"
    command = [sys.executable, "-P", "-c", start, "check", ".", "--jobs", jobs, "--format", "json"]

    answer = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ours)},
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert not trap.exists()
    assert "Traceback" not in answer.stderr
    assert answer.returncode in (1, 2)
    seen = json.loads(answer.stdout)
    assert len({finding["path"] for finding in seen["findings"]}) > 5
    assert not [error for error in seen["errors"] if "defect" in error["message"]]
