"""Displayed outputs: when two are the same, and what is left aside in the comparison."""

from __future__ import annotations

import base64
import io
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from poc_graduate.observe.compare import ADDRESS

PIXELS_THAT_MAY_DIFFER = 0.001
"""Share of a figure's pixels; anti-aliasing of text differs by a few."""

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_MODULE = re.compile(r"\b(__main__)\.")
_STYLER_ID = re.compile(r"\b(id|for)=(\"|')[^\"']*\2|#T_\w+|T_[0-9a-f]{5}\w*|sk-[\w-]+")
_OBJECT_ID = re.compile(r"sk-container-id-\d+|sk-estimator-id-\d+")


def comparable(outputs: Sequence[Mapping[str, Any]], folder: str = "") -> list[dict[str, Any]]:
    """Outputs without warnings, in one form: streams joined, text as one string.

    Args:
        outputs: nbformat 4 outputs.
        folder: Where they came about; paths count from there.

    Warnings and logs go to stderr with file names and line numbers, and Python shows some of
    them only for code of the main module: they are not results.
    """
    result: list[dict[str, Any]] = []
    for output in outputs:
        kind = output.get("output_type")
        if kind == "stream":
            if output.get("name") == "stderr":
                continue
            text = _text(output.get("text", ""))
            if result and result[-1]["kind"] == "stream":
                result[-1]["text/plain"] += text
            else:
                result.append({"kind": "stream", "text/plain": text})
        elif kind in ("execute_result", "display_data", "update_display_data"):
            data = {name: _text(value) for name, value in output.get("data", {}).items()}
            result.append({"kind": "display", **data})
        elif kind == "error":
            result.append({"kind": "error", "text/plain": str(output.get("ename", ""))})
    if folder:
        for output in result:
            for name, text in output.items():
                output[name] = text.replace(folder, "<folder>")
    return [output for output in result if output.get("text/plain") != "" or len(output) > 2]


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return "".join(value)
    return json.dumps(value, sort_keys=True)


def plain(text: str, package: str) -> str:
    """Text without what differs from process to process: addresses, colours, module of a class."""
    text = _ANSI.sub("", text).replace("\r\n", "\n")
    text = ADDRESS.sub("0x…", text)
    if package:
        text = re.sub(rf"\b{re.escape(package)}\.[a-z_0-9]+\.(?=[A-Za-z_])", "", text)
    return _MODULE.sub("", text)


def difference(one: Mapping[str, Any], other: Mapping[str, Any], package: str) -> str:
    """Why two outputs are not the same; empty where they are."""
    if one["kind"] != other["kind"]:
        return f"{one['kind']} in the notebook, {other['kind']} in the pipeline"
    images = [name for name in ("image/png", "image/jpeg") if name in one or name in other]
    for name in images:
        if name not in one or name not in other:
            return "a figure on one side only"
        share = pixels_that_differ(one[name], other[name])
        if share > PIXELS_THAT_MAY_DIFFER:
            return f"{share:.1%} of the figure's pixels differ"
    for name in sorted({*one, *other} - {"kind", *images}):
        if images and name == "text/plain":
            continue  # "<Figure size 640x480 with 1 Axes>"
        if name in ("text/html", "image/svg+xml", "text/latex") and "text/plain" in one:
            first, second = (_STYLER_ID.sub("", str(o.get(name, ""))) for o in (one, other))
        else:
            first, second = str(one.get(name, "")), str(other.get(name, ""))
        first, second = plain(first, package), plain(second, package)
        if _OBJECT_ID.sub("", first) != _OBJECT_ID.sub("", second):
            return f"{name}: {_first_difference(first, second)}"
    return ""


def _first_difference(one: str, other: str) -> str:
    for number, (a, b) in enumerate(zip(one.split("\n"), other.split("\n"), strict=False), start=1):
        if a != b:
            return f"line {number}: “{a[:60]}” in the notebook, “{b[:60]}” in the pipeline"
    return "one side is longer"


def pixels_that_differ(one: str, other: str) -> float:
    """Share of pixels that differ visibly (more than 8 of 255 in a channel), 0 to 1."""
    if one == other:
        return 0.0
    import numpy as np
    from PIL import Image

    first, second = (
        np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB"), dtype=int)
        for data in (one, other)
    )
    if first.shape != second.shape:
        return 1.0
    return float((np.abs(first - second).max(axis=-1) > 8).mean())


def short(output: Mapping[str, Any]) -> str:
    """A short form for the certificate."""
    if "image/png" in output or "image/jpeg" in output:
        return "a figure"
    text = str(output.get("text/plain") or next(iter(output.values())))
    line = text.strip().split("\n")[0] if text.strip() else ""
    return line[:60] + ("…" if len(line) > 60 or "\n" in text.strip() else "")
