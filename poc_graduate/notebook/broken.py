"""What a cell is that is no Python: Python 2, shell lines, git's conflict, or simply wrong."""

from __future__ import annotations

import re

from poc_graduate.notebook.model import Broken

_PYTHON_2 = re.compile(r"call to '(print|exec)'|exception types must be paren")
_CONFLICT = re.compile(r"^(<{7}|>{7}) ", re.MULTILINE)
# A statement of Python 2 begins its line, or stands behind the colon or semicolon of one.
_STATEMENT = re.compile(r"(^|[:;])\s*(print|exec)\b")
_PROGRAMS = (
    "apt apt-get aws az brew bash bundle cargo cd chmod chown cmake conda cp createdb curl docker "
    "docker-compose dvc echo export flask gcloud git gsutil heroku java jupyter kaggle "
    "kubectl ls mamba mkdir mlflow mongo mongod mv mysql npm node npx pip pip3 pipenv poetry "
    "psql pytest python python3 rm rsync scp scrapy sed sh spark-submit sqlite3 ssh "
    "streamlit sudo tar unzip uv uvicorn wget yarn yum zip"
)
# A program, then an option, a path or a word: nothing that may follow a name in Python.
_SHELL = re.compile(
    rf"\s*(\$\s+)?({'|'.join(sorted(map(re.escape, _PROGRAMS.split()), key=len, reverse=True))})"
    r"\s+(?!(if|in|is|not|and|or|for|else|as)\b)(--?\w[\w-]*(\s|=|$)|[\w./~$\"'{])"
)


def broken(source: str, message: str, line: int, column: int) -> Broken:
    """Why a cell is no Python, in words, and what to do about it.

    Args:
        source: The cell as the user wrote it.
        message: Python's own words.
        line: Where Python stopped, from 1.
        column: Column in that line, from 1.
    """
    stopped = source.split("\n")[line - 1]
    if _CONFLICT.search(source):
        found, remedy = "the cell holds git conflict marks", "resolve the merge (nbdime helps)"
    elif _SHELL.match(stopped):
        shown = stopped.strip()
        shown = shown if len(shown) <= 40 else f"{shown[:39]}…"
        found, remedy = f"`{shown}` is a line of shell without `!`", "put `!` before it"
    elif _PYTHON_2.search(message) and (
        "exception" in message or _STATEMENT.search(stopped[: column + 5])
    ):
        found, remedy = (
            f"the cell is Python 2: {message}",
            "port the notebook to Python 3 (2to3 helps)",
        )
        return Broken(found, remedy, line, column, python2=True)
    else:
        found, remedy = f"the cell is not valid Python: {message}", "mend the cell or remove it"
    return Broken(found, remedy, line, column)
