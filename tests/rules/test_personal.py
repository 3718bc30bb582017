"""Data about people: what counts as one, by form and checksum."""

from __future__ import annotations

import pytest

from poc_graduate.rules.personal import masked, personal


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("jane.roe@acme-mills.co.uk", "e-mail address"),
        ("4539 1488 0343 6467", "card number"),
        ("371144371144376", "card number"),
        ("DE89370400440532013000", "bank account number"),
        ("GB29 NWBK 6016 1331 9268 19", "bank account number"),
        ("536-22-8745", "national identity number"),
        ("RSSMRA85T10A562S", "national identity number"),
        ("2 55 08 14 168 025 38", "national identity number"),
        ("+49 30 901820", "phone number"),
    ],
)
def test_a_datum_is_found_and_covered(text, kind):
    sentence = f"her phone or card: {text}, she said"

    assert {found for found, _ in personal(sentence)} == {kind}
    assert masked(sentence) == sentence.replace(text, "•" * len(text))


@pytest.mark.parametrize(
    "text",
    [
        "4539 1488 0343 6468",  # the check digit is wrong
        "DE88370400440532013000",
        "0.4539148803436467",  # a fraction
        "4111 1111 1111 1111",  # the test card
        "000-22-8745",
        "2019-12-1234",
        "someone@example.org",
        "git@github.com",
        "figure@2x.png",
        "1572345678901234567",  # an id
        "2 55 08 14 168 025 39",
        "+0.25 -0.13 1.5e+10",
        "+17 24 51.5 +34 25 39",  # where a star stands
        "a@b.com",
        "None@factbook.db",
    ],
)
def test_what_only_looks_like_one_is_not(text):
    assert list(personal(f"she gave {text}, she said")) == []
