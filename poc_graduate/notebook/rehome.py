"""A notebook seen from a folder above its own, for code that reaches for files up there."""

from __future__ import annotations

import json
from dataclasses import replace

from poc_graduate.notebook.model import Notebook


def rehomed(notebook: Notebook, steps: int) -> Notebook | None:
    """The same notebook, run from a folder above its own, which it enters first.

    Every path that its code computes stays what it was, and nothing that it reaches for lies
    outside of the folder that becomes the project.

    Args:
        notebook: What was read.
        steps: How many folders up.

    Returns:
        None where there are not as many, or the first code cell cannot begin with other lines.
    """
    folder = notebook.path.resolve().parent
    first = notebook.code_cells[0]
    begins = first.source.lstrip().startswith("%%") or "__future__" in first.source
    if steps >= len(folder.parents) or begins:  # a cell magic and `__future__` stand first
        return None
    top = folder.parents[steps - 1]
    home = folder.relative_to(top).as_posix()
    entering = f"import os\n\nos.chdir({json.dumps(home, ensure_ascii=False)})\n"
    cell = replace(
        first,
        source=entering + first.source,
        code=entering + first.code,
        magics=tuple(replace(m, line=m.line + entering.count("\n")) for m in first.magics),
        before=entering.count("\n"),
    )
    cells = tuple(cell if one is first else one for one in notebook.cells)
    return replace(notebook, path=top / notebook.path.name, cells=cells, home=home)
