"""Stories that alert rules are tested on: what is measured each minute, and what then fires."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

HOUR = 60
A_MINUTE = 10_000
"""Requests of a minute."""


@dataclass(frozen=True)
class Story:
    """What happens, and which alerts fire when.

    Attributes:
        name: What happens, in a sentence.
        series: Series → its values, as promtool writes them, one a minute.
        changed: Names of the metrics that this story is about; empty for all.
        fires: Minute → the alerts that fire then, and no others.
    """

    name: str
    series: Mapping[str, str]
    changed: frozenset[str]
    fires: Mapping[int, tuple[str, ...]]


@dataclass(frozen=True)
class Expected:
    """An alert as promtool wants it: with all that it says."""

    name: str
    fires: bool
    severity: str
    summary: str
    runbook: str


def stories(chosen: Any) -> Iterator[Story]:
    """Every alert seen to fire, and seen not to.

    Args:
        chosen: Choices of the part.
    """
    answered = 'model_requests_total{route="/predict",status="200"}'
    failed = 'model_errors_total{kind="failed",route="/predict"}'
    contract = 'model_errors_total{kind="contract",route="/predict"}'
    count = 'model_request_seconds_count{route="/predict"}'
    fast = f'model_request_seconds_bucket{{le="{chosen.bound}",route="/predict"}}'
    well = {
        answered: f"0+{A_MINUTE}x600",
        failed: "0x600",
        contract: "0x600",
        count: f"0+{A_MINUTE}x600",
        fast: f"0+{A_MINUTE}x600",
        "model_ready": "1x600",
        "model_degraded_total": "0x600",
        "model_waiting": "2x600",
        "model_waiting_most": "64x600",
        "model_watched_timestamp_seconds": "0+60x600",
        'model_drift{column="age"}': "0x600",
        "model_late_share": "0x600",
        "model_data_age_seconds": "3600x600",
        "model_age_seconds": "3600x600",
        "model_metric_short": "0x600",
    }

    def story(name: str, changed: Mapping[str, str], fires: Mapping[int, Any]) -> Story:
        return Story(name, {**well, **changed}, frozenset(map(_metric, changed)), fires)

    def budgets(name: str) -> tuple[str, str, str]:
        return f"{name}Fast", name, f"{name}Slow"

    def a_minute(share: float) -> str:
        return f"{round(A_MINUTE * share, 6):g}"

    yield story("all is well", {}, {30: (), 9 * HOUR: ()})
    availability, latency = budgets("AvailabilityBudget"), budgets("LatencyBudget")

    def burnt(share: float) -> tuple[str, ...]:
        """Those whose long window has lost more than it bears."""
        bears = zip(availability, (14.4, 6, 1), strict=True)
        return tuple(name for name, times in bears if share > times * chosen.unavailable)

    yield story(
        "nobody gets an answer for five minutes",
        {failed: f"0x60 {A_MINUTE}+{A_MINUTE}x4 {5 * A_MINUTE}x500"},
        {59: (), 65: burnt(5 / 65), 75: burnt(5 / 75)[-2:], 120: burnt(5 / 120)[-1:]},
    )
    failing: tuple[tuple[float, tuple[str, ...]], ...]
    failing = ((2, availability[2:]), (9, availability[1:]), (16, availability))
    for times, which in failing:
        rate = a_minute(min(1.0, times * chosen.unavailable))
        yield story(
            f"{times:g} times as many fail as the budget bears", {failed: f"0+{rate}x600"},
            {8 * HOUR: which},
        )  # fmt: skip
    slowing: tuple[tuple[float, tuple[str, ...]], ...]
    slowing = ((0.8, ()), (2, latency[2:]), (9, latency[1:]), (16, latency))
    for more, then in slowing:
        if more * chosen.slow < 1:
            rate = a_minute(1 - more * chosen.slow)
            yield story(
                f"{more:g} times as many are slow as the budget bears", {fast: f"0+{rate}x600"},
                {8 * HOUR: then},
            )  # fmt: skip
    yield story("ready again within a minute, then not at all",
                {"model_ready": "1x10 0 1x10 0x60"},
                {12: (), 22: (), 24: ("NotReady",)})  # fmt: skip
    yield story("the champion fails on three requests", {"model_degraded_total": "0x10 1 2 3x60"},
                {9: (), 12: ("Degraded",), 30: ()})  # fmt: skip
    yield story("requests queue up", {"model_waiting": "2x10 60x60"}, {11: (), 14: ("Saturated",)})
    yield story("the watch stops", {"model_watched_timestamp_seconds": "0+60x10 600x60"},
                {15: (), 17: ("Unwatched",)})  # fmt: skip
    breaks = min(1.0, max(chosen.breaks_share * 2, 0.1))

    def after(minute: int, broken: int) -> tuple[str, ...]:
        return ("ContractBreaksSlow",) if broken / minute > chosen.breaks_share else ()

    yield story(
        "an upstream change breaks the contract for ten minutes",
        {contract: f"0x60 {A_MINUTE}+{A_MINUTE}x9 {10 * A_MINUTE}x500"},
        {59: (), 66: ("ContractBreaks", *after(66, 6)), 90: after(90, 10)},
    )
    yield story("half of what is borne breaks the contract",
                {contract: f"0+{a_minute(chosen.breaks_share / 2)}x600"},
                {8 * HOUR: ()})  # fmt: skip
    yield story("more than is borne breaks the contract",
                {contract: f"0+{a_minute(breaks)}x600"},
                {8 * HOUR: ("ContractBreaks", "ContractBreaksSlow")})  # fmt: skip
    yield story("nineteen requests, all broken",
                {answered: "0x600", count: "0x600", fast: "0x600", contract: "0x9 19x600",
                 'model_requests_total{route="/predict",status="422"}': "0x9 19x600"},
                {10: ()})  # fmt: skip
    yield story("a column drifts", {'model_drift{column="age"}': "0x5 1x60"},
                {4: (), 6: ("Drift",)})  # fmt: skip
    late = min(1.0, chosen.late_share + 0.01)
    yield story("rows come late", {"model_late_share": f"0x5 {late:g}x60"},
                {4: (), 6: ("LateRows",)})  # fmt: skip
    for days, what, old in (
        (chosen.data_days, "model_data_age_seconds", "DataOld"),
        (chosen.model_days, "model_age_seconds", "ModelOld"),
    ):
        yield story(f"{what.split('_')[1]} grows old", {what: f"{days * 86400 - 600}+60x60"},
                    {10: (), 17: (old,)})  # fmt: skip
    yield story("labels say that the model is worse", {"model_metric_short": "0x5 1x60"},
                {4: (), 6: ("MetricShort",)})  # fmt: skip


def told(
    story: Story, rules: Mapping[str, Any]
) -> tuple[dict[str, str], dict[str, list[Expected]]]:
    """The series that the alerts of a story read; and when → each of them, and whether it fires.

    Args:
        story: What happens.
        rules: The file of rules, as YAML reads it.
    """
    known = [
        rule
        for group in rules["groups"]
        for rule in group["rules"]
        if not story.changed or any(name in rule["expr"] for name in story.changed)
    ]
    names = {rule["alert"] for rule in known}
    expected = {}
    for minute, fires in story.fires.items():
        assert names >= set(fires), f"{story.name}: {set(fires) - names}"
        expected[f"{minute}m"] = [
            Expected(rule["alert"], rule["alert"] in fires, rule["labels"]["severity"],
                     rule["annotations"]["summary"], rule["annotations"]["runbook"])
            for rule in known
        ]  # fmt: skip
    read = " ".join(rule["expr"] for rule in known)
    return {one: values for one, values in story.series.items() if _metric(one) in read}, expected


def _metric(series: str) -> str:
    return series.split("{")[0]
