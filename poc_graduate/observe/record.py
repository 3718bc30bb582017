"""Run the notebook, twice, and put what the kernels told into RunFacts."""

from __future__ import annotations

import ast
import contextlib
import queue
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from poc_graduate.dataflow.facts import CellFacts, RunFacts
from poc_graduate.errors import CellFailed, KernelError
from poc_graduate.notebook.model import Notebook
from poc_graduate.observe.compare import compared
from poc_graduate.observe.facts import cell_facts
from poc_graduate.observe.run import Run, run_notebook
from poc_graduate.observe.scratch import Scratch, scratch_copy

HASH_SEEDS = (0, 4242)

Progress = Callable[[str, int, int], None]


def observe(
    notebook: Notebook,
    *,
    candidates: Mapping[int, frozenset[str]],
    timeout: float | None = None,
    second: bool = True,
    parallel: bool = True,
    progress: Progress | None = None,
) -> RunFacts:
    """Run a notebook as "Restart and run all" would, and write down what each cell did.

    Args:
        notebook: Run in a scratch copy of its folder; the folder itself is not touched.
        candidates: Position of a cell among all cells → names that would cross a cut after it:
            for those it is tried how they can be stored.
        timeout: Seconds that one cell may take.
        second: Run it again under another hash seed, to learn what is not deterministic.
        parallel: Do so at the same time.
        progress: Called with what is being done, and how many cells of how many have ended.

    Raises:
        CellFailed: a cell raised, did not end, or fails under another hash seed.
        Refusal: it writes to what must not be written.
        KernelError: no kernel, or it died.
    """
    counts = {cell.index: count for count, cell in enumerate(notebook.code_cells, start=1)}
    plan = {counts[i]: sorted(names) for i, names in candidates.items() if i in counts}
    modules = sorted(imported_modules(notebook))
    with contextlib.ExitStack() as copies:
        # Both copies before either run: the second must not see what the first one wrote.
        scratches = [copies.enter_context(scratch_copy(notebook)) for _ in range(1 + second)]
        first_seed, second_seed = HASH_SEEDS
        jobs = [_Job(notebook, scratches[0], first_seed, plan, modules, not second, timeout)]
        if second:
            # The one that is only compared has time to count.
            jobs.append(_Job(notebook, scratches[1], second_seed, {}, [], True, timeout))
        for together in [jobs] if parallel else [[job] for job in jobs]:
            if jobs[0].error is None:
                _together(together, progress)
    if second and parallel and any(job.ran_out_of_memory for job in jobs):
        return observe(
            notebook, candidates=candidates, timeout=timeout, parallel=False, progress=progress
        )
    first = jobs[0].result()
    if not second:
        return first.facts(notebook)
    try:
        other = jobs[1].result()
    except CellFailed as failure:
        raise CellFailed(
            f"under another hash seed, {failure.found}",
            remedy="make it independent of the order of sets and of hash(), which differ "
            "from one Python process to the next",
            place=failure.place,
        ) from failure
    return first.facts(notebook, compared_with=other)


@dataclass(frozen=True)
class _Observed:
    """A run, and the scratch copy that it was in (gone by now)."""

    run: Run
    scratch: Scratch

    def cells(self, notebook: Notebook) -> tuple[CellFacts, ...]:
        pairs = zip(notebook.code_cells, self.run.records, self.run.outputs, strict=True)
        return tuple(
            cell_facts(
                record,
                cell=cell.index,
                outputs=outputs,
                stored=self.run.stored.get(str(count)),
                scratch=self.scratch,
            )
            for count, (cell, record, outputs) in enumerate(pairs, start=1)
        )

    def facts(self, notebook: Notebook, compared_with: _Observed | None = None) -> RunFacts:
        cells = self.cells(notebook)
        if compared_with is not None:
            others = compared_with.cells(notebook)
            cells = tuple(compared(one, other) for one, other in zip(cells, others, strict=True))
        found = self.run.distributions
        records = self.run.records
        return RunFacts(
            cells=cells,
            start=self.run.start["start"],
            seconds=self.run.seconds,
            kernel=self.run.kernel,
            kernel_note=self.run.note,
            python=self.run.start["python"],
            packages={name: version for _, (name, version) in sorted(found.items())},
            distributions={module: name for module, (name, _) in sorted(found.items())},
            capture_seconds=sum(record["capture"] for record in records),
            pandas_copy_on_write=all(record["copy_on_write"] for record in records),
        )


class _Job(threading.Thread):
    """One run in a thread of its own."""

    def __init__(
        self,
        notebook: Notebook,
        scratch: Scratch,
        hash_seed: int,
        candidates: Mapping[int, list[str]],
        modules: list[str],
        profiles: bool,
        timeout: float | None,
    ) -> None:
        super().__init__(name=f"run under hash seed {hash_seed}", daemon=True)
        self.notebook = notebook
        self.scratch = scratch
        self.hash_seed = hash_seed
        self.candidates = candidates
        self.modules = modules
        self.profiles = profiles
        self.timeout = timeout
        self.ended: queue.Queue[int] = queue.Queue()
        self.stop = threading.Event()
        self.observed: _Observed | None = None
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            run = run_notebook(
                self.notebook,
                self.scratch,
                hash_seed=self.hash_seed,
                candidates=self.candidates,
                modules=self.modules,
                profiles=self.profiles,
                timeout=self.timeout,
                ended=self.ended.put,
                stop=self.stop,
            )
            self.scratch.check_originals(self.notebook)
            self.observed = _Observed(run, self.scratch)
        except BaseException as error:  # handed to the thread that waits
            self.error = error

    @property
    def ran_out_of_memory(self) -> bool:
        """The system killed the kernel: two at once may be more than there is room for."""
        return isinstance(self.error, KernelError) and "killed by signal 9" in self.error.found

    def result(self) -> _Observed:
        if self.error is not None:
            raise self.error
        assert self.observed is not None
        return self.observed


def _together(jobs: list[_Job], progress: Progress | None) -> None:
    """Run the jobs at the same time; stop all when the first fails or the user does."""
    total = len(jobs[0].notebook.code_cells)
    for job in jobs:
        job.start()
    try:
        while any(job.is_alive() for job in jobs):
            with contextlib.suppress(queue.Empty):
                count = jobs[0].ended.get(timeout=0.05)
                if progress is not None:
                    progress("Running the notebook", count, total)
            if jobs[0].error is not None:
                break
    finally:
        for job in jobs:
            if jobs[0].error is not None or job.is_alive():
                job.stop.set()
        for job in jobs:
            job.join()


def imported_modules(notebook: Notebook) -> set[str]:
    """Top-level modules that the cells import, wherever in a cell."""
    found: set[str] = set()
    for cell in notebook.code_cells:
        with contextlib.suppress(SyntaxError):
            found.update(_imports(ast.parse(cell.code or cell.source)))
    return found


def _imports(tree: ast.AST) -> Iterable[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (alias.name.partition(".")[0] for alias in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield module.partition(".")[0]
            case _:
                continue
