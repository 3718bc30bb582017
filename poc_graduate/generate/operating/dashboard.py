"""The Grafana dashboard: the same figures as the status page, for teams that have a Grafana."""

from __future__ import annotations

import json
from typing import Any

SOURCE = {"type": "prometheus", "uid": "${datasource}"}
ASKED = 'model_requests_total{route=~"/predict.*"}'
UNANSWERED = 'model_errors_total{route=~"/predict.*",kind=~"failed|unavailable|late|busy"}'


def dashboard(title: str, chosen: Any) -> str:
    """Its JSON, as Grafana imports it.

    Args:
        title: What the project is called.
        chosen: Choices of observability.
    """
    fast = f'model_request_seconds_bucket{{le="{chosen.bound}"}}'
    slow = f"1 - sum(rate({fast}[1h])) / sum(rate(model_request_seconds_count[1h]))"
    failing = f"sum(rate({UNANSWERED}[1h])) / sum(rate({ASKED}[1h]))"
    buckets = "sum by (le) (rate(model_request_seconds_bucket[5m]))"
    panels = [
        _stat("Ready", "max(model_ready)", unit="bool_yes_no"),
        _stat("Availability budget burnt, times", f"({failing}) / {chosen.unavailable}"),
        _stat("Latency budget burnt, times", f"({slow}) / {chosen.slow}"),
        _stat("Columns that drift", "sum(model_drift)"),
        _stat("Age of the champion", "max(model_age_seconds)", unit="s"),
        _stat("Age of the training data", "max(model_data_age_seconds)", unit="s"),
        _lines("Requests", {f"sum by (status) (rate({ASKED}[5m]))": "{{status}}"}, unit="reqps"),
        _lines("Without an answer", {"sum by (kind) (rate(model_errors_total[5m]))": "{{kind}}"},
               unit="reqps"),
        _lines("Latency", {f"histogram_quantile(0.5, {buckets})": "half within",
                           f"histogram_quantile(0.99, {buckets})": "99 % within"}, unit="s"),
        _lines("Requests in progress", {"sum(model_waiting)": "in progress",
                                        "sum(model_waiting_most)": "at most"}),
        _lines("Which version answers",
               {"sum by (version, role) (rate(model_answers_total[5m]))": "{{role}} {{version}}"},
               unit="ops"),
        _lines("Answered by another than the champion",
               {"sum(increase(model_degraded_total[5m]))": "requests"}),
        _lines("Rules of the contract that are broken",
               {"sum by (field, rule) (increase(model_contract_breaks_total[5m]))":
                "{{field}}: {{rule}}"}),
        _lines("Drift", {"max by (column) (model_drift)": "{{column}}"}),
        _lines("What is answered",
               {f"histogram_quantile({share}, sum by (le) (rate(model_answer_bucket[15m])))": name
                for share, name in ((0.1, "tenth"), (0.5, "half"), (0.9, "nine tenths"))}),
        _lines("The metric on labels that came later",
               {"max by (bound) (model_realised_metric)": "{{bound}}"}),
        _lines("Rows that come late", {"max(model_late_share)": "share"}, unit="percentunit"),
        _lines("Rows that the watch was too busy for",
               {"sum(increase(model_unobserved_total[5m]))": "rows"}),
    ]  # fmt: skip
    place = {"x": 0, "y": 0}
    for number, panel in enumerate(panels, 1):
        width, height = (4, 4) if panel["type"] == "stat" else (12, 8)
        panel["id"] = number
        panel["gridPos"] = {"w": width, "h": height, **place}
        place["x"] += width
        if place["x"] == 24:
            place = {"x": 0, "y": place["y"] + height}
    found = {
        "uid": None,
        "title": title,
        "tags": ["model"],
        "timezone": "browser",
        "schemaVersion": 39,
        "version": 1,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {
            "list": [{"name": "datasource", "type": "datasource", "query": "prometheus"}]
        },
        "panels": panels,
    }
    return json.dumps(found, indent=1) + "\n"


def _stat(title: str, query: str, *, unit: str = "none") -> dict[str, Any]:
    return _panel("stat", title, {query: ""}, unit)


def _lines(title: str, queries: dict[str, str], *, unit: str = "none") -> dict[str, Any]:
    return _panel("timeseries", title, queries, unit)


def _panel(kind: str, title: str, queries: dict[str, str], unit: str) -> dict[str, Any]:
    return {
        "type": kind,
        "title": title,
        "datasource": SOURCE,
        "fieldConfig": {"defaults": {"unit": unit}, "overrides": []},
        "targets": [
            {"refId": letter, "datasource": SOURCE, "expr": query, "legendFormat": legend}
            for letter, (query, legend) in zip("ABCDEF", queries.items(), strict=False)
        ],
    }
