"""How far a project is: only what ran and passed counts, and what people signed for.

A question is worth a point where tests answer it that ran on the files as they are, half a point
where a person did it and wrote down where; that a file is there is worth nothing. A section has
the sum of its questions, and the project the smallest of its sections (Breck et al., 2017, section
VI). A section of which not all seven are asked (there is no model, or somebody says why not)
counts as if it had seven of the same kind; so does a domain.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal

from poc_graduate.operate import answers, ran
from poc_graduate.operate.answers import Answer
from poc_graduate.operate.domains import DOMAIN_NAMES, DOMAINS
from poc_graduate.operate.questions import RUBRIC, SECTIONS, Question
from poc_graduate.operate.ran import How, Ran
from poc_graduate.verify.certificate import Certificate

State = Literal["passed", "by hand", "failed", "stale", "not run", "missing", "open", "not needed"]
POINTS: Mapping[State, float] = {"passed": 1.0, "by hand": 0.5}
MOST = 7.0
"""Points of a section."""
MEANING = (
    (0.0, "more of a research project than a productionised system"),
    (1.0, "not totally untested, but it is worth considering the possibility of serious holes"),
    (2.0, "there has been a first pass at basic productionisation; more work is needed"),
    (3.0, "reasonably tested, but more of the tests could be automated"),
    (5.0, "strong levels of automated testing and monitoring; fit for mission-critical use"),
)
"""Up to which sum it means what: the paper's table II, shortened; beyond the last, exceptional."""
_EXCEPTIONAL = "exceptional levels of automated testing and monitoring"
CERTIFICATE = "graduation/certificate.json"
PROOF = "proof"
"""The question that the certificate answers."""
_TESTS_COUNT = timedelta(days=30)
_SIGNATURE_COUNTS = timedelta(days=365)


@dataclass(frozen=True)
class Verdict:
    """What came of one question.

    Attributes:
        question: It.
        state: passed · by hand · failed · stale: it passed once, and files or time went on · not
            run · missing: no such test or file · open: a person has to · not needed.
        says: On what it rests, or what is lacking.
        when: When what it rests on was done; None without it.
    """

    question: Question
    state: State
    says: str
    when: date | None = None

    @property
    def points(self) -> float:
        """0, ½ or 1."""
        return POINTS.get(self.state, 0.0)


@dataclass(frozen=True)
class Score:
    """Verdicts of a project.

    Attributes:
        project: Name of its folder.
        model: Whether it has a model.
        rubric: The 28 tests; those about models only where it has one.
        domains: What else an owner asks; those about models only where it has one.
        ran: When its tests ran last; None where they never did.
    """

    project: str
    model: bool
    rubric: tuple[Verdict, ...]
    domains: tuple[Verdict, ...]
    ran: datetime | None

    @property
    def sections(self) -> dict[str, float]:
        """Section → its points, 0 to 7."""
        return {section: _points(self.rubric, section) for section in SECTIONS}

    @property
    def by_domain(self) -> dict[str, float]:
        """Domain of which anything is asked → its points, 0 to 7."""
        asked = {v.question.section for v in self.domains if v.state != "not needed"}
        return {name: _points(self.domains, name) for name in DOMAIN_NAMES if name in asked}

    @property
    def weakest_domains(self) -> tuple[str, ...]:
        """Those with the fewest points."""
        points = self.by_domain
        return tuple(name for name, one in points.items() if one == min(points.values()))

    @property
    def total(self) -> float:
        """The weakest section's."""
        return min(self.sections.values())

    @property
    def meaning(self) -> str:
        """What the paper says of such a sum."""
        return next((text for most, text in MEANING if self.total <= most), _EXCEPTIONAL)

    @property
    def next_steps(self) -> tuple[Verdict, ...]:
        """Three questions whose answer would help most: in the weakest section, cheapest first."""
        return _next(self.rubric, self.sections)

    @property
    def next_in_domains(self) -> tuple[Verdict, ...]:
        """The same of the domains."""
        return _next(self.domains, self.by_domain)


def _points(verdicts: Iterable[Verdict], section: str) -> float:
    asked = [
        v.points for v in verdicts if v.question.section == section and v.state != "not needed"
    ]
    return MOST * sum(asked) / len(asked) if asked else 0.0


def _next(verdicts: Iterable[Verdict], sums: Mapping[str, float]) -> tuple[Verdict, ...]:
    order = {"failed": 0, "stale": 1, "not run": 2, "missing": 3, "open": 4}
    todo = [v for v in verdicts if v.state in order]
    todo.sort(key=lambda v: (sums[v.question.section], order[v.state], v.question.name))
    return tuple(todo[:3])


def score(project: Path, *, today: date | None = None, latest: Ran | None = None) -> Score:
    """Ask all questions of a project; nothing is run.

    Args:
        project: Folder of an export.
        today: From which ages are counted.
        latest: A run of its tests; by default, the one that was written down last.

    Raises:
        InputError: a record or `readiness.yaml` cannot be read.
    """
    today = today or datetime.now(UTC).date()
    latest = latest or ran.kept(project)
    names = [question.name for question in (*RUBRIC, *DOMAINS)]
    signed = answers.read(project, names)
    changed = _changed(project, latest)
    model = has_model(project)

    def ask(questions: Iterable[Question]) -> tuple[Verdict, ...]:
        return tuple(
            _verdict(question, project, latest, changed, signed.get(question.name), today)
            for question in questions
            if model or not question.model
        )

    return Score(
        project.resolve().name, model, ask(RUBRIC), ask(DOMAINS), latest.when if latest else None
    )


