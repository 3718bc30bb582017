"""The forms that a survey is shown in; each is one function from the survey to text."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from poc_graduate.report.findings import as_document, as_github, as_text
from poc_graduate.report.findings_html import as_html
from poc_graduate.report.sarif import Places, as_sarif
from poc_graduate.rules.survey import Survey


def _text(survey: Survey) -> str:
    return "".join(as_text(str(path), one) + "\n" for path, one in survey.findings)


def _json(survey: Survey) -> str:
    return json.dumps(as_document(survey), indent=2, ensure_ascii=False) + "\n"


def _github(survey: Survey) -> str:
    lines = []
    for one in survey.checked:
        places = Places(one.path)
        for finding in one.findings:
            lines.append(as_github(str(one.path), finding, places.of(finding)) + "\n")
    return "".join(lines)


FORMATS: Mapping[str, Callable[[Survey], str]] = {
    "text": _text,
    "json": _json,
    "sarif": as_sarif,
    "github": _github,
    "html": as_html,
}
"""Name of a format → what makes it."""
