"""What only people know of who answers for a project, and of what its cards say."""

from __future__ import annotations

from dataclasses import dataclass

from poc_graduate.generate.operating.business_inputs import serves
from poc_graduate.generate.operating.part import Project


@dataclass(frozen=True)
class Asked:
    """One line that somebody fills in.

    Attributes:
        name: In its section.
        asks: The question.
    """

    name: str
    asks: str


@dataclass(frozen=True)
class Section:
    """Lines that belong together, and what they are about."""

    name: str
    about: str
    lines: tuple[Asked, ...]


@dataclass(frozen=True)
class Duty:
    """Something that comes again.

    Attributes:
        what: In half a sentence.
        months: How many lie between.
        who: Section of OWNERS.yaml.
        how: The command, or where it is described.
    """

    what: str
    months: int
    who: str
    how: str


def owners(project: Project) -> tuple[Section, ...]:
    """Sections of OWNERS.yaml."""
    model, service = project.served is not None, serves(project)
    return (
        _role("owner", "answers for it, decides what changes"),
        _role("deputy", "does so when the owner is away; somebody else"),
        _role("on_call", "is reached when it fails",
              Asked("hours", "When somebody answers: office hours, or always")),
        _role("sponsor", "pays for it, and reads the business case"),
        Section("skills", "what running it takes: names of who can, as a list", (
            Asked("pipeline", "Python, pandas, Ploomber: change a task, and prove it by the tests"),
            Asked("data", "Know the tables and their source; judge what a contract refuses"),
            *((Asked("model", "Judge a candidate by metric and slices"),) if model else ()),
            *((Asked("service", "Start, watch, roll back and restore it"),) if service else ()),
        )),
        Section("mandate", "who may decide, without asking anybody first", (
            Asked("stop", "Who may stop it"),
            *((Asked("roll_back", "Who may go back to the model before"),
               Asked("promote", "Who may say yes to a candidate")) if service else ()),
            Asked("change_contracts", "Who may widen what a table must look like"),
            Asked("spend", "Who may spend, and up to how much"),
        )),
        Section("budget", "what there is to run it", (
            Asked("per_year", "How much, with its currency"),
            Asked("covers", "What it covers, and from which cost centre it comes"),
        )),
        Section("review", "when owner and sponsor look at all of it", (
            Asked("first", "The first date, 2026-01-31; the calendar counts from it"),
        )),
    )  # fmt: skip


def cards(project: Project) -> tuple[Section, ...]:
    """Sections of docs/cards.yaml.

    Model cards after Mitchell et al. (*Model Cards for Model Reporting*, FAT* 2019), data sheets
    after Gebru et al. (*Datasheets for Datasets*, CACM 2021).
    """
    model = Section("model_card", "what the model is for, and what it does to people", (
        Asked("intended_use", "What its answers are used for, and by whom"),
        Asked("not_for", "What they must not be used for"),
        Asked("people", "Whom an answer concerns, and whether they know"),
        Asked("groups", "Between which groups of people its errors were compared, and the result"),
        Asked("harm", "What a wrong answer does to somebody, and how it is put right"),
        Asked("limits", "Where it is known to be wrong"),
    ))  # fmt: skip
    data = Section("data_sheet", "where the data come from, and what may be done with them", (
        Asked("why", "What the data were collected for"),
        Asked("who", "Who collects them, and in which system they arise"),
        Asked("when", "Of which time they are, and how often new ones come"),
        Asked("missing", "Who or what is not in them"),
        Asked("personal", "Which columns speak of a person, and by what right they are used"),
        Asked("errors", "Which errors are known, and who mends them at the source"),
        Asked("kept", "How long they are kept, who may read them, who deletes them"),
    ))  # fmt: skip
    return (model, data) if project.served is not None else (data,)


def duties(project: Project) -> tuple[Duty, ...]:
    """What comes again, by the choices of the part."""
    chosen = project.choices["ownership"]
    found = [
        Duty("Review: score, business case, incidents, this calendar", chosen.review_months,
             "owner", "`make papers`, `make business`, `poc-graduate score . --run`"),
        Duty("Data: what was put aside, what contracts refused, new columns", chosen.review_months,
             "deputy", "`products/*/*_quarantine.csv`"),
        Duty("Libraries: raise them, run the tests", chosen.review_months,
             "deputy", '`pip install -e ".[test]" --upgrade`, `pytest`'),
        Duty("Course: somebody new does it, what was unclear is mended", chosen.course_months,
             "deputy", "`training/README.md`"),
    ]  # fmt: skip
    if project.served is not None:
        how = "`make candidate`" if serves(project) else "`ploomber build`, `pytest`"
        found.insert(0, Duty("Retraining: a candidate on new data, judged by the benchmark",
                             chosen.retrain_months, "on_call", how))  # fmt: skip
    if serves(project):
        found += [
            Duty("Keys: new ones for everybody who asks the service, old ones end",
                 chosen.keys_months, "on_call", "`make key NAME=… ROLE=…`"),
            Duty("Drill: go back to the model before, and forward again, on a copy",
                 chosen.drill_months, "on_call", "`pytest tests/operate`, `make rollback BY=name`"),
        ]  # fmt: skip
    return tuple(found)


def _role(name: str, does: str, *more: Asked) -> Section:
    return Section(name, does, (
        Asked("name", "Who it is"),
        Asked("contact", "How to reach them"),
        Asked("handle", "Handle or e-mail in version control, as CODEOWNERS writes it: @name"),
        *more,
    ))  # fmt: skip
