"""A cell without what its dropped magics say: a pipeline shows nothing in their place."""

from __future__ import annotations

from poc_graduate.notebook.model import Cell, Magic

_SPOKEN = 'with __import__("IPython.utils.capture", fromlist=["_"]).capture_output(): '


def silenced(cell: Cell) -> str:
    """The cell's source, in which packages are installed and names listed without a word.

    Every line keeps its place.

    Args:
        cell: A code cell.
    """
    lines = cell.source.split("\n")
    for magic in cell.magics:
        if not magic.dropped or magic.name == "matplotlib":  # it sets up what is shown
            continue
        first = magic.line - 1
        text = lines[first].lstrip()
        if magic.kind == "cell":
            # IPython shows the time below; the cell's own last value is shown either way.
            if magic.name == "time" and text.startswith("%%"):
                lines[first] = ""
            continue
        if magic.kind == "help" or not text.startswith(("%", "!", magic.name)):
            continue
        last = first
        while lines[last].endswith("\\") and last + 1 < len(lines):
            last += 1
        indent = lines[first][: len(lines[first]) - len(text)]
        lines[first : last + 1] = [indent + _SPOKEN + _call(magic), *[""] * (last - first)]
    return "\n".join(lines)


def _call(magic: Magic) -> str:
    if magic.kind == "shell":
        return f"get_ipython().system({magic.arguments!r})"
    return f"get_ipython().run_line_magic({magic.name!r}, {magic.arguments!r})"
