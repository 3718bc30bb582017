"""What a file holds counts, not when it was written."""

from __future__ import annotations

import gzip
import hashlib
import io
import zipfile
from pathlib import Path

import pytest

from poc_graduate.observe.probe import contents
from poc_graduate.observe.probe.contents import file_hash


def packed(members: dict[str, bytes], year: int) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, (year, 1, 1, 0, 0, 0)), data)
    return made.getvalue()


def hashed(folder: Path, content: bytes) -> str:
    path = folder / "file"
    path.write_bytes(content)
    return file_hash(str(path))


def test_tables_of_two_moments_are_equal_and_those_of_other_values_are_not(tmp_path: Path) -> None:
    first = packed({"xl/sheet1.xml": b"<v>1</v>", "docProps/core.xml": b"1999"}, 1999)
    later = packed({"docProps/core.xml": b"2024", "xl/sheet1.xml": b"<v>1</v>"}, 2024)
    other = packed({"xl/sheet1.xml": b"<v>2</v>", "docProps/core.xml": b"1999"}, 1999)
    renamed = packed({"xl/sheet2.xml": b"<v>1</v>", "docProps/core.xml": b"1999"}, 1999)

    assert hashed(tmp_path, first) == hashed(tmp_path, later)
    assert len({hashed(tmp_path, one) for one in (first, other, renamed)}) == 3


def test_of_gzip_what_is_packed_counts(tmp_path: Path) -> None:
    first, later = gzip.compress(b"a,b", mtime=1), gzip.compress(b"a,b", mtime=2)

    assert hashed(tmp_path, first) == hashed(tmp_path, later)
    assert hashed(tmp_path, first) != hashed(tmp_path, gzip.compress(b"a,c", mtime=1))


@pytest.mark.parametrize("damage", [slice(0, 60), slice(0, -1)])
@pytest.mark.parametrize("kind", ["zip", "gzip"])
def test_what_cannot_be_unpacked_is_hashed_as_it_lies_there(
    tmp_path: Path, kind: str, damage: slice
) -> None:
    data = bytes(range(256))
    whole = packed({"a": data}, 1999) if kind == "zip" else gzip.compress(data, 0)

    damaged = hashed(tmp_path, whole[damage])

    assert damaged == hashlib.sha256(whole[damage]).hexdigest()


@pytest.mark.parametrize("whole", [packed({"a": b"x" * 99}, 1999), gzip.compress(b"x" * 99, 0)])
def test_what_would_be_too_large_is_not_unpacked(
    tmp_path: Path, whole: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contents, "MOST_BYTES", 50)

    assert hashed(tmp_path, whole) == hashlib.sha256(whole).hexdigest()


def test_of_what_is_gone_and_of_folders_there_is_none(tmp_path: Path) -> None:
    assert file_hash(str(tmp_path)) == file_hash(str(tmp_path / "gone")) == ""
