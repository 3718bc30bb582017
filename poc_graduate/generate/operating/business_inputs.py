"""What a business case asks: sections of `business/inputs.yaml`, by how the model earns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from poc_graduate.generate.operating.part import Project

Tie = Literal["scores", "classes", "figures", "none"]
"""How value rests on the model: scores above a threshold, classes, figures, or on no model."""
DECISION = {
    "currency": "as it is to be shown: EUR",
    "years": "over how many years it is judged, from today",
    "sure": "how sure you want to be that it pays before you say yes: 0.5 to 1",
}
"""What the decision rests on beside the inputs."""
FIELDS = ("low", "likely", "high", "unit", "source", "date")
"""What each input has."""
_CLASSES = frozenset(
    {"accuracy_score", "balanced_accuracy_score", "cohen_kappa_score", "f1_score", "jaccard_score",
     "matthews_corrcoef", "precision_score", "recall_score"}
)  # fmt: skip
_THRESHOLDS = ("threshold", "cutoff", "cut_off")


@dataclass(frozen=True)
class Input:
    """One range that somebody has to state.

    Attributes:
        name: In its section.
        asks: The question.
        unit: Of the figures; `share` for 0 to 1, `{money}` for the currency.
    """

    name: str
    asks: str
    unit: str


@dataclass(frozen=True)
class Section:
    """Inputs that belong together.

    Attributes:
        name: In the file.
        title: For people.
        inputs: What is asked.
        optional: Whether `not needed: why` may stand in its place.
    """

    name: str
    title: str
    inputs: tuple[Input, ...]
    optional: bool = False


def tie(project: Project) -> Tie:
    """How the value of a project rests on its model."""
    if project.served is None:
        return "none"
    if "predict_proba" in project.served.ask or "decision_function" in project.served.ask:
        return "scores"
    return "classes" if project.served.function in _CLASSES else "figures"


def threshold(project: Project) -> str:
    """The parameter in env.yaml above which a score is acted on; empty without one."""
    numbers = [one.name for one in project.pipeline.parameters if not isinstance(one.default, str)]
    return next((name for name in numbers if name.lower() in _THRESHOLDS), "")


def serves(project: Project) -> bool:
    """Whether a service of it runs all the time."""
    return project.served is not None and project.served.preparation is not None


def sections(project: Project) -> tuple[Section, ...]:
    """All sections, in the order of the file."""
    always = (
        (Input("machines", "Machines that serve it, all the time", "machines"),)
        if serves(project)
        else ()
    )
    return (
        Section("protected_revenue", "Protected revenue", _revenue(project), optional=True),
        Section("reduced_costs", "Reduced costs", (
            Input("hours", "Hours that are no longer worked because of it", "hours/year"),
            Input("hour_cost", "What such an hour costs", "{money}/hour"),
            Input("other", "Other costs that end because of it", "{money}/year"),
        ), optional=True),
        Section("unlocked_capacity", "Unlocked capacity", (
            Input("hours", "Hours that people get for other work", "hours/year"),
            Input("used", "Share of them that really goes into other work", "share"),
            Input("hour_worth", "What an hour of that work brings", "{money}/hour"),
        ), optional=True),
        Section("mitigated_risk", "Mitigated risk", (
            Input("events", "How often what it guards against happens today", "events/year"),
            Input("loss", "What one of them costs", "{money}/event"),
            Input("averted", "Share of them that it averts", "share"),
        ), optional=True),
        Section("infrastructure", "Infrastructure", (
            Input("runs", "How often the pipeline runs", "runs/year"),
            *always,
            Input("machine_price", "Price of a machine as it was measured on", "{money}/hour"),
            Input("kept", "Of how many runs the products and versions are kept", "runs"),
            Input("storage_price", "Price of storage", "{money}/GB/month"),
        )),
        Section("team", "Team", (
            Input("build_days", "Days of work until it is live", "days"),
            Input("operation_days", "Days of work to operate, retrain and support it", "days/year"),
            Input("day_cost", "What a day of work costs", "{money}/day"),
        )),
        Section("timeline", "Timeline", (
            Input("months_to_live", "Months from now until it is live", "months"),
            Input("months_to_full", "Months from then until all of its value is there", "months"),
            Input("discount", "Discount rate", "share/year"),
        )),
        Section("overhead", "Operating overhead", (
            Input("licences", "Licences, subscriptions, support contracts", "{money}/year"),
            Input("compliance", "Audits, reviews, insurance, training", "{money}/year"),
        ), optional=True),
    )  # fmt: skip


def _revenue(project: Project) -> tuple[Input, ...]:
    how = tie(project)
    if how == "none":
        return (
            Input("decisions", "Decisions that rest on it", "decisions/year"),
            Input("better", "Share of them that are better because of it", "share"),
            Input("worth", "What a better one brings", "{money}/decision"),
        )
    cases = Input("cases", "Cases that the model answers", "cases/year")
    if how == "figures":
        return (
            cases,
            Input("error_cost", "What each unit of error costs", "{money}/unit/case"),
            Input("today_error", "Mean absolute error of what is done today", "units"),
        )
    asked: tuple[Input, ...] = (
        cases,
        Input("positives", "Share of cases that are positive", "share"),
        Input("worth", "What is lost with a positive case that nobody acts on", "{money}/case"),
        Input("works", "Share of such losses that acting prevents", "share"),
        Input("action_cost", "What acting on a case costs", "{money}/case"),
        Input("false_alarm_cost", "What acting on a negative costs beside that", "{money}/case"),
        Input("today_finds", "Share of positives that today's way acts on", "share"),
        Input("today_wrongly", "Share of negatives that today's way acts on", "share"),
    )
    if how == "scores" and not threshold(project):
        asked += (Input("threshold", "Score above which a case is acted on", "score"),)
    return asked
