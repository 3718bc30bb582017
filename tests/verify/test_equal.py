"""What is left aside when a notebook's outputs are compared with the pipeline's."""

from __future__ import annotations

from poc_graduate.verify.equal import difference


def shown(text: str) -> dict[str, str]:
    return {"kind": "display", "text/plain": text}


def test_where_an_object_lies_in_memory_makes_no_difference():
    one, other = shown("<Model at 0x7f88a165ea00>"), shown("<Model at 0x7f11b265fb10>")

    assert difference(one, other, "") == ""


def test_a_digest_is_a_result_and_no_address():
    one, other = shown("0x" + "ab" * 32), shown("0x" + "cd" * 32)

    assert difference(one, other, "") != ""
