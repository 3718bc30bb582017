"""Export the three prototypes again into their `project` folders, from scratch.

python examples/rebuild.py [NAME …]
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
SAME_KERNELS = {
    "OPENBLAS_CORETYPE": "Haswell",
    "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR",
}
"""OpenBLAS and NumPy pick their loops by processor, and the last digit of a fit differs with them:
these run on every x86-64 with AVX2, so that the committed projects are the same bytes on each.
Source: OpenBLAS, README "DYNAMIC_ARCH"; NumPy, "CPU build options", runtime dispatch."""


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
            command = [sys.executable, "-m", "poc_graduate", "export", notebook.name]
            environment = {**os.environ, **SAME_KERNELS}
            subprocess.run([*command, "--output", "project"], cwd=copy, env=environment, check=True)
            shutil.rmtree(example / "project", ignore_errors=True)
            shutil.copytree(copy / "project", example / "project", symlinks=True)


if __name__ == "__main__":
    main(sys.argv[1:])
