"""An authoriser that lets nobody near poc_graduate."""

from __future__ import annotations

from jupyter_server.auth.authorizer import Authorizer


class Denying(Authorizer):
    """Everything else is allowed."""

    def is_authorized(self, handler: object, user: object, action: str, resource: str) -> bool:
        """Whether a user may do something."""
        return resource != "poc_graduate"
