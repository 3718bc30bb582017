"""Messages of a kernel → displayed outputs, as a notebook keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Output = dict[str, Any]


class Outputs:
    """Outputs of the cells of one run.

    Attributes:
        cells: Outputs of each cell begun so far (nbformat 4 dictionaries).
    """

    def __init__(self) -> None:
        self.cells: list[list[Output]] = []
        self._displays: dict[str, list[Output]] = {}
        self._clear_first = False

    def begin(self) -> None:
        """The next cell starts."""
        self.cells.append([])
        self._clear_first = False

    def take(self, message: Mapping[str, Any]) -> None:
        """Add what a message shows."""
        kind, content = message["msg_type"], message["content"]
        display = (content.get("transient") or {}).get("display_id")
        if kind == "clear_output":
            self._clear_first = bool(content.get("wait"))
            if not self._clear_first:
                self.cells[-1].clear()
        elif kind == "update_display_data":
            # Wherever the display was shown, in this cell or an earlier one.
            for shown in self._displays.get(display or "", ()):
                shown.update(data=content["data"], metadata=content["metadata"])
        elif kind == "stream":
            self._stream(content["name"], content["text"])
        elif kind in ("display_data", "execute_result", "error"):
            output = self._add(_output(kind, content))
            if display:
                self._displays.setdefault(display, []).append(output)

    def _add(self, output: Output) -> Output:
        if self._clear_first:
            self.cells[-1].clear()
            self._clear_first = False
        self.cells[-1].append(output)
        return output

    def _stream(self, name: str, text: str) -> None:
        if not self._clear_first and self.cells[-1]:
            last = self.cells[-1][-1]
            if last["output_type"] == "stream" and last["name"] == name:
                last["text"] += text
                return
        self._add({"output_type": "stream", "name": name, "text": text})


def _output(kind: str, content: Mapping[str, Any]) -> Output:
    if kind == "error":
        return {
            "output_type": "error",
            "ename": content["ename"],
            "evalue": content["evalue"],
            "traceback": list(content["traceback"]),
        }
    shown = {"output_type": kind, "data": content["data"], "metadata": content["metadata"]}
    if kind == "execute_result":
        shown["execution_count"] = content["execution_count"]
    return shown
