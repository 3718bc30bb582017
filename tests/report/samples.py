"""Plans and certificates to render: good, with differences, of one stage, of many."""

from __future__ import annotations

from dataclasses import replace

from poc_graduate.plan.model import Load, Note, Parameter, Plan, Product, Stage
from poc_graduate.verify.certificate import Certificate, Outcome, Subject, Verdict

VALUE = "type, labels and every element, by canonical fingerprint"
OUTPUT = "text without memory addresses; figures by pixels"

PLAN = Plan(
    "churn_poc.ipynb",
    "churn",
    (
        Stage(
            "load",
            "Load the customers",
            (2, 3, 4),
            products=(Product("df", ("df",), "parquet"),),
            parameters=("path",),
            reads=("data/customers.csv",),
        ),
        Stage(
            "clean",
            "clean",
            (6, 7),
            loads=(Load("load", "df", ("df",)),),
            products=(Product("df", ("df",), "parquet"),),
            upstream=("load",),
            writes=("cache/clean.npy",),
        ),
        Stage(
            "train",
            "Train a model",
            (9,),
            loads=(Load("clean", "df", ("df",)),),
            products=(
                Product("model", ("model",), "pickle", "an estimator"),
                Product("x_and_y", ("x", "y"), "pickle", "they share memory"),
            ),
            upstream=("clean", "load"),
            carries=(("numpy", "load"),),
            parameters=("seed",),
        ),
        Stage(
            "report",
            "Report",
            (11, 12),
            loads=(Load("train", "model", ("model",)), Load("load", "df", ("df",))),
            upstream=("clean", "load", "train"),
            writes=("out/report.txt",),
        ),
    ),
    (
        Parameter("path", "data/customers.csv", 2, 3, "path", moved_from="C:\\customers.csv"),
        Parameter("seed", 42, 9, 2, "seed"),
    ),
    notes=(
        Note("merged", 9, 2, "`batches` is a generator"),
        Note("input", 0, 0, "the kernel is not installed"),
    ),
    proved=True,
)


def verdict(
    name: str,
    cell: int,
    stage: str,
    outcome: Outcome = "equal",
    *,
    values: tuple[str, str] = ("1", "1"),
    reason: str = "",
    subject: Subject = "value",
    boundary: bool = False,
) -> Verdict:
    how = OUTPUT if subject == "output" else VALUE
    return Verdict(subject, name, cell, stage, outcome, how, *values, reason, boundary)


TWO_RUNS = "two runs of the notebook itself differ"

GOOD = Certificate(
    "churn_poc.ipynb",
    "9f2c" * 16,
    "churn",
    (
        verdict("df", 3, "load", values=("DataFrame, 7,043 × 21",) * 2, boundary=True),
        verdict("started", 4, "load", "not comparable", reason=TWO_RUNS),
        verdict("df", 7, "clean"),
        verdict("elapsed", 9, "train", "not comparable", reason=TWO_RUNS),
        verdict("output 1", 11, "report", subject="output"),
        verdict("out/p.png", 12, "report", "not comparable", reason="has dates", subject="file"),
    ),
    "3.11.7",
    {"pandas": "3.1.1", "numpy": "2.4.6"},
    files_sha256={"pipeline.yaml": "aa" * 32},
)

BAD = replace(
    GOOD,
    verdicts=(
        *GOOD.verdicts,
        verdict("auc", 11, "report", "different", values=("0.8412", "0.8399"), reason="differ"),
    ),
    kernel_note="The kernel `conda` is not installed",
)


def chain(count: int) -> Plan:
    """Stages in a row, the last of which takes something from each."""
    stages = [Stage("s0", "First", (1,))]
    for number in range(1, count):
        sources = range(number) if number == count - 1 else [number - 1]
        loads = tuple(Load(f"s{i}", f"v{i}", (f"v{i}",)) for i in sources)
        upstream = tuple(load.stage for load in loads)
        title = f"Step {number} with a heading that goes on for longer than any card is wide"
        stages.append(Stage(f"s{number}", title, (number + 1,), loads, upstream=upstream))
    return Plan("long.ipynb", "long", tuple(stages))


ONE = Plan("scratch.ipynb", "scratch", (Stage("scratch", "scratch", (1, 2)),), proved=True)
NOTHING = Certificate(
    "scratch.ipynb",
    "00" * 32,
    "scratch",
    (verdict("gen", 2, "scratch", "not comparable", reason="a generator"),),
)
