"""What cells showed, as text: the same however the kernel cut it into pieces."""

from __future__ import annotations

import pytest

from poc_graduate.generate.answers import shown


def _printed(*pieces):
    return [{"output_type": "stream", "name": "stdout", "text": piece} for piece in pieces]


RESULT = {"output_type": "execute_result", "data": {"text/plain": ["12 sensors"]}}


@pytest.mark.parametrize("pieces", [("7967 rows\ndone\n",), ("79", "67 rows\n", "done\n")])
def test_what_is_printed_reads_the_same_in_one_piece_or_several(pieces):
    assert shown([*_printed(*pieces), RESULT]) == "7967 rows\ndone\n12 sensors"


def test_what_is_displayed_stands_in_lines_of_its_own():
    drawn = {"output_type": "display_data", "data": {"image/png": "…", "text/plain": "<Figure>"}}
    warned = {"output_type": "stream", "name": "stderr", "text": "careful\n"}

    assert shown([*_printed("a"), RESULT, drawn, warned, RESULT]) == "a\n12 sensors\n12 sensors"
