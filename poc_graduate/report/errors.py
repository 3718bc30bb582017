"""An error as one sentence, and as a record."""

from __future__ import annotations

from poc_graduate.errors import GraduateError


def error_sentence(error: GraduateError) -> str:
    """Where, what was found and what to do, as one line."""
    text = " ".join(str(error).split())
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def error_record(error: GraduateError) -> dict[str, object]:
    """An error for machines."""
    place = error.place
    return {
        "type": type(error).__name__,
        "message": error_sentence(error),
        "found": error.found,
        "remedy": error.remedy,
        "notebook": place.notebook if place else None,
        "cell": place.cell if place else None,
        "cell_id": place.cell_id if place else None,
        "heading": place.heading if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
        "exit_status": error.exit_status,
    }
