"""Distributions that provide the modules which the notebook loaded."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator

OPTIONAL = frozenset(
    "pyarrow fastparquet openpyxl xlrd odf pyxlsb xlsxwriter lxml html5lib bs4 tables h5py"
    " sqlalchemy psycopg2 pymysql fsspec s3fs gcsfs numexpr bottleneck tabulate jinja2 xarray"
    " zstandard pyreadstat".split()
)
"""Modules that pandas loads for one call, and that a project has to install by name."""

STANDARD = frozenset(getattr(sys, "stdlib_module_names", sys.builtin_module_names))
DISTRIBUTIONS = {
    "PIL": "pillow",
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python",
    "dateutil": "python-dateutil",
    "imblearn": "imbalanced-learn",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "yaml": "PyYAML",
}
"""Where to look first for the distribution of a module."""


def distributions(modules: list[str]) -> dict[str, list[str]]:
    """Top-level module → distribution and version, of those that are installed."""
    metadata = importlib.import_module("importlib.metadata")
    found: dict[str, list[str]] = {}
    rest = []
    for module in modules:
        if module in STANDARD:
            continue
        # Reading what every installed distribution provides takes half a second.
        for name in (module, DISTRIBUTIONS.get(module, module), module.replace("_", "-")):
            try:
                one = metadata.distribution(name)
            except metadata.PackageNotFoundError:
                continue
            if any(str(file).startswith((module + "/", module + ".")) for file in one.files or ()):
                found[module] = [one.metadata["Name"], one.version]
                break
        else:
            rest.append(module)
    owners = metadata.packages_distributions() if rest and sys.version_info >= (3, 10) else {}
    for module in rest:
        for name in sorted(set(owners.get(module, ())))[:1]:
            found[module] = [name, metadata.version(name)]
    return found


def loaded(first: frozenset[str]) -> Iterator[str]:
    """Top-level modules loaded since the kernel started."""
    yield from sorted({name.partition(".")[0] for name in set(sys.modules) - first})
