"""Who may ask, how often, and who has to agree: keys that end, rates, four eyes."""

from __future__ import annotations

from dataclasses import dataclass

from poc_graduate.generate.operating.part import (
    Part,
    Project,
    Swap,
    Target,
    choice,
    from_templates,
    needs_rows,
)


@dataclass(frozen=True)
class Access:
    """Choices."""

    four_eyes: bool = choice(
        False, "Must one ask for a promotion and another one approve it", dialog=True
    )
    key_days: int = choice(90, "After how many days a key ends", least=1)
    overlap_days: int = choice(7, "How many days the old key goes on beside a new one", least=0)
    per_second: float = choice(2000.0, "Requests a second of one key; 0 for any number", least=0)
    burst: int = choice(4000, "Requests that a key may make at once", least=1)
    body_seconds: float = choice(10.0, "Seconds in which a request's body must come", least=0.1)


def _files(project: Project) -> dict[str, str]:
    return from_templates(
        project,
        "ops/keys.py.jinja",
        "ops/rates.py.jinja",
        "ops/guard.py.jinja",
        "ops/protocol.py.jinja",
        "ops/foureyes.py.jinja",
        "tests/operate/test_keys.py.jinja",
        "tests/operate/test_access.py.jinja",
        "tests/operate/test_hostile.py.jinja",
    )


PART = Part(
    "access",
    "Access",
    _files,
    Access,
    needs_rows,
    swaps=(
        Swap("keys in `var/keys.json`", "OIDC provider", "ops/keys.py",
             "`identify` checks a token and returns a name and a role"),
        Swap("rates in a file of this machine", "Redis, or the proxy's own", "ops/rates.py",
             "`Rates.wait`"),
    ),
    targets=(
        Target("key", ("@$(PYTHON) -m ops.keys add $(or $(NAME),$(error NAME=name is missing)) "
                       "$(or $(ROLE),reader)",), "a new key: make key NAME=billing ROLE=reader"),
        Target("key-rotate", ("@$(PYTHON) -m ops.keys rotate "
                              "$(or $(NAME),$(error NAME=name is missing))",),
               "another key of a name; the old one goes on for some days"),
        Target("key-revoke", ("@$(PYTHON) -m ops.keys revoke "
                              "$(or $(NAME),$(error NAME=name is missing))",),
               "end all keys of a name now"),
        Target("keys", ("@$(PYTHON) -m ops.keys list",), "names, roles, and when each key ends"),
        Target("ask", ("$(PYTHON) -m ops.release ask",),
               "ask for a promotion that another one approves; by OPS_KEY"),
    ),
)  # fmt: skip
