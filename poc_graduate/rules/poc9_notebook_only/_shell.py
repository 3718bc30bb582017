"""Shell commands: which only show something, and which another rule speaks of."""

from __future__ import annotations

import re

from poc_graduate.rules.finding import Span
from poc_graduate.rules.view import CellView

_LOOKS = frozenset(
    "ls dir ll pwd cat head tail wc nvidia-smi free df du which where whereis whoami uname lscpu "
    "lsb_release date tree grep egrep find file stat env printenv type less more top ps id "
    "hostname uptime nproc sort uniq cut column awk jq diff man java locale cd true test [ "
    "nvtop htop gpustat vmstat iostat lsmem lshw dmidecode sensors w who groups printf seq "
    "basename dirname realpath readlink nvcc rocm-smi lspci lsblk ldd sha256sum md5sum history "
    "clear tput set".split()
)
# `;` in quotes is the other language's.
_QUOTED_END = re.compile(r";(?=[^'\"\n]*['\"]\s*$)", re.M)
_ASKS = re.compile(
    r"(python[\d.]*|pip[\d.]*|conda|node|npm|git|jupyter|r|gcc|cmake|docker|ffmpeg|spark-submit)"
    r"\s+(-v|-V|--version|-version|list|show|freeze|info|status|log|diff|branch|env|check|search"
    r"|kernelspec\s+list|--help|help|-c\s.*\bprint)\b|\S+\s+(show|list|status|info)\b"
)
# POC109 and POC404 speak of these.
_TOLD = re.compile(
    r"(sudo\s+)?(wget|curl|gdown|aria2c|git\s+clone|kaggle|gsutil|aws\s+s3|huggingface-cli|"
    r"((python[\d.]*|\{[^}]*\})\s+-m\s+)?(pip[\d.]*|conda|mamba|micromamba|uv)\b)"
)


def acting_part(command: str) -> str:
    """The first part of a command that does more than show something; empty where none does."""
    for part in re.split(r"&&|\|\||;|\n", _QUOTED_END.sub(" ", command)):
        text = part.strip()
        if not text or text.startswith("#"):
            continue
        writes = re.search(r"(?<![\d&>-])>{1,2}\s*(?!\s*(&|/dev/))\S", _outside_quotes(text))
        if _TOLD.match(text):
            continue
        word = text.removeprefix("sudo ").split()[0]
        if (word == "echo" or word in _LOOKS or _ASKS.match(text)) and not writes:
            continue
        return text
    return ""


def _outside_quotes(text: str) -> str:
    return re.sub(r"\"[^\"]*\"|'[^']*'", "", text)


def line_of(cell: CellView, number: int) -> Span:
    """A line of the cell, from its first character to its last."""
    line = cell.line(number)
    start = len(line) - len(line.lstrip())
    return Span(number, start + 1, number, max(len(line.rstrip()), start + 1) + 1)


def cut(text: str, longest: int = 60) -> str:
    """A text that a message can hold."""
    text = " ".join(text.split())
    return text if len(text) <= longest else f"{text[:longest]}…"
