"""How numbers, dates, codes and words are written in text."""

from __future__ import annotations

import contextlib
import math
import re
from collections import Counter
from collections.abc import Iterable

import numpy as np
import pandas as pd

from poc_graduate.contracts.model import Floats

MOST = 0.95
"""A style is learnt where so many of the texts keep it; the others are then odd."""

PLAIN, THOUSANDS, COMMA = "1234.5", "1,234.5", "1.234,5"
_FORMS = {
    THOUSANDS: r"[+-]?\d{1,3}(?:,\d{3})*(?:\.\d+)?",
    COMMA: r"[+-]?(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?",
    PLAIN: r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?",
}
_NUMBER = re.compile(r"([^\d.,+-]*)([+-]?(?:\d[\d.,']*(?:[eE][+-]?\d+)?|[.,]\d+))([^\d]*)")

ISO = "ISO 8601"
_DATES = {
    ISO: r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?",
    "%d/%m/%Y": r"\d{1,2}/\d{1,2}/\d{4}",
    "%m/%d/%Y": r"\d{1,2}/\d{1,2}/\d{4}",
    "%d.%m.%Y": r"\d{1,2}\.\d{1,2}\.\d{4}",
    "%d-%m-%Y": r"\d{1,2}-\d{1,2}-\d{4}",
    "%m-%d-%Y": r"\d{1,2}-\d{1,2}-\d{4}",
    "%Y/%m/%d": r"\d{4}/\d{1,2}/\d{1,2}",
    "%Y.%m.%d": r"\d{4}\.\d{1,2}\.\d{1,2}",
    "%d/%m/%y": r"\d{1,2}/\d{1,2}/\d\d",
    "%m/%d/%y": r"\d{1,2}/\d{1,2}/\d\d",
    "%d %b %Y": r"\d{1,2} [A-Za-z]{3} \d{4}",
    "%d-%b-%Y": r"\d{1,2}-[A-Za-z]{3}-\d{4}",
    "%b %d, %Y": r"[A-Za-z]{3} \d{1,2}, \d{4}",
    "%d %B %Y": r"\d{1,2} [A-Za-z]{3,9} \d{4}",
    "%B %d, %Y": r"[A-Za-z]{3,9} \d{1,2}, \d{4}",
    "%d/%m/%Y %H:%M": r"\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d\d",
    "%m/%d/%Y %H:%M": r"\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d\d",
    "%d.%m.%Y %H:%M": r"\d{1,2}\.\d{1,2}\.\d{4} \d{1,2}:\d\d",
    "%Y/%m/%d %H:%M": r"\d{4}/\d{1,2}/\d{1,2} \d{1,2}:\d\d",
    "%d/%m/%Y %H:%M:%S": r"\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d\d:\d\d",
    "%m/%d/%Y %H:%M:%S": r"\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d\d:\d\d",
    "%d.%m.%Y %H:%M:%S": r"\d{1,2}\.\d{1,2}\.\d{4} \d{1,2}:\d\d:\d\d",
}

PLACEHOLDERS = frozenset(
    "n/a na n.a. #n/a none null nil nan nat - -- --- . ? ?? ??? unknown missing undefined tbd "
    "(null) (none) <na> [null] not available not applicable unspecified #value! #ref! #name? "
    "#div/0! \\n xxx -999 -9999 999 9999 -1".split()
) | {"not available", "not applicable", "to be determined"}
"""Words that stand for a missing value, in small letters."""
PLACEHOLDER_NUMBERS = (-1.0, *(s * (10.0**n - 1) for n in range(2, 10) for s in (-1, 1)))
PLACEHOLDER_DATES = (
    "1753-01-01 1800-01-01 1899-12-30 1899-12-31 1900-01-01 1901-01-01 1904-01-01 1970-01-01 "
    "1980-01-01 2099-12-31 2100-01-01 2199-12-31 2200-01-01 2262-04-11"
).split()

