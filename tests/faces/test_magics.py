"""The magics in real kernels: what they show, and that nothing else is changed."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.batch.stub import write_notebook

pytestmark = pytest.mark.kernel

LOAD = "%load_ext poc_graduate\n%graduate live on"
HIDES = "try:\n    n = 1\nexcept:\n    pass"
FRAME = "import pandas as pd\ndf = pd.DataFrame({'a': range(20), 'b': [1.5] * 20})"


@dataclass(frozen=True)
class Ran:
    """A notebook that was run.

    Attributes:
        cells: Its code cells.
    """

    cells: list[nbformat.NotebookNode]

    def outputs(self, cell: int) -> list[dict]:
        """Outputs of a cell, from 0, without what a number of the count changes."""
        found = []
        for output in self.cells[cell].outputs:
            plain = {k: v for k, v in output.items() if k not in ("execution_count", "transient")}
            # the number of the kernel's process
            found.append(json.loads(re.sub(r"ipykernel_\d+", "ipykernel", json.dumps(plain))))
        return found

    def text(self, cell: int) -> str:
        """All that a cell shows, as text."""
        parts = [
            o.get("text")
            or o.get("data", {}).get("text/plain", "")
            or "\n".join(o.get("traceback", []))
            for o in self.outputs(cell)
        ]
        return "\n".join(parts)


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Ran]:
    """Run cells in a kernel, in a folder of their own."""

    def execute(*cells: str) -> Ran:
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(cell) for cell in cells]
        )
        where = {"metadata": {"path": str(tmp_path)}}
        NotebookClient(notebook, timeout=120, allow_errors=True, resources=where).execute()
        return Ran(list(notebook.cells))

    return execute


class TestLive:
    def test_flags_of_a_cell_stand_below_it(self, run):
        ran = run(LOAD, FRAME, f"{HIDES}\nlen(df)", "df.shape")

        result, flags, *_ = ran.outputs(2)
        assert result["data"]["text/plain"] == "20"
        assert flags["data"]["text/plain"].startswith(
            "▲ risk, line 3: any error here is passed over"
        )
        assert 'aria-label="1 flag in this cell"' in flags["data"]["text/html"]
        assert len(ran.outputs(3)) == 1

    def test_off_is_off(self, run):
        ran = run(LOAD, "%graduate live off", HIDES)

        assert ran.outputs(2) == []

    def test_rows_that_a_cell_lost_are_known(self, run):
        watch = (
            "import poc_graduate.magics.live as live\n"
            "seen = []\n"
            "ask = live.api.flags\n"
            "def flags(notebook, facts, **rest):\n"
            "    from poc_graduate.rules.view import NotebookView\n"
            "    cell = NotebookView(notebook, facts).cells[-1]\n"
            "    seen.append((cell.frame_before('df'), cell.frame_after('df')))\n"
            "    return ask(notebook, facts, **rest)\n"
            "live.api.flags = flags"
        )
        ran = run(
            LOAD,
            FRAME,
            watch,
            "df = df[df.a > 4]",
            "df.drop(columns='b', inplace=True)",
            "n = len(df)",
            "[(b.rows, len(b.columns), a and a.rows, a and len(a.columns)) for b, a in seen[1:]]",
        )

        assert ran.text(6) == "[(20, 2, 15, 2), (15, 2, 15, 1), (15, 1, 15, 1)]"

    def test_no_frame_is_held(self, run):
        ran = run(
            LOAD,
            FRAME + "\nimport weakref, gc\nwatched = weakref.ref(df)\nlen(df.dropna())",
            "df = df.dropna()\ngc.collect()\nwatched() is None",
        )

        assert ran.outputs(2)[0]["data"]["text/plain"] == "True"

    def test_a_rule_that_fails_is_one_line_and_the_cell_is_unharmed(self, run):
        broken = (
            "import poc_graduate.magics.live as live\n"
            "def flags(*given, **rest): raise RuntimeError('a\\nb')\n"
            "live.api.flags = flags"
        )
        ran = run(LOAD, broken, "x = 1\nx + 1")

        result, said = ran.outputs(2)
        assert result["data"]["text/plain"] == "2"
        assert said["text"].count("\n") == 1
        assert "RuntimeError: a b" in said["text"]


PROGRAM = (
    "import random, warnings, sys\nimport numpy as np, pandas as pd\n"
    "df = pd.DataFrame({'a': range(30), 'b': ['x', 'y', None] * 10})\nrandom.seed(1)\n"
    "np.random.seed(1)",
    "df = df.dropna()\ndf.head(3)",
    "def old():\n    warnings.warn('once only', FutureWarning, stacklevel=1)\n"
    "warnings.filterwarnings('default')\nold()",
    "old()\nx = '\\d'\nlen(df)",
    "_ + 1, __, Out.get(4), [type(one).__name__ for one in In[-3:]]",
    "random.random(), np.random.rand(2).round(4).tolist()",
    "%%time\ny = sum(range(10))",
    "df.drop(columns='nope')",
    "1 / 0",
    "sorted(n for n in globals() if not n.startswith('_')), len(warnings.filters)",
    "import gc\ngc.isenabled(), sys.getrecursionlimit(), np.geterr(), len(get_ipython().user_ns)",
)


def test_live_flags_change_nothing_else(run):
    plain = run("pass", *PROGRAM)
    live = run(LOAD, *PROGRAM)

    for at in range(1, len(PROGRAM) + 1):
        before, after = plain.outputs(at), live.outputs(at)
        ours = [o for o in after if "pocg" in o.get("data", {}).get("text/html", "")]
        widgets = [
            o for o in after if "application/vnd.jupyter.widget-view+json" in o.get("data", {})
        ]
        rest = [o for o in after if o not in ours and o not in widgets]
        if PROGRAM[at - 1].startswith("%%time"):
            assert len(rest) == len(before)
            continue
        assert rest == before, PROGRAM[at - 1]


class TestStage:
    def test_a_marked_cell_runs_as_it_is(self, run):
        bodies = (
            "x = 1\nimport asyncio\nawait asyncio.sleep(0)\nx + 1",
            "%%capture said\nprint('hidden')",
            "said.stdout",
            "def f():\n    return 1 / 0\n\nf()",
            "!echo shell\nhere = !echo listed\nhere",
            "_",
        )
        plain = run("pass", *bodies)
        marked = run(
            "%load_ext poc_graduate", *(f"%%stage one --params x\n{body}" for body in bodies)
        )

        for at in range(1, len(bodies) + 1):
            if at == 4:
                assert "line 5" in marked.text(at)
                assert plain.cells[at].outputs[0].evalue == marked.cells[at].outputs[0].evalue
                continue
            assert marked.outputs(at) == plain.outputs(at)

    def test_a_wrong_mark_is_said_and_the_cell_does_not_run(self, run):
        ran = run(LOAD, "%%stage\nx = 1", "'x' in globals()")

        assert "a stage needs a name" in ran.text(1)
        assert ran.text(2) == "False"


class TestCommands:
    def test_help_and_mistakes_are_told_without_traceback(self, run):
        ran = run(
            LOAD,
            "%graduate",
            "%graduate chekc",
            "%graduate check --selct POC1",
            "%graduate check nowhere.ipynb",
            "%graduate explain POC999",
            "%graduate explain POC202",
            "%graduate check 'open",
        )

        assert "%graduate live on|off" in ran.text(1)
        for cell, says in {
            2: "no command 'chekc'",
            3: "--select",
            4: "nowhere.ipynb does not exist",
            5: "no rule 'POC999'",
            7: "cannot be read",
        }.items():
            assert says in ran.text(cell)
            assert ran.text(cell).count("\n") == 1
        assert "# POC202 row-by-label-drop" in ran.text(6)

    def test_completion(self, run):
        ran = run(
            LOAD,
            "def ask(line):\n"
            "    from IPython.core.completer import provisionalcompleter\n"
            "    with provisionalcompleter():\n"
            "        found = get_ipython().Completer.completions(line, len(line))\n"
            "        return [one.text for one in found]\n"
            "depth, rate = 3, 0.5",
            "ask('%graduate re')",
            "[one for one in ask('%graduate check --se') if '-' in one]",
            "ask('%graduate explain POC20')[:2]",
            "ask('%graduate live of')",
            "ask('%%stage train --pa'), ask('%%stage train --params de')",
            "ask('%graduate oper'), [o for o in ask('%graduate operate churn --c') if '-' in o]",
        )

        assert [ran.text(cell) for cell in range(2, 8)] == [
            "['readiness']",
            "['--select']",
            "['POC201', 'POC202']",
            "['off']",
            "(['--params'], ['depth'])",
            "(['operate'], ['--choices'])",
        ]

    def test_unloading_takes_everything_back(self, run):
        ran = run(
            "s = get_ipython()\n"
            "def state():\n"
            "    events = {k: len(v) for k, v in s.events.callbacks.items()}\n"
            "    return events, len(s.input_transformers_cleanup), sorted(s.user_ns)[:0], \\\n"
            "        'graduate' in s.magics_manager.magics['line'], \\\n"
            "        'stage' in s.magics_manager.magics['cell']\n"
            "before = state()",
            LOAD,
            "%unload_ext poc_graduate",
            "before == state()",
        )

        assert ran.text(3) == "True"


class TestBatch:
    def test_a_batch_runs_beside_the_kernel_and_leaves_its_names(self, run, tmp_path):
        write_notebook(tmp_path / "n.ipynb", "print(a)")
        (tmp_path / "grid.yaml").write_text("cross: {a: [1, 2]}")

        ran = run(
            "%load_ext poc_graduate\na = 7",
            "%graduate batch n.ipynb --grid grid.yaml --output out",
            "a",
            "%graduate batch n.ipynb --grid grid.yaml --output out",
        )

        assert "2 of 2 runs done" in ran.text(1)
        assert sorted(path.name for path in (tmp_path / "out" / "runs").iterdir()) == ["a=1", "a=2"]
        assert ran.text(2) == "7"
        assert "holds a batch already" in ran.text(3)
        assert "Traceback" not in ran.text(3)

    def test_a_folder_that_is_no_project_has_no_score(self, run, tmp_path):
        ran = run("%load_ext poc_graduate", "%graduate score .")

        assert "is no exported project" in ran.text(1)


class TestOperate:
    @pytest.fixture
    def project(self, tmp_path):
        example = Path(__file__).parents[2] / "examples" / "sensors" / "project"
        return Path(shutil.copytree(example, tmp_path / "sensors"))

    def test_a_project_is_operated_by_the_choices_of_a_file(self, run, project, tmp_path):
        (tmp_path / "choices.yaml").write_text("ownership: {review_months: 4}")
        (tmp_path / "wrong.yaml").write_text("ownership: {review: 4}")

        ran = run(
            LOAD,
            "%graduate operate sensors --dry-run",
            "%graduate operate sensors --choices wrong.yaml",
            "import pathlib\npathlib.Path('sensors/OWNERS.yaml').exists()",
            "%graduate operate sensors --choices choices.yaml",
            "%graduate operate --help",
            "%graduate operate",
        )

        assert "+++ b/OWNERS.yaml" in ran.text(1)
        assert "did you mean `review_months`" in ran.text(2).lower()
        assert ran.text(3) == "False"
        assert "add: OWNERS.yaml" in ran.text(4)
        assert "left out: Service: " in ran.text(4)
        assert "lines of OWNERS.yaml" in ran.text(4)
        assert "review_months: 4" in (project / "operate.yaml").read_text()
        assert "--choices FILE" in ran.text(5)
        assert "Missing argument 'PROJECT'" in ran.text(6)

    @pytest.mark.usefixtures("project")
    def test_readiness_of_a_project_is_its_score(self, run):
        ran = run(
            LOAD,
            "%graduate readiness sensors",
            "%graduate score sensors",
            "%graduate readiness --run",
        )

        assert "sensors: 0.0 of 7, the weakest of four sections" in ran.text(1)
        assert ran.text(1) == ran.text(2)
        assert "--run is about a project" in ran.text(3)


class TestPanel:
    MAKE = (
        "from pathlib import Path\n"
        "from poc_graduate.magics.panel import Panel\n"
        "p = Panel(Path('n.ipynb'))"
    )

    @pytest.fixture
    def prototype(self, tmp_path):
        cells = [nbformat.v4.new_code_cell(one) for one in (HIDES, "print(n + 1)")]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "n.ipynb")

    @pytest.mark.usefixtures("prototype")
    def test_findings_are_listed_filtered_and_explained(self, run):
        ran = run(
            self.MAKE,
            "[label for label, _ in p.listed.options]",
            "p.listed.value = next(n for line, n in p.listed.options if 'POC703' in line)\n"
            "print(p.details.value)",
            "p.shown.value = 'blocker'\nprint(p.listed.options, p.listed.value)",
        )

        assert "▲ cell 1, line 3: POC703 any error here is passed over" in ran.text(1)
        assert "# noqa: POC703" in ran.text(2)
        assert ran.text(3) == "() None\n"

    @pytest.mark.usefixtures("prototype")
    def test_an_export_goes_on_while_cells_run_and_leaves_their_names(self, run, tmp_path):
        ran = run(
            f"n = 7\n{self.MAKE}",
            "p.export.click()\np.export.disabled",
            "n",
            "await p.task\nprint(p.export.disabled, p.cancel.disabled, p.result.value)",
        )

        assert ran.text(1) == "True"
        assert ran.text(2) == "7"
        assert "Proved" in ran.text(3)
        assert ran.text(3).startswith("False True")
        assert (tmp_path / "n" / "graduation" / "certificate.html").is_file()

    @pytest.mark.usefixtures("prototype")
    def test_a_cancelled_export_leaves_nothing(self, run, tmp_path):
        ran = run(
            self.MAKE,
            "import asyncio\np.export.click()\nawait asyncio.sleep(1)\np.cancel.click()",
            "await p.task\nprint(p.result.value)",
        )

        assert "stopped; nothing was written" in ran.text(2)
        assert not (tmp_path / "n").exists()

    @pytest.mark.usefixtures("prototype")
    def test_a_refusal_names_the_cell(self, run, tmp_path):
        cells = [nbformat.v4.new_code_cell("x = 1"), nbformat.v4.new_code_cell("y = x / 0")]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "n.ipynb")

        ran = run(self.MAKE, "p.export.click()", "await p.task\nprint(p.result.value)")

        assert "cell 2, line 1: ZeroDivisionError" in ran.text(2)
        assert "Traceback" not in ran.text(2)

    @pytest.mark.usefixtures("prototype")
    def test_the_magic_shows_it(self, run):
        ran = run("%load_ext poc_graduate\n%graduate panel n.ipynb")

        assert "application/vnd.jupyter.widget-view+json" in ran.outputs(0)[0]["data"]
