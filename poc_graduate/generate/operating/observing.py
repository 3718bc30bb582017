"""Observability: metrics, logs, alert rules, drift, a status page; seen before users report it."""

from __future__ import annotations

from dataclasses import dataclass

import yaml

from poc_graduate.generate.operating.alerting import stories, told
from poc_graduate.generate.operating.dashboard import dashboard
from poc_graduate.generate.operating.part import (
    Part,
    Project,
    Swap,
    Target,
    choice,
    from_templates,
    needs_rows,
)
from poc_graduate.generate.templating import rendered


@dataclass(frozen=True)
class Observing:
    """Choices."""

    availability: float = choice(0.999, "Share of requests that must get an answer", least=0.95)
    latency_ms: int = choice(100, "How many milliseconds an answer may take", dialog=True, least=1)
    latency: float = choice(0.99, "Share of answers that must take no longer", least=0.95)
    breaks_share: float = choice(
        0.05, "Share of requests that may break the contract before somebody is told", least=0
    )
    late_share: float = choice(0.05, "The same for rows later than rows ever were", least=0)
    drift_rows: int = choice(
        100, "Latest rows that are compared with the reference, and ten times as many", least=50
    )
    data_days: int = choice(30, "How old the training data may get, in days", dialog=True, least=1)
    model_days: int = choice(90, "How old the champion may get, in days", least=1)
    watch_seconds: int = choice(10, "How often the rules are looked at", least=1)

    @property
    def unavailable(self) -> float:
        """Share of requests that may get no answer."""
        return round(1 - self.availability, 9)

    @property
    def slow(self) -> float:
        """Share of answers that may take longer."""
        return round(1 - self.latency, 9)

    @property
    def bound(self) -> str:
        """The histogram's bound at `latency_ms`, as its label has it."""
        return str(self.latency_ms / 1000)


def _files(project: Project) -> dict[str, str]:
    files = from_templates(
        project,
        "ops/metrics.py.jinja",
        "ops/observing.py.jinja",
        "ops/timeline.py.jinja",
        "ops/rules.py.jinja",
        "ops/watch.py.jinja",
        "ops/drifting.py.jinja",
        "ops/labels.py.jinja",
        "ops/status.py.jinja",
        "ops/tracing.py.jinja",
        "ops/status.html",
        "ops/shown.py.jinja",
        "ops/charts.py.jinja",
        "ops/alerts/rules.yml.jinja",
        "docs/runbook.md.jinja",
        "tests/operate/test_incidents.py.jinja",
        "tests/operate/test_observing.py.jinja",
        "tests/operate/test_rules.py.jinja",
        "tests/operate/test_tracing.py.jinja",
    )
    rules = yaml.safe_load(files["ops/alerts/rules.yml"])
    told_of = [(one, *told(one, rules)) for one in stories(project.choices["observing"])]
    test = "ops/alerts/rules_test.yml"
    return files | {
        test: rendered("operate", f"{test}.jinja", project=project, stories=told_of),
        "ops/dashboards/service.json": dashboard(
            project.pipeline.title, project.choices["observing"]
        ),
    }


PART = Part(
    "observing",
    "Observability",
    _files,
    Observing,
    needs_rows,
    swaps=(
        Swap(
            "history and alerts by `ops/watch.py`",
            "Prometheus with Alertmanager",
            "ops/alerts/rules.yml",
            "`/metrics` is scraped with an operator's key; the rules are read as they are",
        ),
        Swap("the page `/status`", "Grafana", "ops/dashboards/service.json", "it is imported"),
    ),
    targets=(
        Target("status", ("$(PYTHON) -m ops.status",), "what runs, and which alerts are open"),
        Target(
            "labels",
            ("$(PYTHON) -m ops.labels $(or $(FILE),$(error FILE=path is missing))",),
            "join labels that came later, measure the model on them: make labels FILE=x.csv",
        ),
    ),
    requires=("apprise>=1.8", "prometheus-client>=0.20", "PyYAML>=6"),
    extensions=("ops.observing", "ops.status", "ops.tracing"),
    beside=("ops.watch",),
    docs="docs/observing.md.jinja",
)
