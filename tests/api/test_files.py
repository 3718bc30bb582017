"""Files are written by one rename; what is no file stays what it is."""

from __future__ import annotations

import os
import stat

import pytest

from poc_graduate.api import write_text
from poc_graduate.errors import InputError


def test_what_is_no_file_is_written_to_and_stays(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)

    write_text(pipe, "a page")

    assert os.read(reader, 100) == b"a page"
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert os.listdir(tmp_path) == ["pipe"]
    os.close(reader)


def test_a_file_is_replaced_and_nothing_is_left_beside_it(tmp_path):
    path = tmp_path / "page.html"
    path.write_text("before")

    write_text(path, "after")

    assert path.read_text() == "after"
    assert os.listdir(tmp_path) == ["page.html"]


def test_a_folder_in_its_place_is_told(tmp_path):
    with pytest.raises(InputError, match="cannot be written: Is a directory"):
        write_text(tmp_path, "a page")
