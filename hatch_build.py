"""Builds the JupyterLab extension for the wheel; users of the wheel need no Node."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_BUILT = "poc_graduate/labextension"
_INTO = "share/jupyter/labextensions/poc-graduate"


class LabExtension(BuildHookInterface[Any]):
    """Brings `poc_graduate/labextension` along, and makes it first where there is none."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the extension, except for editable installs and from a source distribution.

        An editable install takes what `make lab` built, if anything: Python work needs no Node.
        """
        root = Path(self.root)
        built = (root / _BUILT / "package.json").is_file()
        if self.target_name == "wheel" and version == "editable":
            return
        if not (built and (root / "PKG-INFO").is_file()):
            self._build(root)
        if self.target_name == "wheel":
            build_data["shared_data"] = {
                str(root / _BUILT): _INTO,
                str(root / "install.json"): f"{_INTO}/install.json",
            }

    def _build(self, root: Path) -> None:
        npm = shutil.which("npm")
        if npm is None:
            raise SystemExit("The JupyterLab extension needs Node 20 or newer: run `make lab`.")
        shutil.rmtree(root / _BUILT, ignore_errors=True)
        # `npm ci` leaves the lock file alone and fails where it is not up to date.
        for command in ([npm, "ci"], [npm, "run", "build:prod"]):
            subprocess.run(command, cwd=root / "extension", check=True)
