"""What crosses each cut: data, definitions, settings, generator states and files."""

from __future__ import annotations

from itertools import pairwise

from poc_graduate.plan.cells import Timeline
from poc_graduate.plan.files import follow_files
from poc_graduate.plan.keeps import keep_data
from poc_graduate.plan.layout import Constraints, Layout, Problem
from poc_graduate.plan.models import keep_models
from poc_graduate.plan.needs import find_needs
from poc_graduate.plan.replays import replay_generators, replay_settings


def lay_out(
    time: Timeline, cuts: tuple[int, ...], parameters: frozenset[str], constraints: Constraints
) -> tuple[list[Layout], list[Problem]]:
    """Work out what each stage takes and leaves.

    Args:
        time: The notebook's cells.
        cuts: Chosen cuts, ascending, each between 1 and the number of cells less one.
        parameters: Variables of the notebook that are parameters.
        constraints: What has to be respected.

    Returns:
        The stages, and the cuts that cannot be made. Where there are any, the stages are of
        no use.
    """
    bounds = [0, *cuts, len(time.cells)]
    stages = [Layout(start, stop) for start, stop in pairwise(bounds)]
    problems: list[Problem] = []
    for stage in stages:
        find_needs(time, stage, parameters, constraints, problems)
    for index, stage in enumerate(stages):
        replay_settings(time, stage, index, parameters, problems)
        replay_generators(time, stages, index)
    follow_files(time, stages, problems)
    if not problems:
        keep_data(time, stages, constraints, problems)
        keep_models(time, stages, constraints)
    return stages, problems
