"""What the Tab key offers after `%graduate` and `%%stage`."""

from __future__ import annotations

from typing import Any

_OURS = ("%graduate", "%%stage", "%%graduate")


def install(shell: Any) -> None:
    """Ask us about lines that begin with our magics."""
    for name in _OURS:
        shell.set_hook("complete_command", offered, str_key=name)


def remove(shell: Any) -> None:
    """No longer."""
    for name in _OURS:
        shell.strdispatchers["complete_command"].strs.pop(name, None)


def offered(shell: Any, event: Any) -> list[str]:
    """Words that fit.

    Args:
        shell: The shell.
        event: Of IPython: `line` up to the cursor, and `symbol`, the word at it.
    """
    words, symbol = event.line.split(), event.symbol
    before = words[:-1] if symbol and words else words
    if words and words[0] == "%%stage":
        options = _names(shell, symbol) if before[-1:] == ["--params"] else ["--params"]
    else:
        options = _after(before[1:], shell, symbol)
    return [option for option in options if option.startswith(symbol)]


def _after(before: list[str], shell: Any, symbol: str) -> list[str]:
    from poc_graduate.magics import commands

    if not before:
        return sorted(commands.COMMANDS)
    command = commands.COMMANDS.get(before[0])
    if command is None:
        return []
    if before[-1] in ("--select", "--ignore") or before[0] in ("explain", "fix"):
        return _codes(symbol)
    if before[0] == "live" and len(before) == 1:
        return ["on", "off"]
    options = [text for one in command.params for text in one.opts if text.startswith("--")]
    files = [] if symbol.startswith("-") else shell.Completer.file_matches(symbol)
    return [*(o for o in options if o not in before), *files]


def _codes(symbol: str) -> list[str]:
    from poc_graduate.rules.run import rules

    done, _, _ = symbol.rpartition(",")
    lead = f"{done}," if done else ""
    return [lead + rule.code for rule in rules()]


def _names(shell: Any, symbol: str) -> list[str]:
    """Names that hold plain values: what a parameter can be."""
    done, _, _ = symbol.rpartition(",")
    lead = f"{done}," if done else ""
    hidden = shell.user_ns_hidden
    return [
        lead + name
        for name, value in shell.user_ns.items()
        if not name.startswith("_") and name not in hidden
        if isinstance(value, bool | int | float | str)
    ]
