"""Lessons of the course on a project: those that apply to it."""

from __future__ import annotations

from dataclasses import dataclass

from poc_graduate.generate.operating.business_inputs import serves, tie
from poc_graduate.generate.operating.part import Project


@dataclass(frozen=True)
class Lesson:
    """One notebook of the course.

    Attributes:
        file: Its name.
        title: What it is about.
        minutes: How long it takes.
    """

    file: str
    title: str
    minutes: int


def lessons(project: Project) -> tuple[Lesson, ...]:
    """The course: two hours where there is a model that is served."""
    found = [Lesson("lesson_1_pipeline.py", "What it computes, and how it is run", 30)]
    if any(path.endswith("/contracts.py") for path in project.modules):
        found.append(Lesson("lesson_2_data.py", "What its data must look like", 25))
    if tie(project) in ("scores", "classes"):
        found.append(Lesson("lesson_3_model.py", "How often its model is right", 25))
    if serves(project):
        found.append(Lesson("lesson_4_operate.py", "Versions, promotion, rollback", 25))
    found.append(Lesson("lesson_5_decide.py", "When it fails, who decides, what it is worth", 15))
    return tuple(found)
