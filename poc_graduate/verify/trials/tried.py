"""A project that is about to be published, with its tests put to the proof."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from poc_graduate.verify.complete import Made
from poc_graduate.verify.tree import write_tree
from poc_graduate.verify.trials.first_run import GONE, without
from poc_graduate.verify.trials.prove_tests import prove_tests

if TYPE_CHECKING:
    from poc_graduate.observe.record import Progress


def tried(
    made: Made, package: str, beside: Path, scratch: Path, progress: Progress | None = None
) -> Made:
    """The project with what its tests noticed on its certificate, less those that notice nothing.

    Args:
        made: The project.
        package: Name of its package.
        beside: Folder of the notebook, which the inputs are taken from.
        scratch: A folder that does not exist yet, to work in.
        progress: Called with what is going on, how much is done and of how much.

    Raises:
        Refusal: its tests fail as they are.
    """
    assert made.certificate is not None
    folder = scratch / package
    write_tree(folder, made.files, made.inputs, beside)
    trials = prove_tests(folder, package, progress=progress)
    files = {**made.files, **without(made.files, trials.idle)}
    files = {path: content for path, content in files.items() if content is not GONE}
    certificate = replace(made.certificate, trials=trials)
    files["graduation/certificate.json"] = certificate.to_json().encode()
    return replace(made, files=files, certificate=certificate)