DAMAGED = (
    r"\x{FFFD}|[\x{00C2}\x{00C3}][\x{0080}-\x{00BF}\x{201A}\x{0192}\x{201E}\x{2026}\x{2020}"
    r"\x{2021}\x{2030}\x{0160}\x{2039}\x{0152}\x{2018}\x{2019}\x{201C}\x{201D}\x{2022}\x{2013}"
    r"\x{2014}\x{2122}\x{0161}\x{203A}\x{0153}\x{0178}]|\x{00E2}\x{20AC}|\x{00EF}\x{00BF}\x{00BD}"
    r"|&(?:amp|lt|gt|quot|nbsp|#\d+);|[\x{0000}-\x{0008}\x{000E}-\x{001F}\x{200B}\x{FEFF}"
    r"\x{0080}-\x{009F}]|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|%[CcDd][0-9a-fA-F]%[0-9a-fA-F]{2}"
    r"|\pL\?+\pL|[\x{00D0}\x{00D1}][\x{0080}-\x{00BF}\x{2018}-\x{2122}]"
)
"""What is left of letters that were read in another encoding (UTF-8 as Windows-1252 and the like),
replacement and invisible characters, and escapes that nobody resolved. In the syntax of RE2."""

_NAMED = {
    "e-mail address": r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}",
    "web address": r"https?://\S+",
    "UUID": r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}",
}
_FEW_SHAPES = 6
_RUNS = re.compile(r"[A-Z]+|[a-z]+|[0-9]+|[^A-Za-z0-9]")
_NUMBERED = 4
"""Digits of a number; fewer of them may be a minute, or a month."""
_MANY_CODES = 60
"""Of so many codes with random digits one has a leading zero, but in two of a thousand columns."""


def matches(texts: pd.Series, pattern: str) -> np.ndarray:
    """Which texts are as a regular expression says, as a whole."""
    return found(texts, f"^(?:{pattern})$")


def found(texts: pd.Series, expression: str) -> np.ndarray:
    """In which texts a regular expression is found; by Arrow's RE2, which is fast, where it can."""
    if isinstance(texts.dtype, pd.StringDtype) and texts.dtype.storage.startswith("pyarrow"):
        import pyarrow as pa
        import pyarrow.compute as pc

        with contextlib.suppress(pa.ArrowInvalid):  # RE2 has no look-around
            held = pa.array(texts, type=pa.large_string())
            known = pc.match_substring_regex(held, expression)
            return np.asarray(pc.fill_null(known, False), dtype=bool)
    python = re.sub(r"\\x\{([0-9A-Fa-f]{4})\}", r"\\u\1", expression).replace(r"\pL", r"[^\W\d_]")
    return np.asarray(texts.str.contains(python, regex=True, na=False), dtype=bool)


def number_style(texts: pd.Series) -> str:
    """How most of the texts write numbers, such as `1.234,5 kg`; empty where most are none."""
    parts = [_NUMBER.fullmatch(text.strip()) for text in texts]
    affixes = Counter((m[1].strip(), m[3].strip()) for m in parts if m)
    if not affixes:
        return ""
    (before, after), count = affixes.most_common(1)[0]
    money = not before.isalnum() or (len(before) == 3 and before.isupper())
    if count < MOST * len(texts) or not money or len(before) > 4 or len(after) > 8:
        return ""
    bodies = [m[2] for m in parts if m and (m[1].strip(), m[3].strip()) == (before, after)]
    kept = {form: sum(bool(re.fullmatch(p, b)) for b in bodies) for form, p in _FORMS.items()}
    # whole numbers are written so in every form: then the plain one
    form = max(kept, key=lambda form: (kept[form], form == PLAIN))
    if kept[form] < MOST * len(texts):
        return ""
    space = " " if after and any(m and m[3].startswith(" ") for m in parts) else ""
    return f"{before}{form}{space}{after}"


def read_numbers(texts: pd.Series, style: str) -> Floats:
    """Numbers of texts that keep a style; NaN for the others."""
    form = next((form for form in (COMMA, THOUSANDS, PLAIN) if form in style), PLAIN)
    before, _, after = style.partition(form) if style else ("", "", "")
    if (before, after, form) == ("", "", PLAIN):
        return np.asarray(pd.to_numeric(texts, errors="coerce"), dtype=float)
    pattern = rf"\s*{re.escape(before.strip())}\s*{_FORMS[form]}\s*{re.escape(after.strip())}\s*"
    kept = matches(texts, pattern)
    bare = texts.where(kept, "")
    for affix in filter(None, (before.strip(), after.strip())):
        bare = bare.str.replace(affix, "", regex=False)
    if form == COMMA:
        bare = bare.str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
    else:
        bare = bare.str.replace(",", "", regex=False)
    return np.asarray(pd.to_numeric(bare, errors="coerce"), dtype=float)


