"""What goes wrong between the browser and a job, as errors like all others.

Each is answered by the one record of `report.errors`; the class says with which status.
"""

from __future__ import annotations

from typing import ClassVar

from poc_graduate.errors import GraduateError


class RequestFailed(GraduateError):
    """A request that cannot be answered."""

    status: ClassVar[int] = 400


class BadRequest(RequestFailed):
    """It is not what the schema says."""


class NotFound(RequestFailed):
    """There is nothing of that name, or nobody may know."""

    status = 404


class Forbidden(RequestFailed):
    """Whoever asks may not."""

    status = 403


class Resend(RequestFailed):
    """A cell is named whose text is not known here: all cells have to be sent."""

    status = 409


class Outdated(RequestFailed):
    """A newer request of the same client is there."""

    status = 409


class TooLarge(RequestFailed):
    """More than is read."""

    status = 413


class Fault(RequestFailed):
    """A defect of ours; the server's log has the rest."""

    status = 500


class JobEnded(GraduateError):
    """A job is over that did not say so itself."""
