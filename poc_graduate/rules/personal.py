"""Data about people in texts: found by form and checksum, counted, never shown."""

from __future__ import annotations

import re
from collections.abc import Iterator

_EMAIL = re.compile(r"(?<![\w.+/:-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}\b")
_ADDRESS = re.compile(r"(?<![\w.+-])(?!git@)[\w.+-]+@(?!\dx)[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}\b")
# Visa, Mastercard, American Express, Discover (ISO/IEC 7812): grouped as on the card, or in one.
_CARD = re.compile(
    r"(?<![\w.-])(?:(?:4\d{3}|5[1-5]\d\d|2[2-7]\d\d|6011)([ -]?)\d{4}\1\d{4}\1\d{4}"
    r"|3[47]\d\d([ -]?)\d{6}\2\d{5})(?![\w.-])"
)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
# Social Security Administration: areas 000, 666 and 9xx were never given out.
_SSN = re.compile(r"(?<![\w.-])(?!000|666|9)\d{3}-(?!00)\d\d-(?!0000)\d{4}(?![\w-])")
_NINO = re.compile(r"\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z](?: ?\d\d){3} ?[A-D]\b")
_FISCAL = re.compile(r"\b[A-Z]{6}\d\d[A-EHLMPRST]\d\d[A-Z]\d{3}[A-Z]\b")
_NIR = re.compile(r"(?<![\w.])[12] ?\d\d ?(?:0[1-9]|1[0-2]) ?\d\d ?\d{3} ?\d{3} ?\d\d(?![\w.])")
_PHONE = re.compile(r"(?<![\w.+])\+\d{1,3}[ .-]\(?\d{2,4}\)?(?:[ .-]?\d{2,4}){2,4}(?![\w.])")
_CALLED = re.compile(r"(?i)phone|mobile|\btel\b|whatsapp|\bcall(ed)?\b|fax")
# Reserved for documentation (RFC 2606), or of no person.
_NOBODY = re.compile(
    r"(?i)^(git|noreply|no-reply|user(name)?|name|you(r\w*)?|my\w*|someone|somebody|me|foo|test\w*|"
    r"example|abc|xyz|email|info|support|admin|contact|help)@|@(example|test|domain|email|"
    r"your\w*|my\w*|company|foo|xyz|abc|localhost)\.|\.(example|test|invalid|local)$|"
    r"\.(png|jpe?g|gif|svg|js|css|py|csv|ipynb|json|html|db|sqlite|txt|xlsx?|local)$|^.@|@.\.|"
    r"iam\.gserviceaccount\.com$"
)
_TEST_CARDS = frozenset(
    "4111111111111111 4242424242424242 4012888888881881 5555555555554444 5105105105105100 "
    "378282246310005 371449635398431 6011111111111117 6011000990139424".split()
)
# What any of the numbers must hold: most outputs end here, after one look.
_NUMBER = re.compile(r"\d{4}[ -]?\d{4}|\d{3}-\d|[A-Z]{2} ?\d\d|\d\d \d{3} |\+\d")
_DIGITS = re.compile(r"\D")


def may_be_personal(text: str) -> bool:
    """A first look, for texts of which most tell nothing about anybody."""
    return "@" in text or _NUMBER.search(text) is not None


def personal(text: str) -> Iterator[tuple[str, str]]:
    """What a text tells about people: the kind of each datum, and the datum.

    The second is for counting and for masking, never to be shown.
    """
    if "@" in text:
        for match in _EMAIL.finditer(text):
            if not _NOBODY.search(match[0]):
                yield "e-mail address", match[0]
    if not _NUMBER.search(text):
        return
    for match in _CARD.finditer(text):
        digits = _DIGITS.sub("", match[0])
        if _luhn(digits) and digits not in _TEST_CARDS:
            yield "card number", match[0]
    for match in _IBAN.finditer(text):
        if _iban(match[0].replace(" ", "")):
            yield "bank account number", match[0]
    for pattern in (_SSN, _NINO, _FISCAL):
        for match in pattern.finditer(text):
            yield "national identity number", match[0]
    for match in _NIR.finditer(text):
        digits = _DIGITS.sub("", match[0])
        if int(digits[:13]) % 97 + int(digits[13:]) == 97:
            yield "national identity number", match[0]
    if "+" in text and _CALLED.search(text):
        for match in _PHONE.finditer(text):
            if 9 <= len(_DIGITS.sub("", match[0])) <= 15:
                yield "phone number", match[0]


def masked(text: str) -> str:
    """The text as wide as it was, data about people covered, and all that looks like an address."""
    for datum in {datum for _, datum in personal(text)}:
        text = text.replace(datum, "•" * len(datum))
    return _ADDRESS.sub(lambda match: "•" * len(match[0]), text) if "@" in text else text


def _luhn(digits: str) -> bool:
    """ISO/IEC 7812-1, annex B."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 * (value > 9)
    return total % 10 == 0 and len(set(digits)) > 2


def _iban(text: str) -> bool:
    """ISO 13616: moved to the end and read as numbers, the remainder by 97 is 1."""
    if not 15 <= len(text) <= 34:
        return False
    moved = text[4:] + text[:4]
    return int("".join(str(int(char, 36)) for char in moved)) % 97 == 1
