"""The verb `score`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from poc_graduate.api.files import write_text
from poc_graduate.errors import InputError

if TYPE_CHECKING:
    from poc_graduate.api.exporting import Progress
    from poc_graduate.operate.score import Score


def score(
    project: Path,
    *,
    run: bool = False,
    form: bool = True,
    timeout: float | None = None,
    progress: Progress | None = None,
) -> Score:
    """How ready a project is, by what ran on its files and what people signed for.

    With `run`, what its tests did is written into `graduation/`.

    Args:
        project: Folder of an earlier export.
        run: Run its tests first, in this environment.
        form: Write `readiness.yaml` into it where it is not there yet.
        timeout: Seconds that the tests may take.
        progress: Called with what is going on.

    Returns:
        Each question's verdict, the sections' points, and the score.

    Raises:
        InputError: the folder is no project of ours, or a record in it cannot be read.
        GraduateError: the tests took too long.
    """
    from poc_graduate.operate import answers, ran
    from poc_graduate.operate import score as scoring

    folder = Path(project)
    if not (folder / "graduation").is_dir() or not (folder / "pipeline.yaml").is_file():
        raise InputError(
            f"{project} is no exported project: it has no graduation/ beside a pipeline.yaml",
            remedy="give the folder that `poc-graduate export` wrote",
        )
    latest = None
    if run:
        if progress is not None:
            progress("running its tests", 0, 1)
        latest = ran.run(folder, scoring.papers(), timeout=timeout)
        write_text(folder / ran.RECORD, latest.to_json())
    if form and not (folder / answers.FILE).exists():
        write_text(folder / answers.FILE, answers.form(scoring.by_people(folder)))
    return scoring.score(folder, latest=latest)


def score_record(found: Score) -> dict[str, Any]:
    """A score for machines.

    Args:
        found: It.
    """

    def rows(verdicts: Any) -> list[dict[str, Any]]:
        return [
            {
                "name": one.question.name,
                "section": one.question.section,
                "asks": one.question.asks,
                "state": one.state,
                "points": one.points,
                "says": one.says,
                "when": one.when.isoformat() if one.when else None,
            }
            for one in verdicts
        ]

    return {
        "schema": 1,
        "project": found.project,
        "model": found.model,
        "score": round(found.total, 3),
        "meaning": found.meaning,
        "sections": {name: round(points, 3) for name, points in found.sections.items()},
        "by_domain": {name: round(points, 3) for name, points in found.by_domain.items()},
        "questions": rows(found.rubric),
        "domains": rows(found.domains),
        "next": [one.question.name for one in found.next_steps],
        "next_in_domains": [one.question.name for one in found.next_in_domains],
        "ran": found.ran.isoformat() if found.ran else None,
    }


def score_page(found: Score) -> str:
    """A score as one page.

    Args:
        found: It.
    """
    from poc_graduate.report.score_html import render

    return render(found)
