"""Verify a project that exists: build a copy and compare."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from poc_graduate.errors import InputError, Refusal
from poc_graduate.verify.build import Ploomber, build
from poc_graduate.verify.certificate import Certificate
from poc_graduate.verify.compare import compare, compare_files
from poc_graduate.verify.reference import Reference
from poc_graduate.verify.trials.prove_tests import prove_tests

if TYPE_CHECKING:
    from poc_graduate.observe.record import Progress
    from poc_graduate.plan.model import Plan


def verify_project(
    project: Path,
    *,
    timeout: float | None = None,
    tests: bool = False,
    progress: Progress | None = None,
) -> tuple[Certificate, Plan | None]:
    """Build a copy of a project and compare it with what its notebook computed.

    Args:
        project: Folder of the project; it is not changed.
        timeout: Seconds that the build may take.
        tests: Show its tests mistakes in its functions, too, and run them many times unchanged.
        progress: Called with what is going on.

    Returns:
        The certificate as it is now, and the plan; None where the project was exported before
        plans were kept.

    Raises:
        InputError: what the comparison rests on is missing or damaged.
        Refusal: a task fails.
    """
    graduation = project / "graduation"
    try:
        reference = Reference.from_json((graduation / "reference.json").read_text("utf-8"))
        before = Certificate.from_json((graduation / "certificate.json").read_text("utf-8"))
    except (OSError, ValueError, KeyError, TypeError) as broken:
        raise InputError(
            f"{graduation} does not say what the notebook computed ({broken})",
            remedy="export the notebook again",
        ) from None
    _check_secrets(project)
    with tempfile.TemporaryDirectory(prefix="poc-graduate-") as scratch:
        folder = Path(scratch).resolve() / "verify" / reference.package
        leave = shutil.ignore_patterns("products", ".*_cache", "__pycache__", ".git", ".venv")
        shutil.copytree(project, folder, ignore=leave)
        stages = tuple(stage.name for stage in reference.stages)
        if progress is not None:
            progress(f"building {len(stages)} tasks", 0, 1)
        with Ploomber(Path(scratch).resolve() / "ploomber", reference.package) as ploomber:
            built = build(folder, ploomber=ploomber, stages=stages, timeout=timeout)
        if built.failed:
            last = [line for line in built.error.splitlines() if "Error" in line]
            raise Refusal(
                f"task {built.failed} fails: {last[-1].strip() if last else built.error[-200:]}",
                remedy=f"run `ploomber build` in {project} and mend the task",
            )
        seen = replace(reference, folder=reference.folder or "<folder>")
        verdicts = compare(seen, built) + compare_files(seen, built)
    hashes = {
        path: hashlib.sha256((project / path).read_bytes()).hexdigest()
        for path in before.files_sha256
        if (project / path).is_file()
    }
    trials = prove_tests(project, reference.package, progress=progress) if tests else None
    certificate = replace(before, verdicts=verdicts, files_sha256=hashes, trials=trials)
    return certificate, reference.plan


def _check_secrets(project: Path) -> None:
    """Variables that the pipeline reads from its environment have to be there."""
    example = project / ".env.example"
    if not example.is_file():
        return
    lines = example.read_text("utf-8").splitlines()
    names = [name for name, equals, _ in (line.partition("=") for line in lines) if equals]
    missing = [name for name in names if name.isidentifier() and name not in os.environ]
    if missing:
        raise InputError(
            f"the pipeline reads {', '.join(missing)} from the environment, where "
            f"{'they are' if len(missing) > 1 else 'it is'} not set",
            remedy="set what the prototype had, and verify again",
        )
