"""Failover: replicas behind a proxy, backups of the registry, drills, and Kubernetes' files."""

from __future__ import annotations

from dataclasses import dataclass

from poc_graduate.generate.operating.part import (
    Part,
    Project,
    Swap,
    Target,
    choice,
    from_templates,
    needs_rows,
)


@dataclass(frozen=True)
class Failover:
    """Choices."""

    replicas: int = choice(2, "How many replicas stand behind the proxy", dialog=True, least=2)
    port: int = choice(8000, "Port that the proxy listens on", least=1)
    backups: str = choice(
        "var/backups", "Folder of the registry's backups; best on another disk", dialog=True
    )
    keep: int = choice(14, "How many backups stay", least=1)
    image: str = choice("registry.example/service:latest", "Image that Kubernetes runs")


def _files(project: Project) -> dict[str, str]:
    return from_templates(
        project,
        "ops/replicas.py.jinja",
        "ops/haproxy.cfg.jinja",
        "ops/backup.py.jinja",
        "ops/turns.py.jinja",
        "ops/drill.py.jinja",
        "ops/k8s/service.yaml.jinja",
        "ops/kserve/canary.yaml.jinja",
        "tests/operate/test_failover.py.jinja",
    )


PART = Part(
    "failover",
    "Failover",
    _files,
    Failover,
    needs_rows,
    swaps=(
        Swap("HAProxy on one machine (`ops/haproxy.cfg`)", "Kubernetes", "ops/k8s/service.yaml",
             "image and volume; probes and disruption budget are there"),
        Swap("the service's own canary", "KServe", "ops/kserve/canary.yaml",
             "the image, then `canaryTrafficPercent`"),
        Swap("backups in a folder", "snapshots of the volume", "ops/backup.py",
             "`save` and `mend`; `make drill` shows whether they bring it back"),
    ),
    targets=(
        Target("replicas", ("$(PYTHON) -m ops.replicas",),
               "replicas behind HAProxy, in the foreground"),
        Target("backup", ("$(PYTHON) -m ops.backup save",), "save the registry"),
        Target("mend",
               ("$(PYTHON) -m ops.backup mend --by $(or $(BY),$(error BY=name is missing))",),
               "put back what is missing or damaged: make mend BY=name"),
        Target("drill", ("$(PYTHON) -m ops.drill $(DRILL)",),
               "make fail what can, on copies: make drill, or DRILL=name for one"),
    ),
    docs="docs/failover.md.jinja",
)  # fmt: skip
