"""The pages: links lead somewhere, paths that are named exist, no machine shows through."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")
SOURCE = re.compile(
    r"`((?:notebook|dataflow|rules|plan|observe|generate|verify|report|cli)/[\w./]*)`"
)
TARGET = re.compile(r"(?m)(?:^|`)make ([a-z]+)")


@pytest.fixture(params=PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def page(request) -> Path:
    return request.param


def test_links_lead_somewhere(page):
    links = LINK.findall(page.read_text(encoding="utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []


def test_named_sources_exist(page):
    named = SOURCE.findall(page.read_text(encoding="utf-8"))

    assert [path for path in named if not (ROOT / "poc_graduate" / path).exists()] == []


def test_named_targets_exist():
    made = set(re.findall(r"(?m)^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8")))
    named = TARGET.findall((ROOT / "README.md").read_text(encoding="utf-8"))

    assert set(named) <= made


def test_no_machine_shows_through(page):
    text = page.read_text(encoding="utf-8")

    assert [
        word for word in ("/home/", "/root/", "/tmp/", "/work/", "file://") if word in text
    ] == []


def test_pinned_versions_name_no_host():
    pins = (ROOT / "requirements-dev.txt").read_text(encoding="utf-8").splitlines()

    assert [pin for pin in pins if not re.fullmatch(r"#.*|[\w.-]+==[\w.]+", pin)] == []
