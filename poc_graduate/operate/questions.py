"""What is asked of a project before it may be relied on, and what answers each question.

The 28 tests of four sections are those of Breck, Cai, Nielsen, Salib and Sculley, *The ML Test
Score: A Rubric for ML Production Readiness and Technical Debt Reduction* (IEEE Big Data 2017);
their numbers are the paper's. What an owner asks beside them stands in `domains.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Section = Literal["Data", "Model", "Infrastructure", "Monitoring"]
SECTIONS: tuple[Section, ...] = ("Data", "Model", "Infrastructure", "Monitoring")


@dataclass(frozen=True)
class Question:
    """One test of the rubric, or one question of a domain.

    Attributes:
        name: What a person's answer is filed under.
        section: Section of the rubric, or domain.
        asks: The question.
        tests: Patterns of tests, `path::name`, with `*`: those that ran and passed answer it, one
            that failed says no.
        files: Patterns of files of which one has to be there; that it is there is no answer.
        every: Files all of which have to be there, and as they were when those tests ran.
        model: Whether it is asked of projects with a model only.
        people: Whether somebody may answer by hand what tests would answer better.
        remedy: What to do where nothing answers it.
    """

    name: str
    section: str
    asks: str
    tests: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    every: tuple[str, ...] = ()
    model: bool = False
    people: bool = False
    remedy: str = ""


RUBRIC: tuple[Question, ...] = (
    Question(
        "data-1-schema", "Data", "Are the expectations of the data captured in a schema?",
        tests=("tests/regression/test_contracts*::*",), files=("src/*/contracts.py",),
        remedy="export with the extra `all`, so that contracts are learnt, and run the tests",
    ),
    Question(
        "data-2-features-useful", "Data", "Does every feature improve the answers?",
        model=True,
        remedy="leave out one feature at a time and compare the metric on the benchmark",
    ),
    Question(
        "data-3-features-cheap", "Data", "Is no feature more expensive than it is worth?",
        model=True,
        remedy="list where each feature comes from, what it costs, and how late it may be",
    ),
    Question(
        "data-4-features-permitted", "Data", "May each feature be used, by law and by policy?",
        remedy="have whoever answers for the data go through the columns of contracts.html",
    ),
    Question(
        "data-5-privacy", "Data", "Are personal data kept from those who must not see them?",
        remedy="find who sees the data, the quarantine files and the executed notebooks",
    ),
    Question(
        "data-6-new-features-quick", "Data", "Can a new feature be added quickly?",
        model=True,
        remedy="add one on a branch and note how long it took until it was in production",
    ),
    Question(
        "data-7-feature-code-tested", "Data", "Is all code that makes features tested?",
        tests=("tests/unit/*::*",), remedy="run the unit tests of the project",
    ),
    Question(
        "model-1-specs-reviewed", "Model", "Is every change of the model reviewed and checked in?",
        remedy="keep the project in a repository where each change is reviewed",
    ),
    Question(
        "model-2-offline-online", "Model", "Do the metrics move as what users gain from it does?",
        model=True,
        remedy="compare the metric of some models with what users gained from each",
    ),
    Question(
        "model-3-tuned", "Model", "Have the hyperparameters been tuned?",
        model=True,
        remedy="search the parameters in env.yaml: `poc-graduate batch` runs a grid of them",
    ),
    Question(
        "model-4-staleness", "Model", "Is it known what an old model costs?",
        model=True,
        remedy="train on data that end earlier and earlier, and see how the metric falls",
    ),
    Question(
        "model-5-baseline", "Model", "Is a simpler model not as good?",
        tests=("tests/evaluation/test_quality*::*beats*",), model=True,
        remedy="export with a run, so that a guess is compared with, and run the evaluation tests",
    ),
    Question(
        "model-6-slices", "Model", "Is the quality good enough on all important slices?",
        tests=("tests/evaluation/test_quality*::*in_each_slice*",), model=True,
        remedy="name slices of the benchmark in tests/evaluation, and run them",
    ),
    Question(
        "model-7-inclusion", "Model", "Has the model been tested for fairness?",
        model=True,
        remedy="compare errors between the groups of people whom the answers concern",
    ),
    Question(
        "infra-1-reproducible", "Infrastructure", "Does training give the same result again?",
        tests=("tests/integration/*::*second_run*",),
        remedy="run the integration tests of the project",
    ),
    Question(
        "infra-2-model-unit-tested", "Infrastructure", "Is the code that makes the model tested?",
        tests=("tests/unit/test_*::*fit*", "tests/unit/test_*::*train*"), model=True,
        remedy="write a unit test of the function that fits the model, and run it",
    ),
    Question(
        "infra-3-integration", "Infrastructure", "Is the whole pipeline tested together?",
        tests=("tests/integration/*::*",), remedy="run the integration tests of the project",
    ),
    Question(
        "infra-4-validated-before-serving", "Infrastructure",
        "Is a model's quality checked before it is used?",
        tests=("tests/regression/test_candidate*::*",), model=True,
        remedy="keep benchmark rows apart, and run tests/regression/test_candidate.py on them",
    ),
    Question(
        "infra-5-debuggable", "Infrastructure", "Can one example be followed step by step?",
        remedy="follow one row through the executed notebooks and note how",
    ),
    Question(
        "infra-6-canary", "Infrastructure", "Does a new model see few requests before it sees all?",
        tests=("tests/operate/test_service*::*canary*",), model=True, people=True,
        remedy="let a new model answer few requests first, and compare",
    ),
    Question(
        "infra-7-rollback", "Infrastructure", "Can an earlier model be put back quickly?",
        tests=("tests/operate/test_service*::*rollback*", "tests/operate/test_update*::*rollback*"),
        model=True, people=True,
        remedy="put an earlier model back once, as an exercise, and note how long it took",
    ),
    Question(
        "monitor-1-dependencies", "Monitoring", "Is a change of a dependency noticed?",
        tests=("tests/regression/test_dependencies*::*",),
        remedy="run tests/regression/test_dependencies.py",
    ),
    Question(
        "monitor-2-invariants", "Monitoring", "Is it noticed when data break their invariants?",
        tests=("tests/integration/test_bad_data*::*", "tests/integration/*::*empty*"),
        remedy="run the integration tests, which spoil a file and expect the build to stop",
    ),
    Question(
        "monitor-3-skew", "Monitoring", "Are features the same in training and in use?",
        tests=("tests/operate/test_update*::*answered_as_the_pipelines*",
               "tests/operate/test_observing*::*drift*"), model=True, people=True,
        remedy="log the features that are used, and compare them with those of training",
    ),
    Question(
        "monitor-4-age", "Monitoring", "Is a model that has become too old noticed?",
        model=True, remedy="decide how old a model may be, and who is told",
    ),
    Question(
        "monitor-5-numerics", "Monitoring", "Are NaNs, infinities and unstable figures noticed?",
        tests=("tests/evaluation/*::*ninth_digit*", "tests/regression/test_distributions*::*"),
        remedy="run the evaluation and regression tests of the project",
    ),
    Question(
        "monitor-6-speed", "Monitoring", "Is it noticed when training, speed or memory get worse?",
        tests=("tests/integration/*::*budget*",),
        remedy="run the integration tests, one of which holds a budget of time",
    ),
    Question(
        "monitor-7-quality", "Monitoring", "Is it noticed when answers on served data get worse?",
        tests=("tests/operate/test_observing*::*label*",),
        model=True, people=True,
        remedy="compare predictions with the truth when it comes",
    ),
)  # fmt: skip
