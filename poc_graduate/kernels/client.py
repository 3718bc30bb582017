"""A kernel's client that begins when the kernel says it is ready, not after a while of silence."""

from __future__ import annotations

import time
from queue import Empty
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient

_REPLY_WITHIN = 1.0
_HEARD_WITHIN = 0.2


class EagerClient(AsyncKernelClient):
    """As `jupyter_client` has it, but for how it waits for a kernel that its manager started.

    `AsyncKernelClient` asks for the kernel's info, and reads what comes on the other channel until
    a fifth of a second passes without a message. What ends that channel's part is a message, too:
    that the kernel is idle again after this very question.
    """

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Return when the kernel answers, and nothing that it has sent so far is unread.

        Args:
            timeout: Seconds; None for no limit.

        Raises:
            RuntimeError: it has died, or does not answer in time.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        while not await self._answers():
            if not await self.is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
            if deadline is not None and time.monotonic() > deadline:
                raise RuntimeError(f"Kernel didn't respond in {timeout:g} seconds")

    async def _answers(self) -> bool:
        """Ask once; False where an answer is missing, as the channels may be opening still."""
        asked = self.kernel_info()
        try:
            reply: dict[str, Any] = {}
            while reply.get("msg_type") != "kernel_info_reply":
                reply = await self.shell_channel.get_msg(timeout=_REPLY_WITHIN)
            told: dict[str, Any] = {}
            while told.get("content", {}).get("execution_state") != "idle" or _about(told) != asked:
                told = await self.iopub_channel.get_msg(timeout=_HEARD_WITHIN)
        except Empty:
            return False
        self._handle_kernel_info_reply(reply)
        return True


def _about(message: dict[str, Any]) -> Any:
    return message.get("parent_header", {}).get("msg_id")
