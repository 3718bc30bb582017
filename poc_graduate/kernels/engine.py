"""Papermill's engine whose kernels are forks: `papermill --engine warm`."""

from __future__ import annotations

import logging
import re
from typing import Any
from uuid import uuid4

from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from papermill.engines import NBClientEngine
from traitlets import default

from poc_graduate.kernels.client import EagerClient
from poc_graduate.kernels.imports import of_cells
from poc_graduate.kernels.learnt import parent_for
from poc_graduate.kernels.parent import FORKED, NotForked, Parent, unfit

LOG = logging.getLogger(__name__)
FIELD = "kernel"
"""In a notebook's metadata beside papermill's other entries: `FORKED`, or why it was not."""
# Modules that list the objects there are.
_LOOKS_AT_OBJECTS = re.compile(r"\b(gc|objgraph|pympler|guppy)\b")


class WarmProvisioner(LocalProvisioner):
    """Starts a kernel on this machine as a fork, where that is the same."""

    warm: Parent | None = None
    how = ""
    looks_at_objects = False

    async def launch_kernel(self, cmd: list[str], **options: Any) -> Any:
        """The kernel's connection; see `jupyter_client.provisioning`."""
        try:
            if self.warm is None:
                raise NotForked(self.how)
            kernel: Any = self.warm.fork(cmd, options, looks_at_objects=self.looks_at_objects)
        except NotForked as why:
            self.how = str(why)
            LOG.warning("This kernel starts as usual: %s", why)
            return await super().launch_kernel(cmd, **options)
        self.how = FORKED
        self.process = kernel
        self.pid = self.pgid = kernel.pid
        return self.connection_info


class WarmKernelManager(AsyncKernelManager):
    """A kernel manager whose kernels are forks, or else start as usual.

    Attributes:
        warm: What is forked.
        why: Why nothing is, where that is None.
        looks_at_objects: Whether the notebook may ask which objects there are.
        record: Where it is written down how the kernel was started.
    """

    warm: Parent | None
    why: str
    looks_at_objects: bool
    record: dict[str, Any]

    @default("client_factory")
    def _eager_client(self) -> type[EagerClient]:
        return EagerClient

    async def _async_pre_start_kernel(self, **options: Any) -> Any:
        """The command and its options; see `jupyter_client.manager`."""
        spec: Any = self.kernel_spec
        chosen = spec.metadata.get("kernel_provisioner")
        if self.provisioner is None and not chosen:
            self.kernel_id = self.kernel_id or str(uuid4())
            self.provisioner = WarmProvisioner(
                kernel_id=self.kernel_id, kernel_spec=spec, parent=self
            )
            self.provisioner.warm, self.provisioner.how = self.warm, self.why
            self.provisioner.looks_at_objects = self.looks_at_objects
        return await super()._async_pre_start_kernel(**options)

    async def _async_finish_shutdown(
        self,
        waittime: float | None = None,
        pollinterval: float = 0.01,
        restart: bool | None = False,
    ) -> None:
        """Wait until the kernel has ended; it does so in hundredths of a second, not in tenths."""
        await super()._async_finish_shutdown(waittime, pollinterval, restart)

    async def _async_post_start_kernel(self, **options: Any) -> None:
        """Write down how it was started."""
        self.record[FIELD] = getattr(self.provisioner, "how", "another provisioner starts it")
        await super()._async_post_start_kernel(**options)

    # jupyter_client 7 calls them by the one name, 8 by the other.
    pre_start_kernel = _async_pre_start_kernel
    post_start_kernel = _async_post_start_kernel
    finish_shutdown = _async_finish_shutdown


class WarmEngine(NBClientEngine):  # type: ignore[misc]
    """Papermill's own engine but for where the kernels come from.

    The executed notebook's metadata say in `papermill.kernel` whether its kernel was forked, or
    why not.
    """

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: Any, kernel_name: str, *, warm_parent: str = "", **options: Any
    ) -> Any:
        """Execute a notebook.

        Args:
            nb_man: Papermill's record of the execution.
            kernel_name: Name of a kernelspec.
            warm_parent: Address of the process to fork (`parent.warm_parent`); without it one is
                started for this process, which imports what the notebook imports.
            options: Of papermill's own engine.
        """
        why = unfit()
        warm = None
        if not why:
            warm = Parent(warm_parent) if warm_parent else cls.parent(nb_man.nb)
        named = {
            "warm": warm,
            "why": why,
            "looks_at_objects": any(_LOOKS_AT_OBJECTS.search(c.source) for c in nb_man.nb.cells),
            "record": nb_man.nb.metadata.papermill,
        }
        manager = type(WarmKernelManager.__name__, (WarmKernelManager,), named)
        return super().execute_managed_notebook(
            nb_man, kernel_name, kernel_manager_class=manager, **options
        )

    @classmethod
    def parent(cls, notebook: Any) -> Parent:
        """What is forked where no address is given.

        Args:
            notebook: As papermill executes it.
        """
        return parent_for(of_cells(c.source for c in notebook.cells if c.cell_type == "code"))
