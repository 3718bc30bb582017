"""`%%capture` as a `with` statement that does the same."""

from __future__ import annotations

import ast
import io
import tokenize

from poc_graduate.notebook.python import problem_of, tree_of


def captured(arguments: str, body: str) -> str | None:
    """A `with` that does what `%%capture` does; None for arguments that it does not know."""
    words = arguments.split()
    names = [word for word in words if not word.startswith("-")]
    options = [word.removeprefix("--no-") for word in words if word.startswith("-")]
    if len(names) > 1 or not all(name.isidentifier() for name in names):
        return None
    if not set(options) <= {"stdout", "stderr", "display"} or "__future__" in body:
        return None
    if not names and not body.strip():
        return f"\n{body}"
    # IPython forgets the name where the cell's last expression ends in a semicolon.
    target = f" as {names[0]}" if names and not _ends_in_semicolon(body) else ""
    hidden = ", ".join(f"{option}=False" for option in options)
    module = '__import__("IPython.utils.capture", fromlist=["capture_output"])'
    # What was captured was a cell of its own: its figures were drawn, and captured, at its end.
    drawn = (
        '__import__("contextlib").closing(__import__("types").SimpleNamespace('
        'close=lambda: get_ipython().events.trigger("post_execute")))'
    )
    if target or "display" in options:
        body = _showing_last(body)
    idle = "" if body.strip() else " pass"
    return f"with {module}.capture_output({hidden}){target}, {drawn}:{idle}\n{_indented(body)}"


def _ends_in_semicolon(code: str) -> bool:
    blank = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.ENDMARKER, tokenize.DEDENT)
    last = ""
    try:
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            last = last if token.type in blank else token.string
    except (tokenize.TokenError, SyntaxError):
        return False  # no Python: `problem_of` will say so
    return last == ";"


def _showing_last(body: str) -> str:
    """A captured cell shows its last expression: to the capture, or past it."""
    last = [] if problem_of(body) else tree_of(body).body[-1:]
    match last:
        case [ast.Expr(ast.Call(ast.Name("print")))]:
            return body
        case [ast.Expr(value, lineno=top, col_offset=start, end_lineno=int(bottom)) as shows]:
            end = shows.end_col_offset or 0
            # `a, b` would be two arguments.
            opened, closed = (b"((", b"))") if isinstance(value, ast.Tuple) else (b"(", b")")
            lines = [line.encode() for line in body.split("\n")]
            lines[bottom - 1] = lines[bottom - 1][:end] + closed + lines[bottom - 1][end:]
            shown = b'__import__("sys").displayhook' + opened
            lines[top - 1] = lines[top - 1][:start] + shown + lines[top - 1][start:]
            return b"\n".join(lines).decode()
    return body


def _indented(code: str) -> str:
    """One level deeper; the inside of multi-line strings stays as it is."""
    inside = set[int]()
    opened = list[int]()
    try:
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            name = tokenize.tok_name[token.type]
            if name == "STRING":
                inside |= set(range(token.start[0] + 1, token.end[0] + 1))
            elif name in ("FSTRING_START", "TSTRING_START"):
                opened.append(token.start[0])
            elif name in ("FSTRING_END", "TSTRING_END"):
                inside |= set(range(opened.pop() + 1, token.end[0] + 1))
    except (tokenize.TokenError, SyntaxError):
        pass  # no Python: `problem_of` will say so
    return "\n".join(
        "    " + line if line.strip() and number not in inside else line
        for number, line in enumerate(code.split("\n"), start=1)
    )
