"""What only the user knows about where a pipeline runs: deploy/deploy.yaml, and flags above it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

import yaml

from poc_graduate.errors import InputError, meant

PATH = "deploy/deploy.yaml"
_STORES = {"s3": "S3Client", "gs": "GCloudStorageClient"}


@dataclass(frozen=True)
class Options:
    """Where and how the pipeline runs.

    Attributes:
        schedule: Five fields of cron, in UTC; empty: on demand only.
        retries: How often a failed task is run again.
        timeout_minutes: How long one task may take.
        cpu: Cores of one task (Argo), slots of its pool (Airflow), `cores` of a worker (Dask).
        memory: Memory of one task, as Kubernetes writes it (Argo).
        python: Version of Python (Argo, GitHub Actions).
        image: Container image (Argo).
        volume: Persistent volume claim that holds project and products (Argo).
        products: Where products are shared: s3://BUCKET/FOLDER, gs://BUCKET/FOLDER or the absolute
            path of a folder; empty for the project's own folder, which all workers see then.
    """

    schedule: str = ""
    retries: int = 2
    timeout_minutes: int = 60
    cpu: int = 1
    memory: str = "2Gi"
    python: str = "3.11"
    image: str = ""
    volume: str = ""
    products: str = ""

    @property
    def store(self) -> str:
        """The client of Ploomber that reaches the products; empty where none is needed."""
        scheme, parted, _ = self.products.rpartition("://")
        return (_STORES[scheme] if parted else "LocalStorageClient") if self.products else ""

    @property
    def bucket(self) -> tuple[str, str]:
        """Of `products`: the bucket and the folder in it."""
        bucket, _, folder = self.products.partition("://")[2].strip("/").partition("/")
        return bucket, folder


def read_options(project: Path, flags: Mapping[str, Any]) -> Options:
    """Defaults, above them deploy.yaml, above it the flags that were given.

    Args:
        project: Folder of the project.
        flags: Name → value; None where a flag was not given.

    Raises:
        InputError: an unknown name or a value of another type.
    """
    path = project / PATH
    given: dict[str, Any] = {}
    if path.is_file():
        try:
            found = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as unreadable:
            raise InputError(f"{path} cannot be read: {unreadable}") from None
        if not isinstance(found, dict):
            raise InputError(f"{path} is not a mapping")
        given = found
    chosen = {**given, **{name: value for name, value in flags.items() if value is not None}}
    known = {field.name: type(field.default) for field in fields(Options)}
    for name, value in chosen.items():
        if name not in known:
            remedy = meant(name, known, f"known are {', '.join(known)}")
            raise InputError(f"{path}: unknown option {name}", remedy=remedy)
        if type(value) is not known[name]:
            wanted = {int: "a whole number", str: "text, in quotes"}[known[name]]
            raise InputError(f"{path}: {name} is {value!r}", remedy=f"write {wanted}")
    return checked(replace(Options(), **chosen))


def checked(options: Options) -> Options:
    """The same options.

    Raises:
        InputError: a value that no engine can be given.
    """
    if options.schedule and len(options.schedule.split()) != 5:
        raise InputError(
            f"the schedule {options.schedule!r} does not have five fields",
            remedy='write it as cron does, such as "0 5 * * *" for 5:00 UTC each day',
        )
    _check_products(options)
    return options


def _check_products(options: Options) -> None:
    scheme, parted, _ = options.products.rpartition("://")
    known = all(options.bucket) if scheme in _STORES else options.products.startswith("/")
    if options.products and not (known and (scheme in _STORES or not parted)):
        raise InputError(
            f"products cannot be shared by {options.products!r}",
            remedy="write s3://BUCKET/FOLDER, gs://BUCKET/FOLDER, or the absolute path of a folder",
        )


def as_dict(options: Options) -> dict[str, Any]:
    """Name → value."""
    return asdict(options)
