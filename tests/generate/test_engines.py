"""What engines are given: order, parameters, edits that are kept, and products that stay whole."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest
import yaml
from click.testing import CliRunner

from poc_graduate.api.emitting import emit
from poc_graduate.errors import InputError
from poc_graduate.generate.engines.emit import ENGINES
from poc_graduate.generate.engines.pipeline import read_pipeline

CHURN = Path(__file__).parents[2] / "examples" / "churn" / "project"
SENSORS = CHURN.parents[1] / "sensors" / "project"
ARGO = {"image": "registry.example.com/churn:1", "volume": "churn", "schedule": "0 5 * * *"}


@pytest.fixture
def churn(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CHURN, tmp_path / "churn"))


def _loaded(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_upstream_comes_first_and_parameters_keep_their_types() -> None:
    pipeline = read_pipeline(CHURN)
    names = [task.name for task in pipeline.tasks]
    for task in pipeline.tasks:
        assert all(names.index(name) < names.index(task.name) for name in task.upstream)
    assert pipeline.ancestors(pipeline.tasks[-1]) == tuple(names[:-1])
    types = {each.name: each.json_type for each in pipeline.parameters}
    assert (types["seed"], types["C"], types["customers_csv"]) == ("integer", "number", "string")


@pytest.mark.parametrize("engine", ENGINES)
def test_an_engine_is_emitted_twice_alike_and_needs_nothing_of_ours(
    engine: str, churn: Path
) -> None:
    emit(engine, churn, ARGO)
    again = emit(engine, churn)
    assert {each.action for each in again.decisions} == {"unchanged"}
    for each in again.decisions:
        text = (churn / each.path).read_text(encoding="utf-8")
        assert "poc_graduate" not in text
        if each.path.endswith(".py"):
            compile(text, each.path, "exec")


def test_an_edited_file_is_merged_and_other_engines_are_let_alone(churn: Path) -> None:
    emit("dask", churn)
    script = churn / "deploy/dask/run.py"
    script.write_text(script.read_text(encoding="utf-8") + "# ours\n", encoding="utf-8")
    emit("airflow", churn)
    emit("dask", churn, {"retries": 7})
    text = script.read_text(encoding="utf-8")
    assert text.endswith("# ours\n")
    assert "RETRIES = 7" in text
    assert (churn / "deploy/airflow/churn_dag.py").is_file()


def test_a_place_that_both_changed_is_marked_and_must_be_settled(churn: Path) -> None:
    emit("dask", churn)
    script = churn / "deploy/dask/run.py"
    text = script.read_text(encoding="utf-8").replace("RETRIES = 2", "RETRIES = 3")
    script.write_text(text, encoding="utf-8")
    assert emit("dask", churn, {"retries": 7}).conflicts == ("deploy/dask/run.py",)
    with pytest.raises(InputError, match="still marked"):
        emit("dask", churn)


def test_an_unknown_option_names_the_one_that_was_meant(churn: Path) -> None:
    (churn / "deploy").mkdir()
    (churn / "deploy/deploy.yaml").write_text("retrys: 3\n", encoding="utf-8")
    with pytest.raises(InputError, match="Did you mean `retries`"):
        emit("dask", churn)


def test_argo_asks_for_its_image(churn: Path) -> None:
    with pytest.raises(InputError, match="--image"):
        emit("argo", churn)
    assert not (churn / "deploy").exists()


def test_a_job_of_github_waits_for_its_upstream(churn: Path) -> None:
    emit("github-actions", churn, {"schedule": "0 5 * * *"})
    workflow = yaml.safe_load((churn / ".github/workflows/churn.yml").read_text(encoding="utf-8"))
    assert workflow["jobs"]["hand-over"]["needs"] == ["evaluate", "features", "train"]
    assert workflow[True]["workflow_dispatch"]["inputs"]["seed"]["default"] == 42


@pytest.mark.parametrize("example", ["churn", "sales", "sensors"])
@pytest.mark.parametrize("schedule", ["", "0 5 * * *"])
def test_github_would_take_its_workflow(example: str, schedule: str, tmp_path: Path) -> None:
    checking = pytest.importorskip("check_jsonschema", reason="check-jsonschema is not installed")
    project = Path(shutil.copytree(CHURN.parents[1] / example / "project", tmp_path / example))
    emit("github-actions", project, {"schedule": schedule} if schedule else {})
    (workflow,) = project.glob(".github/workflows/*.yml")
    arguments = ["--builtin-schema", "vendor.github-workflows", str(workflow)]
    done = CliRunner().invoke(checking.main, arguments)
    assert done.exit_code == 0, done.output


def test_an_older_attempt_at_a_task_is_dropped(churn: Path) -> None:
    emit("dask", churn)
    runner = _loaded(churn / "deploy/run_task.py")
    product = churn / "products/load/df.parquet"
    with runner.attempt("load") as old:
        before = runner.files_in(old)
        (old / "products/load").mkdir(parents=True)
        (old / "products/load/df.parquet").write_text("old", encoding="utf-8")
        with runner.attempt("load") as new:
            start = runner.files_in(new)
            (new / "products/load").mkdir(parents=True)
            (new / "products/load/df.parquet").write_text("new", encoding="utf-8")
            with pytest.raises(RuntimeError, match="newer attempt"):
                runner.publish(old, "load", before)
            assert not product.exists()
            runner.publish(new, "load", start)
    assert product.read_text(encoding="utf-8") == "new"
    assert not [each for each in (churn / ".attempts").iterdir() if each.is_dir()]


RUNNING = {"retries": 5, "timeout_minutes": 7, "schedule": "0 5 * * *", "cpu": 3}
CARRIED = {
    "airflow": {"churn_dag.py": [
        '"retries": 5', "timedelta(minutes=7)", 'schedule="0 5 * * *"', '"pool_slots": 3',
        '"on_failure_callback": alert',
    ]},
    "argo": {
        "workflow-template.yaml": [
            "limit: 5", "activeDeadlineSeconds: 420", 'cpu: "3"', "onExit: alert",
        ],
        "cron-workflow.yaml": ['- "0 5 * * *"'],
    },
    "dask": {
        "run.py": ["RETRIES = 5", "TIMEOUT = 7 * 60", 'RESOURCES = {"cores": 3}', "alert(failed)"],
        "crontab": ["0 5 * * * cd"],
    },
    "github-actions": {
        "churn.yml": ['cron: "0 5 * * *"', "timeout-minutes: 7", "if: failure()"],
        "run_task.sh": ["attempt == 5"],
    },
}  # fmt: skip


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_carries_what_was_asked_for(engine: str, churn: Path) -> None:
    emit(engine, churn, {**ARGO, **RUNNING})
    for name, parts in CARRIED[engine].items():
        (path,) = [
            each for each in churn.rglob(name) if "deploy" in str(each) or each.suffix == ".yml"
        ]
        text = path.read_text(encoding="utf-8")
        assert [part for part in parts if part not in text] == []


def test_products_of_a_store_need_no_volume_and_no_other_places_are_taken(churn: Path) -> None:
    emit("argo", churn, {"image": "registry.example.com/churn:1", "products": "s3://models/churn"})
    workflow = yaml.safe_load((churn / "deploy/argo/workflow-template.yaml").read_text())["spec"]
    by_name = {each["name"]: each for each in workflow["templates"]}
    assert [each for each in workflow["volumes"] if "emptyDir" not in each] == []
    assert not [task for task in by_name["pipeline"]["dag"]["tasks"] if task["name"] == "release"]
    store = (churn / "deploy/store.py").read_text(encoding="utf-8")
    assert 'S3Client("models", parent="churn", path_to_project_root=project)' in store
    assert "boto3" in (churn / "deploy/argo/Dockerfile").read_text(encoding="utf-8")
    for nowhere in ("s3://models", "ftp://models/churn", "models/churn"):
        with pytest.raises(InputError, match="products cannot be shared"):
            emit("argo", churn, {"products": nowhere})


@pytest.mark.build
def test_tasks_on_two_machines_pass_products_by_the_store(tmp_path: Path) -> None:
    store = tmp_path / "store"
    machines = []
    for name in ("one", "two"):
        project = Path(shutil.copytree(SENSORS, tmp_path / name))
        shutil.rmtree(project / "products", ignore_errors=True)
        emit("dask", project, {"products": str(store)})
        machines.append(project)
    said = [_run_task(machine, task) for machine in machines for task in ("prepare", "load")]
    assert ["True" in one for one in said] == [True, True, False, False]
    assert (store / "products/load/raw.parquet").is_file()
    assert not (machines[0] / "products").exists()


@pytest.mark.build
def test_an_older_attempt_puts_nothing_into_the_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Path(shutil.copytree(SENSORS, tmp_path / "sensors"))
    emit("dask", project, {"products": str(tmp_path / "store")})
    monkeypatch.syspath_prepend(str(project / "deploy"))
    runner = _loaded(project / "deploy/run_task.py")
    with runner.attempt("load") as old, runner.attempt("load") as new:
        for folder in (old, new):
            runner.fetch(folder, "load")
        before = {folder: runner.files_in(folder) for folder in (old, new)}
        for folder in (old, new):
            (folder / "products/x.txt").write_text(folder.name)
            (folder / "products/.x.txt.metadata").write_text("complete")
        with pytest.raises(RuntimeError, match="newer attempt"):
            runner.publish(old, "load", before[old])
        runner.publish(new, "load", before[new])
        kept = tmp_path / "store" / "products"
        assert (kept / "x.txt").read_text() == new.name
        assert (kept / ".x.txt.metadata").read_text() == "complete"


def _run_task(project: Path, task: str) -> str:
    command = [sys.executable, "deploy/run_task.py", task]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.slow
@pytest.mark.skipif("AIRFLOW" not in os.environ, reason="AIRFLOW names no executable of Airflow")
def test_airflow_runs_the_dag(tmp_path: Path) -> None:
    project = Path(shutil.copytree(SENSORS, tmp_path / "sensors"))
    emit("airflow", project)
    environ = {
        **{name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        "AIRFLOW_HOME": str(tmp_path / "home"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(project / "deploy/airflow"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "SENSOR_REPORT_PYTHON": sys.executable,
    }
    for arguments in (["db", "migrate"], ["dags", "test", "sensor_report"]):
        command = [os.environ["AIRFLOW"], *arguments]
        subprocess.run(command, env=environ, check=True, timeout=400)
    assert (project / "products/clean.ipynb").is_file()


@pytest.mark.parametrize("example", ["churn", "sales", "sensors"])
@pytest.mark.parametrize("products", ["", "s3://models/here", "gs://models/here"])
def test_hera_reads_argos_files_back_without_a_difference(
    example: str, products: str, tmp_path: Path
) -> None:
    models = pytest.importorskip("hera.workflows.models", reason="hera is not installed")
    project = Path(shutil.copytree(CHURN.parents[1] / example / "project", tmp_path / example))
    options = {**ARGO, **RUNNING, **({"products": products} if products else {})}
    emit("argo", project, options)
    kinds = []
    for path in sorted((project / "deploy/argo").glob("*.yaml")):
        written = yaml.safe_load(path.read_text(encoding="utf-8"))
        read = getattr(models, written["kind"]).model_validate(written)
        assert read.model_dump(by_alias=True, exclude_unset=True, mode="json") == written
        kinds.append(written["kind"])
    assert kinds == ["CronWorkflow", "WorkflowTemplate", "Workflow"]


@pytest.mark.slow
def test_the_task_of_a_lost_dask_worker_runs_again_elsewhere(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    project = Path(shutil.copytree(SENSORS, tmp_path / "sensors"))
    emit("dask", project)
    newest = project / ".attempts/load.newest"
    run = subprocess.Popen([sys.executable, "deploy/dask/run.py"], cwd=project)
    killed: list[int] = []
    lost = ""
    try:
        deadline = time.monotonic() + 300
        while run.poll() is None and time.monotonic() < deadline:
            if not killed and newest.exists() and (lost := newest.read_text()):
                killed = _workers_at_a_task(run.pid)
                for worker in killed:
                    os.kill(worker, signal.SIGKILL)
            time.sleep(0.2)
        assert killed
        assert run.poll() == 0
    finally:
        run.kill()
    assert newest.read_text() != lost
    assert (project / "products/clean.ipynb").is_file()


def _workers_at_a_task(root: int) -> list[int]:
    """Processes below one that started run_task.py."""
    parents: dict[int, int] = {}
    busy = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text().rpartition(")")[2].split()
                command = (entry / "cmdline").read_text()
            except OSError:  # it ended
                continue
            parents[int(entry.name)] = int(stat[1])
            if "run_task.py" in command:
                busy.append(int(stat[1]))
    return [pid for pid in busy if _below(pid, root, parents)]


def _below(pid: int, root: int, parents: dict[int, int]) -> bool:
    while pid > 1 and pid != root:
        pid = parents.get(pid, 0)
    return pid == root
