"""The forms that a survey is shown in; each is one function from the survey to text."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from poc_graduate.report.findings import as_document, as_github, as_text
from poc_graduate.rules.survey import Survey


def _text(survey: Survey) -> str:
    return "".join(as_text(str(path), one) + "\n" for path, one in survey.findings)


def _json(survey: Survey) -> str:
    return json.dumps(as_document(survey), indent=2, ensure_ascii=False) + "\n"


def _github(survey: Survey) -> str:
    return "".join(as_github(str(path), one) + "\n" for path, one in survey.findings)


FORMATS: Mapping[str, Callable[[Survey], str]] = {
    "text": _text,
    "json": _json,
    "github": _github,
}
"""Name of a format → what makes it."""
