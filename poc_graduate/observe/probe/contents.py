"""One hash for what a file holds, without the moment at which it was written."""

from __future__ import annotations

import gzip
import hashlib
import zipfile
from collections.abc import Iterator
from typing import IO, Any

OPEN = open  # the notebook may put another in its place
MOST_BYTES = 1 << 30
"""Of an archive when unpacked; a larger one is hashed as it lies there."""
PROPERTIES = "docProps/core.xml"
"""Of Office's files: who wrote them, and when."""


def file_hash(path: str) -> str:
    """Hash of a file's content; empty for folders and what is gone.

    Archives (also `.xlsx`, `.npz`) and gzip hold times of their own: what is packed counts.
    """
    try:
        with OPEN(path, "rb") as content:
            begins = content.read(4)
            content.seek(0)
            try:
                if begins == b"PK\x03\x04":
                    return _hash(_members(content))
                if begins[:2] == b"\x1f\x8b":
                    return _hash(_limited(gzip.GzipFile(fileobj=content)))
            except Exception:  # damaged or locked: what is packed cannot be told
                content.seek(0)
            return _hash(_blocks(content))
    except OSError:
        return ""


def _hash(blocks: Iterator[bytes]) -> str:
    hashed = hashlib.sha256()
    for block in blocks:
        hashed.update(block)
    return hashed.hexdigest()


def _blocks(content: IO[bytes] | Any) -> Iterator[bytes]:
    yield from iter(lambda: content.read(1 << 20), b"")


def _limited(content: IO[bytes] | Any) -> Iterator[bytes]:
    total = 0
    for block in _blocks(content):
        total += len(block)
        if total > MOST_BYTES:
            raise ValueError("too large to unpack")
        yield block


def _members(content: IO[bytes]) -> Iterator[bytes]:
    with zipfile.ZipFile(content) as archive:
        members = sorted(archive.infolist(), key=lambda member: member.filename)
        if sum(member.file_size for member in members) > MOST_BYTES:
            raise ValueError("too large to unpack")
        for member in members:
            if member.filename == PROPERTIES:
                continue
            yield f"{member.filename}\0{member.file_size}\0".encode("utf-8", "surrogatepass")
            with archive.open(member) as packed:
                yield from _blocks(packed)
