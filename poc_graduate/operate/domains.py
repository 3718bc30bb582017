"""What an owner asks of a project beside the rubric: ten domains, from compute to procedures.

They have points of their own, and do not count in the score after Breck et al.
"""

from __future__ import annotations

from poc_graduate.operate.questions import Question

_OPERATE = "`poc-graduate operate`, then run the tests in tests/operate"
_OWNED = "tests/operate/test_ownership*::"
_CASE = ("business/case.json", "business/case.html", "business/case.pdf")

DOMAINS: tuple[Question, ...] = (
    Question(
        "proof", "Compute", "Is it proved that it computes what its notebook did?",
        files=("graduation/certificate.json",), remedy="`poc-graduate verify`",
    ),
    Question(
        "compute-again", "Compute", "Does it give equal products when it is built again?",
        tests=("tests/integration/*::*second_run*",), remedy="run the integration tests",
    ),
    Question(
        "compute-budget", "Compute", "Does it keep to a budget of time?",
        tests=("tests/integration/*::*budget*",), remedy="run the integration tests",
    ),
    Question(
        "compute-unattended", "Compute", "Does it run without anybody starting it?",
        remedy="let a scheduler run it (`poc-graduate emit`), and note where",
    ),
    Question(
        "data-contracts", "Data", "Is a table that is not as it must be stopped?",
        tests=("tests/regression/test_contracts*::*",), remedy="run the regression tests",
    ),
    Question(
        "data-shift", "Data", "Is a batch noticed that is distributed as none before?",
        tests=("tests/regression/test_distributions*::*",), remedy="run the regression tests",
    ),
    Question(
        "data-sheet", "Data", "Is it written down where the data come from, and what they are for?",
        tests=(f"{_OWNED}*only_people_know*",), people=True,
        every=("docs/cards.yaml", "docs/data_sheet.md"),
        remedy="fill in docs/cards.yaml, then `make papers`",
    ),
    Question(
        "serving-answers", "Serving", "Does the service answer, or say why not?",
        tests=("tests/operate/test_service*::*",), model=True, remedy=_OPERATE,
    ),
    Question(
        "serving-versions", "Serving", "Is every version whole, and its switch safe?",
        tests=("tests/operate/test_registry*::*", "tests/operate/test_update*::*"), model=True,
        remedy=_OPERATE,
    ),
    Question(
        "serving-failover", "Serving", "Does it go on when a part of it fails?",
        tests=("tests/operate/test_failover*::*",), model=True, remedy=_OPERATE,
    ),
    Question(
        "security-access", "Security", "Does nobody get in, or do, what they may not?",
        tests=("tests/operate/test_access*::*", "tests/operate/test_hostile*::*",
               "tests/operate/test_keys*::*"), model=True, remedy=_OPERATE,
    ),
    Question(
        "security-audit", "Security", "Is a change of the audit trail found?",
        tests=("tests/operate/test_audit*::*",), model=True, remedy=_OPERATE,
    ),
    Question(
        "security-personal", "Security", "Are personal data found and masked?",
        tests=("tests/operate/test_personal*::*",), people=True,
        remedy="find which columns speak of people, and who sees them",
    ),
    Question(
        "security-supply", "Security", "Are packages, licences and image known and held small?",
        tests=("tests/operate/test_supply*::*",), people=True,
        remedy="list packages with their licences, and how an image of it is run",
    ),
    Question(
        "security", "Security", "Is it known who may run, change and read it?",
        remedy="write down who may run, change and read it, and where its secrets are",
    ),
    Question(
        "observe-metrics", "Observability", "Is it seen what the service does?",
        tests=("tests/operate/test_observing*::*",), model=True, remedy=_OPERATE,
    ),
    Question(
        "observe-alerts", "Observability", "Do alerts fire when they must, and only then?",
        tests=("tests/operate/test_rules*::*",), model=True, remedy=_OPERATE,
    ),
    Question(
        "observe-incidents", "Observability", "Does an incident raise the right alert, and soon?",
        tests=("tests/operate/test_incidents*::*",), model=True, people=True, remedy=_OPERATE,
    ),
    Question(
        "observe-data", "Observability", "Do bad data stop the build, with a message?",
        tests=("tests/integration/test_bad_data*::*",), remedy="run the integration tests",
    ),
    Question(
        "observe-told", "Observability", "Has an alert reached somebody?",
        remedy="raise an alert on purpose, and note whom it reached and when",
    ),
    Question(
        "ownership", "Ownership", "Does it have an owner, a deputy, and somebody on call?",
        tests=(f"{_OWNED}*owner_deputy*",), every=("OWNERS.yaml", "CODEOWNERS"), people=True,
        remedy="fill in OWNERS.yaml, then `make papers`",
    ),
    Question(
        "ownership-review", "Ownership", "Is it reviewed, and the review not overdue?",
        tests=(f"{_OWNED}*review*",), every=("OWNERS.yaml",),
        remedy="name a first review in OWNERS.yaml",
    ),
    Question(
        "ownership-handover", "Ownership", "Was it handed over, every point shown?",
        tests=(f"{_OWNED}*hand_over*",), every=("docs/handover.md",),
        remedy="go through docs/handover.md with both teams",
    ),
    Question(
        "business", "Business", "Is it known what it is worth, what it costs, and who pays?",
        tests=("tests/operate/test_business*::*case_is_stated*",),
        every=("business/inputs.yaml", "business/measured.json", *_CASE),
        remedy="fill in business/inputs.yaml, then `make business`",
    ),
    Question(
        "business-honest", "Business", "Does its business case say no where the answer is no?",
        tests=("tests/operate/test_business*::*answered*",
               "tests/operate/test_business*::*nothing_is_assumed*"),
        remedy=_OPERATE,
    ),
    Question(
        "business-sponsor", "Business", "Has whoever pays said yes, knowing the case?",
        remedy="show the sponsor business/case.pdf, and note the answer",
    ),
    Question(
        "documentation", "Documentation", "Does the project say how it is run and what it needs?",
        files=("README.md",),
        remedy="let somebody who does not know it run it by README.md, and mend what was unclear",
    ),
    Question(
        "documentation-papers", "Documentation", "Do data sheet and calendar say what is so now?",
        tests=(f"{_OWNED}*papers_say*",), every=("docs/data_sheet.md", "docs/calendar.md"),
        remedy="`make papers`",
    ),
    Question(
        "documentation-model", "Documentation", "Is there a model card that says what is so now?",
        tests=(f"{_OWNED}*papers_say*",), every=("docs/model_card.md", "docs/cards.yaml"),
        model=True,
        remedy="`make papers`",
    ),
    Question(
        "training-course", "Training", "Is there a course on it that runs?",
        tests=("tests/operate/test_training*::*lesson_runs*",), every=("training/README.md",),
        remedy=_OPERATE,
    ),
    Question(
        "training", "Training", "Do those who will run it know how?",
        remedy="let everybody who will be on call do the course in training/",
    ),
    Question(
        "procedures", "Procedures", "Is it written down what to do when it fails?",
        files=("docs/runbook.md", "RUNBOOK.md"),
        remedy="follow docs/runbook.md once for every alert",
    ),
    Question(
        "procedures-runbook", "Procedures", "Does every alert name its section of the runbook?",
        tests=("tests/operate/test_rules*::*runbook*",), every=("docs/runbook.md",), model=True,
        remedy=_OPERATE,
    ),
    Question(
        "procedures-drills", "Procedures", "Do drills end as expected?",
        tests=("tests/operate/test_failover*::*drill*",), model=True, people=True,
        remedy="let it fail on purpose, and note what happened",
    ),
    Question(
        "procedures-calendar", "Procedures", "Is it in a calendar what comes again?",
        tests=(f"{_OWNED}*calendar*",), every=("docs/calendar.md", "docs/calendar.ics"),
        remedy="name a first review in OWNERS.yaml, then `make papers`",
    ),
)  # fmt: skip
DOMAIN_NAMES: tuple[str, ...] = tuple(dict.fromkeys(one.section for one in DOMAINS))
