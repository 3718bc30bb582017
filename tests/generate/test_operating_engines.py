"""The pipeline's files for Airflow and Argo, from the choices by which a project is operated."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from poc_graduate.api.emitting import emit
from poc_graduate.api.operating import operate
from poc_graduate.errors import InputError

pytestmark = pytest.mark.build

EXAMPLES = Path(__file__).parents[2] / "examples"
CHOICES = """
pipeline: {schedule: "0 5 * * *", retries: 5, timeout_minutes: 7, cpu: 3, memory: 3Gi}
argo: {image: "registry.example.com/churn:1", volume: shared}
supply: {python: "3.12"}
"""
FLAGS = {
    "schedule": "0 5 * * *", "retries": 5, "timeout_minutes": 7, "cpu": 3, "memory": "3Gi",
    "image": "registry.example.com/churn:1", "volume": "shared", "python": "3.12",
}  # fmt: skip
STORE = "pipeline: {products: s3://models/churn}"


def _copied(example: str, folder: Path) -> Path:
    return Path(shutil.copytree(EXAMPLES / example / "project", folder / example))


def _operated(project: Path, choices: str = "{}") -> Path:
    given = project.parent / "choices.yaml"
    given.write_text(choices, encoding="utf-8")
    operate(project, given)
    return project


@pytest.fixture
def churn(tmp_path: Path) -> Path:
    return _copied("churn", tmp_path)


def test_operate_writes_what_emit_would(churn: Path, tmp_path: Path) -> None:
    emitted = _copied("churn", tmp_path / "other")
    for engine in ("airflow", "argo"):
        emit(engine, emitted, FLAGS)

    _operated(churn, CHOICES)

    for engine in ("airflow", "argo"):
        wanted = sorted((emitted / "deploy" / engine).iterdir())
        assert [each.name for each in wanted] == sorted(os.listdir(churn / "deploy" / engine))
        for each in wanted:
            text = each.read_text(encoding="utf-8")
            if each.name == "DEPLOY.md":
                text = text.replace("deploy/deploy.yaml", "operate.yaml")
                text = text.replace(f"poc-graduate emit {engine} .", "poc-graduate operate .")
            assert (churn / "deploy" / engine / each.name).read_text(encoding="utf-8") == text
    assert not (churn / "deploy/deploy.yaml").exists()  # the choices have one home


def test_hera_and_python_read_them(churn: Path) -> None:
    models = pytest.importorskip("hera.workflows.models", reason="hera is not installed")
    _operated(churn, CHOICES)

    paths = sorted((churn / "deploy/argo").glob("*.yaml"))
    for path in paths:
        written = yaml.safe_load(path.read_text(encoding="utf-8"))
        read = getattr(models, written["kind"]).model_validate(written)
        assert read.model_dump(by_alias=True, exclude_unset=True, mode="json") == written
    assert len(paths) == 3
    (dag,) = (churn / "deploy/airflow").glob("*_dag.py")
    ast.parse(dag.read_text(encoding="utf-8"))


@pytest.mark.parametrize("choices", [CHOICES, STORE])
def test_no_step_is_root_or_writes_outside_of_its_volumes(choices: str, churn: Path) -> None:
    _operated(churn, choices)
    spec = yaml.safe_load((churn / "deploy/argo/workflow-template.yaml").read_text())["spec"]
    image = (churn / "deploy/argo/Dockerfile").read_text(encoding="utf-8")
    containers = [each["container"] for each in spec["templates"] if "container" in each]

    assert spec["securityContext"]["runAsNonRoot"]
    user = spec["securityContext"]["runAsUser"]
    assert image.rstrip().endswith(f"USER {user}:{user}")
    assert spec["securityContext"]["fsGroup"] == user
    for one in containers:
        assert one["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
    (task,) = (one for one in containers if "deploy/run_task.py" in one["command"])
    mounted = {Path(mount["mountPath"]) for mount in task["volumeMounts"]}
    for written in (Path(task["workingDir"], ".attempts"), Path("/tmp")):
        assert {written, *written.parents} & mounted
    assert {each["name"] for each in spec["volumes"]} == {
        mount["name"] for one in containers for mount in one["volumeMounts"]
    }


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Where another user may look: pytest's own folders are closed."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        yield Path(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="nobody but root becomes somebody else")
@pytest.mark.skipif(shutil.which("setpriv") is None, reason="Debian's package `util-linux`")
def test_a_release_is_copied_onto_a_volume_that_belongs_to_root(
    churn: Path, open_folder: Path
) -> None:
    _operated(churn)
    spec = yaml.safe_load((churn / "deploy/argo/workflow-template.yaml").read_text())["spec"]
    (copies,) = (each["container"] for each in spec["templates"] if each["name"] == "copy-release")
    app, volume = open_folder / "app", open_folder / "project"
    shutil.copytree(churn / "tasks", app / "tasks")
    (app / ".hidden").write_text("hidden")
    volume.mkdir()
    os.chown(volume, 0, 10001)
    volume.chmod(0o2775)  # as Kubernetes leaves it for fsGroup
    places = {"/app": str(app), "/project": str(volume)}
    command = [places.get(word, word) for word in (*copies["command"], *copies["args"])]
    somebody = ["setpriv", "--reuid", "10001", "--regid", "10001", "--clear-groups"]

    for _ in range(2):  # and over the release before
        subprocess.run([*somebody, *command], check=True)

    copied = [path.relative_to(volume) for path in volume.rglob("*")]
    assert sorted(copied) == sorted(path.relative_to(app) for path in app.rglob("*"))


def test_keys_and_logs_of_the_service_reach_neither_image_nor_task(churn: Path) -> None:
    _operated(churn)
    (churn / "var" / "keys.json").write_text("{}")
    (churn / "tasks" / "var").mkdir()
    (churn / "tasks" / "var" / "mine.txt").write_text("a task's")
    says = (
        "import sys; sys.path.insert(0, 'deploy'); import run_task\n"
        "with run_task.attempt('load') as folder:\n"
        "    print((folder / 'var').exists(), (folder / 'tasks/var/mine.txt').exists())"
    )

    done = subprocess.run(
        [sys.executable, "-c", says], cwd=churn, capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == ["False", "True"]
    ignored = (churn / "deploy/argo/Dockerfile.dockerignore").read_text(encoding="utf-8")
    assert "var" in ignored.splitlines()


def test_an_edit_stays_a_choice_arrives_and_what_is_not_chosen_goes(churn: Path) -> None:
    _operated(churn)
    dag = churn / "deploy/airflow/churn_dag.py"
    dag.write_text(dag.read_text(encoding="utf-8") + "\n# ours\n", encoding="utf-8")
    choices = churn / "operate.yaml"
    text = choices.read_text(encoding="utf-8").replace("schedule: ''", 'schedule: "0 5 * * *"')
    choices.write_text(text, encoding="utf-8")

    assert not operate(churn).conflicts
    assert dag.read_text(encoding="utf-8").endswith("# ours\n")
    assert 'schedule="0 5 * * *"' in dag.read_text(encoding="utf-8")
    assert (churn / "deploy/argo/cron-workflow.yaml").is_file()

    argo = text.partition("argo:\n")
    choices.write_text("".join([*argo[:2], argo[2].replace("use: true", "use: false", 1)]))
    assert not operate(churn).conflicts
    assert not list((churn / "deploy/argo").iterdir())
    assert (churn / "deploy/run_task.py").is_file()


def test_an_engine_is_written_by_one_of_both(churn: Path) -> None:
    emit("argo", churn, FLAGS)
    emit("dask", churn)
    before = (churn / "deploy/argo/workflow.yaml").read_bytes()

    done = operate(churn)

    assert "poc-graduate emit argo" in done.left_out["Pipeline on Argo Workflows"]
    assert not done.conflicts
    assert (churn / "deploy/argo/workflow.yaml").read_bytes() == before
    with pytest.raises(InputError, match="is written by `poc-graduate operate`"):
        emit("airflow", churn)
    assert {each.action for each in emit("dask", churn).decisions} == {"unchanged"}


def test_what_another_engine_needs_stays_when_those_of_operate_go(churn: Path) -> None:
    emit("dask", churn)
    _operated(churn)

    done = operate(churn, answers={"airflow": {"use": False}, "argo": {"use": False}})

    assert not done.conflicts
    assert (churn / "deploy/run_task.py").is_file()
    assert not (churn / "deploy/airflow/churn_dag.py").exists()


@pytest.mark.parametrize("choice", ["schedule: daily", "products: ftp://models/churn"])
def test_a_choice_that_no_engine_can_be_given_changes_nothing(choice: str, churn: Path) -> None:
    with pytest.raises(InputError):
        _operated(churn, f"pipeline: {{{choice}}}")

    assert not (churn / "deploy").exists()


def test_without_the_releases_argo_is_left_out_and_says_why(
    churn: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = churn / "pyproject.toml"
    text = path.read_text(encoding="utf-8").replace(
        '"pyarrow', '"no-such-package>=1",\n    "pyarrow'
    )
    path.write_text(text, encoding="utf-8")

    done = operate(churn)

    assert "no-such-package" in done.left_out["Pipeline on Argo Workflows"]
    assert not (churn / "deploy/argo").exists()
    assert (churn / "deploy/airflow/churn_dag.py").is_file()
