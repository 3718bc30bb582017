"""The certificate in a few lines for the terminal, and the words that every face uses for it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from poc_graduate.verify.certificate import Certificate, Subject, Trials, Verdict

_MOST_SURVIVORS = 10

SUBJECTS: dict[Subject, tuple[str, str]] = {
    "value": ("value", "values"),
    "output": ("output", "outputs"),
    "file": ("file", "files"),
    "state": ("piece of state", "pieces of state"),
}

MEANING: dict[Subject, str] = {
    "value": "what a variable holds after a cell",
    "output": "what a cell displays",
    "file": "what is written to disk",
    "state": "options, environment and random generators",
}


def headline(certificate: Certificate) -> str:
    """The verdict, one sentence without a full stop."""
    equal, different = certificate.count("equal"), certificate.count("different")
    compared = equal + different
    if not compared:
        return "Nothing could be compared"
    if different:
        verb = "differs" if different == 1 else "differ"
        return f"{different} of {_number(compared)} compared values {verb}"
    if compared == 1:
        return "The one compared value is equal"
    return f"All {_number(compared)} compared values are equal"


def remainder(certificate: Certificate) -> str:
    """What the headline leaves out; empty where everything could be compared."""
    apart = certificate.count("not comparable")
    if not apart:
        return ""
    return f"{_number(apart)} could not be compared"


def counted(number: int, words: tuple[str, str]) -> str:
    """`1 file`, `2,000 files`."""
    return f"{_number(number)} {words[number != 1]}"


def by_reason(verdicts: Iterable[Verdict]) -> dict[str, list[Verdict]]:
    """Verdicts under their reason, the most frequent reason first."""
    groups: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        groups.setdefault(verdict.reason or "no reason was recorded", []).append(verdict)
    return dict(sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])))


def render(certificate: Certificate, *, width: int = 100) -> str:
    """The certificate as text.

    Args:
        certificate: What was compared.
        width: Columns of the terminal.
    """
    rest = [remainder(certificate)] if certificate.count("equal") or not certificate.equal else []
    lines = [f"{'; '.join(filter(None, [headline(certificate), *rest]))}.", ""]
    for subject, words in SUBJECTS.items():
        of_kind = [v for v in certificate.verdicts if v.subject == subject]
        if of_kind:
            parts = [
                f"{_number(number)} {outcome}"
                for outcome in ("equal", "different", "not comparable")
                if (number := sum(v.outcome == outcome for v in of_kind))
            ]
            lines.append(f"  {words[1]:<16}{', '.join(parts)}")
    different = [v for v in certificate.verdicts if v.outcome == "different"]
    if different:
        lines += ["", "Different"]
        for verdict in different:
            lines += _difference(verdict, width)
    apart = by_reason(v for v in certificate.verdicts if v.outcome == "not comparable")
    if apart:
        lines += ["", "Not compared"]
        for reason, verdicts in apart.items():
            names = ", ".join(f"{v.name} (cell {v.cell})" for v in verdicts)
            lines += _filled(f"{reason}: {names}", width)
    if certificate.kernel_note:
        lines += ["", *textwrap.wrap(f"{certificate.kernel_note}.", width)]
    return "\n".join(lines) + "\n"


def trial_lines(trials: Trials | None) -> Iterator[str]:
    """What the tests noticed, in lines; nothing where nobody asked."""
    if trials is None:
        return
    yield f"Tests: {trials.killed} of {trials.tried} mistakes in functions noticed."
    for survivor in trials.survivors[:_MOST_SURVIVORS]:
        yield f"  unnoticed: {survivor}"
    more = len(trials.survivors) - _MOST_SURVIVORS
    if more > 0:
        yield f"  … and {more} more, in graduation/certificate.json"
    if trials.data:
        noticed = sum(map(bool, trials.data.values()))
        yield f"Pipeline and tests: {noticed} of {len(trials.data)} mistakes in data noticed."
        yield from (f"  unnoticed: {what}" for what, test in trials.data.items() if not test)
    failures = sum(trials.failures.values())
    yield f"Unchanged, {trials.runs} runs: {failures or 'no'} failure{'s' * (failures != 1)}."
    for test, count in trials.failures.items():
        yield f"  failed {count} times: {test}"


def _difference(verdict: Verdict, width: int) -> Iterator[str]:
    place = f"{verdict.name}, cell {verdict.cell}, task {verdict.stage}"
    yield from _filled(f"{place}: {verdict.reason}", width)
    for side, text in (("notebook", verdict.notebook), ("pipeline", verdict.pipeline)):
        if text:
            shown = textwrap.shorten(" ".join(text.split()), max(20, width - 16), placeholder=" …")
            yield f"    {side:<10}{shown}"


def _filled(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, initial_indent="  ", subsequent_indent="    ")


def _number(number: int) -> str:
    return f"{number:,}"