def date_style(texts: pd.Series) -> str:
    """The format that most of the texts keep as dates; empty where most are none."""
    best, most, way = "", MOST * len(texts), math.inf
    for style, pattern in _DATES.items():
        if matches(texts.head(50), pattern).mean() < 0.5:
            continue
        dates = read_dates(texts, style)
        dates = dates[np.isfinite(dates)]
        # of day/month and month/day where both can be read: the one in which days follow each other
        step = float(np.abs(np.diff(dates)).sum())
        read = len(dates)
        if read > most or (read == most and (not best or step < way)):
            best, most, way = style, read, step
    return best


def read_dates(texts: pd.Series, style: str) -> Floats:
    """Seconds since 1970 (UTC) of texts that keep a style; NaN for the others."""
    kept = matches(texts, _DATES.get(style, r".+"))
    how = "ISO8601" if style == ISO else style
    read = pd.to_datetime(texts.where(kept), format=how, errors="coerce", utc=True)
    return seconds(read)


def seconds(dates: pd.Series) -> Floats:
    """Seconds since 1970; times without a zone are taken as UTC."""
    if getattr(dates.dtype, "tz", None) is not None:
        dates = dates.dt.tz_convert("UTC").dt.tz_localize(None)
    whole = dates.to_numpy().astype("datetime64[us]")
    made = whole.astype("int64") / 1e6
    made[np.isnat(whole)] = np.nan
    return np.asarray(made, dtype=float)


def written(moment: float) -> str:
    """A moment in seconds since 1970 as ISO 8601, the time only where there is one."""
    if not abs(moment) < 2.5e11:
        return "beyond the calendar"
    text = str(np.datetime64(round(moment), "s"))
    return text.removesuffix("T00:00:00")


def moment(text: str) -> float:
    """The other way round."""
    return float(np.datetime64(text, "s").astype("int64"))


def shape(text: str) -> str:
    """The regular expression of one code: `AB-123` → `[A-Z]{2}-[0-9]{3}`."""
    parts = []
    for one in _RUNS.findall(text):
        kind = "[A-Z]" if one.isupper() else "[a-z]" if one.islower() else "[0-9]"
        if one.isascii() and one.isalnum():
            parts.append(kind if len(one) == 1 else f"{kind}{{{len(one)}}}")
        else:
            parts.append(re.escape(one))
    return "".join(parts)


def patterns(texts: Iterable[str]) -> tuple[str, ...]:
    """The few regular expressions that nearly all of the texts match, as codes do; or none."""
    known = list(texts)
    if len(known) < 2 or any(len(text) > 64 for text in known):
        return ()
    for pattern in _NAMED.values():
        if sum(bool(re.fullmatch(pattern, text)) for text in known) >= 0.98 * len(known):
            return (pattern,)
    if sum(any(char.isdigit() for char in text) for text in known) < 0.9 * len(known):
        return ()
    for loosen in (lambda s: s, lambda s: re.sub(r"\](?:\{\d+\})?", "]+", s)):
        shapes = Counter(loosen(shape(text)) for text in known)
        some = [(one, count) for one, count in shapes.most_common(_FEW_SHAPES) if count > 1]
        if sum(count for _, count in some) >= 0.98 * len(known):
            return tuple(_narrowed(one, known) for one, _ in some)
    return ()


def _narrowed(pattern: str, texts: list[str]) -> str:
    """A shape with the letters that all of its codes share, and without leading zeros where none
    of many codes has one: `[A-Z][0-9]{5}` → `N[1-9][0-9]{4}`."""
    codes = [text for text in texts if shape(text) == pattern]
    if len(codes) < _MANY_CODES:
        return pattern
    parts = []
    for run in zip(*(_RUNS.findall(code) for code in codes), strict=True):
        one = run[0]
        if one.isalpha() and len(set(run)) == 1:
            parts.append(one)
        elif len(one) >= _NUMBERED and one.isdigit() and not any(n.startswith("0") for n in run):
            parts.append("[1-9]" + shape(one[1:]))
        else:
            parts.append(shape(one))
    return "".join(parts)
