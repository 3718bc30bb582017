"""A forked kernel ends early only where nothing that its cells made would do anything more."""

from __future__ import annotations

import io
import zipfile

import pytest

from poc_graduate.kernels.leaving import clear, unfinished


class Acts:
    def __del__(self):
        pass


def _waits():
    try:
        yield 1
    finally:
        pass


def _begun():
    made = _waits()
    next(made)
    return made


@pytest.mark.parametrize(
    "made",
    [
        lambda folder: (folder / "text.txt").open("w"),
        lambda folder: (folder / "bytes").open("wb"),
        lambda folder: zipfile.ZipFile(folder / "archive.zip", "w"),
        lambda folder: Acts(),
        lambda folder: _begun(),
    ],
    ids=["text", "bytes", "archive", "with an end of its own", "a generator that waits"],
)
def test_what_would_act_at_its_end_is_waited_for(tmp_path, made):
    one = made(tmp_path)

    assert unfinished([1, "text", one], [])
    assert not unfinished([1, "text", one], [one]), "the kernel's own is not"


def test_what_is_closed_or_only_read_is_not_waited_for(tmp_path):
    path = tmp_path / "read.txt"
    path.write_text("text")
    closed = (tmp_path / "closed.txt").open("w")
    closed.close()

    with path.open() as read:
        assert not unfinished([read, closed, io.BytesIO(b"read").getbuffer(), {}, Acts], [])


def test_names_go_as_they_do_when_an_interpreter_ends():
    gone = []

    class Named:
        def __init__(self, name):
            self.name = name

        def __del__(self):
            gone.append((self.name, namespace["last"] is None))

    namespace = {"first": Named("first"), "_hidden": Named("_hidden"), "__builtins__": 1}
    namespace["last"] = Named("last")

    clear(namespace)

    assert gone == [("_hidden", False), ("first", False), ("last", True)]
    assert namespace["__builtins__"] == 1