def has_model(project: Path) -> bool:
    """Whether a released model is kept to be compared with.

    Args:
        project: Its folder.
    """
    return (project / "tests" / "regression" / "test_candidate.py").is_file()


def by_people(project: Path) -> tuple[Question, ...]:
    """Questions of a project that somebody may answer by hand.

    Args:
        project: Its folder.
    """
    model = has_model(project)
    return tuple(
        question
        for question in (*RUBRIC, *DOMAINS)
        if (question.people or not question.tests)
        and question.name != PROOF
        and (model or not question.model)
    )


def papers() -> tuple[str, ...]:
    """Files for people that tests speak about."""
    return tuple(sorted({path for question in (*RUBRIC, *DOMAINS) for path in question.every}))


def _changed(project: Path, latest: Ran | None) -> str:
    """A file that is another one than when the tests ran, in words; empty where none is."""
    if latest is None:
        return ""
    # What people answer is looked at by the questions that it answers: no other test rests on it.
    apart = {answers.FILE, *papers()}
    now = ran.fingerprints(project, apart)
    then = {path: known for path, known in latest.files.items() if path not in apart}
    gone = sorted(then.keys() - now.keys())
    new = sorted(now.keys() - then.keys())
    other = sorted(p for p in now.keys() & then.keys() if now[p] != then[p])
    for paths, word in ((other, "changed"), (gone, "gone"), (new, "new")):
        if paths:
            more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
            return f"{paths[0]}{more} {word} since"
    return ""


def _verdict(
    question: Question,
    project: Path,
    latest: Ran | None,
    changed: str,
    answer: Answer | None,
    today: date,
) -> Verdict:
    if answer is not None and answer.not_needed:
        return Verdict(question, "not needed", answer.not_needed)
    absent = [p for p in question.files if not any(project.glob(p))]
    if question.files and len(absent) == len(question.files):
        return Verdict(question, "missing", f"there is no {' or '.join(question.files)}")
    signed = _signed(question, answer, today)
    if question.tests:
        found = _papers(question, project, latest) or _tested(question, latest, changed, today)
        return found if found.points or found.state == "failed" else signed or found
    if question.name == PROOF:
        return _proved(question, project)
    begun = answer is not None and (answer.by or answer.on or answer.see)
    lacks = f"{answers.FILE} does not say: {answer.lacks}" if answer and begun else question.remedy
    return signed or Verdict(question, "open", lacks)


def _papers(question: Question, project: Path, latest: Ran | None) -> Verdict | None:
    """What is wrong with files that a question's tests speak about; None where nothing is."""
    gone = [path for path in question.every if not (project / path).is_file()]
    if gone:
        return Verdict(question, "missing", f"there is no {gone[0]}: {question.remedy}")
    if latest is None:
        return None
    for path in question.every:
        if path in latest.papers and ran.sha256(project / path) != latest.papers[path]:
            return Verdict(
                question, "stale", f"{path} changed since its tests ran", latest.when.date()
            )
    return None


def _proved(question: Question, project: Path) -> Verdict:
    """Whether the certificate speaks of the files as they are; its page is for people."""
    try:
        certificate = Certificate.from_json((project / CERTIFICATE).read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError) as damaged:
        return Verdict(question, "failed", f"{CERTIFICATE} cannot be read: {damaged}")
    if not certificate.equal:
        return Verdict(question, "failed", f"{CERTIFICATE} says that something differs")
    for path, known in sorted(certificate.files_sha256.items()):
        file = project / path
        if Path(path).suffix != ".md" and (not file.is_file() or ran.sha256(file) != known):
            return Verdict(question, "stale", f"{path} is not what was proved: {question.remedy}")
    return Verdict(question, "passed", f"{CERTIFICATE} speaks of the files as they are")


def _tested(question: Question, latest: Ran | None, changed: str, today: date) -> Verdict:
    if latest is None:
        return Verdict(question, "not run", "the tests never ran here: poc-graduate score --run")
    outcomes = _matching(question.tests, latest.outcomes)
    day = latest.when.date()
    if not outcomes:
        return Verdict(question, "missing", f"no such test: {question.remedy}")
    failed = sorted(test for test, how in outcomes.items() if how == "failed")
    if failed:
        more = f" and {len(failed) - 1} more" if len(failed) > 1 else ""
        return Verdict(question, "failed", f"{failed[0]}{more} failed", day)
    passed = [test for test, how in outcomes.items() if how == "passed"]
    if not passed:
        why = next(
            (latest.skipped[test] for test in sorted(outcomes) if latest.skipped.get(test)), ""
        )
        return Verdict(question, "not run", f"its tests were skipped: {why}".rstrip(": "), day)
    tests = "1 test" if len(passed) == 1 else f"{len(passed)} tests"
    if changed:
        return Verdict(question, "stale", f"{tests} passed; {changed}", day)
    if today - day > _TESTS_COUNT:
        return Verdict(question, "stale", f"{tests} passed {(today - day).days} days ago", day)
    return Verdict(question, "passed", f"{tests} passed", day)


def _matching(patterns: Iterable[str], outcomes: Mapping[str, How]) -> dict[str, How]:
    return {
        test: how
        for test, how in outcomes.items()
        if any(fnmatchcase(test, pattern) for pattern in patterns)
    }


def _signed(question: Question, answer: Answer | None, today: date) -> Verdict | None:
    if answer is None or answer.lacks or answer.on is None:
        return None
    says = f"{answer.by}: {answer.see}"
    if today - answer.on > _SIGNATURE_COUNTS:
        return Verdict(question, "stale", f"{says}, more than a year ago", answer.on)
    return Verdict(question, "by hand", says, answer.on)
