"""Messages of a kernel become outputs as a notebook keeps them."""

from __future__ import annotations

from typing import Any

from poc_graduate.observe.outputs import Outputs


def stream(text: str, name: str = "stdout") -> dict[str, Any]:
    return {"msg_type": "stream", "content": {"name": name, "text": text}}


def display(text: str, *, of: str = "", update: bool = False) -> dict[str, Any]:
    return {
        "msg_type": "update_display_data" if update else "display_data",
        "content": {
            "data": {"text/plain": text},
            "metadata": {},
            "transient": {"display_id": of} if of else {},
        },
    }


def clear(*, wait: bool) -> dict[str, Any]:
    return {"msg_type": "clear_output", "content": {"wait": wait}}


def taken(*messages: dict[str, Any]) -> list[dict[str, Any]]:
    outputs = Outputs()
    outputs.begin()
    for message in messages:
        outputs.take(message)
    return outputs.cells[0]


def test_text_of_one_stream_is_joined() -> None:
    shown = taken(stream("a"), stream("b"), stream("!", "stderr"), stream("c"))

    assert [(o["name"], o["text"]) for o in shown] == [
        ("stdout", "ab"),
        ("stderr", "!"),
        ("stdout", "c"),
    ]


def test_an_update_changes_the_display_where_it_was_shown() -> None:
    outputs = Outputs()
    outputs.begin()
    outputs.take(display("0 %", of="bar"))
    outputs.begin()
    outputs.take(display("100 %", of="bar", update=True))

    assert outputs.cells[0][0]["data"] == {"text/plain": "100 %"}
    assert outputs.cells[1] == []


def test_clearing_takes_effect_at_once_or_with_the_next_output() -> None:
    assert taken(stream("a"), clear(wait=False)) == []
    assert [o["text"] for o in taken(stream("a"), clear(wait=True))] == ["a"]
    assert [o["text"] for o in taken(stream("a"), clear(wait=True), stream("b"))] == ["b"]


def test_results_and_errors_are_kept_whole() -> None:
    result = {"data": {"text/plain": "1"}, "metadata": {}, "execution_count": 3}
    error = {"ename": "E", "evalue": "no", "traceback": ["line"]}

    assert taken(
        {"msg_type": "execute_result", "content": result},
        {"msg_type": "error", "content": error},
        {"msg_type": "status", "content": {"execution_state": "busy"}},
    ) == [{"output_type": "execute_result", **result}, {"output_type": "error", **error}]
