"""Export the three prototypes again into their `project` folders, from scratch.

python examples/rebuild.py [NAME …]
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent


def main(names: list[str]) -> None:
    """Each notebook is exported in a copy of its folder, so that nothing else changes here."""
    for notebook in sorted(HERE.glob("*/*.ipynb")):
        example = notebook.parent
        if names and example.name not in names:
            continue
        with tempfile.TemporaryDirectory() as scratch:
            copy = Path(scratch) / example.name
            leave = shutil.ignore_patterns("project", "__pycache__")
            shutil.copytree(example, copy, ignore=leave)
            command = [sys.executable, "-m", "poc_graduate.cli", "export", notebook.name]
            subprocess.run([*command, "--output", "project"], cwd=copy, check=True)
            shutil.rmtree(example / "project", ignore_errors=True)
            shutil.copytree(copy / "project", example / "project", symlinks=True)


if __name__ == "__main__":
    main(sys.argv[1:])
