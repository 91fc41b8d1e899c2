"""Chat messages of all shapes in one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanglass.formats.dialects.messages import conversation, flat_messages, unflattened
from tests.formats.test_values import json_values

CALL = {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": {"city": "Paris"}}}
ASKED = {"role": "assistant", "content": None, "tool_calls": [CALL]}
ANSWERED = {"role": "tool", "content": "rain", "tool_call_id": "c1"}

TOOL_CALLS: dict[str, Any] = {
    "OpenAI": {
        "role": "assistant",
        "content": None,
        "tool_calls": [
            {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Paris"}'}}
        ],
    },
    "OpenTelemetry": {
        "role": "assistant",
        "parts": [{"type": "tool_call", "id": "c1", "name": "weather", "arguments": {"city": "Paris"}}],
    },
    "Anthropic": {
        "role": "assistant",
        "content": [{"type": "tool_use", "id": "c1", "name": "weather", "input": {"city": "Paris"}}],
    },
    "Vercel": {
        "role": "assistant",
        "content": [{"type": "tool-call", "toolCallId": "c1", "toolName": "weather", "input": {"city": "Paris"}}],
    },
    "Inspect": {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": "c1", "function": "weather", "arguments": {"city": "Paris"}}],
    },
    "LangChain": {
        "type": "ai",
        "data": {"content": None, "tool_calls": [{"id": "c1", "name": "weather", "args": {"city": "Paris"}}]},
    },
    "LangChain, older": {
        "role": "assistant",
        "content": None,
        "additional_kwargs": {
            "tool_calls": [{"id": "c1", "function": {"name": "weather", "arguments": '{"city": "Paris"}'}}]
        },
    },
}
TOOL_RESULTS: dict[str, Any] = {
    "OpenAI": {"role": "tool", "content": "rain", "tool_call_id": "c1"},
    "OpenTelemetry": {"role": "tool", "parts": [{"type": "tool_call_response", "id": "c1", "response": "rain"}]},
    "OpenTelemetry's registry": {
        "role": "tool",
        "parts": [{"type": "tool_call_response", "id": "c1", "result": "rain"}],
    },
    "Anthropic": {
        "role": "user",
        "content": [{"type": "tool_result", "tool_use_id": "c1", "content": [{"type": "text", "text": "rain"}]}],
    },
    "Vercel": {
        "role": "tool",
        "content": [
            {
                "type": "tool-result",
                "toolCallId": "c1",
                "toolName": "weather",
                "output": {"type": "text", "value": "rain"},
            }
        ],
    },
    "LangChain": {"type": "tool", "content": "rain", "tool_call_id": "c1"},
}


@pytest.mark.parametrize("library", TOOL_CALLS)
def test_a_tool_call_reads_the_same_from_every_library(library: str) -> None:
    assert conversation([TOOL_CALLS[library]]) == {"messages": [ASKED]}


@pytest.mark.parametrize("library", TOOL_RESULTS)
def test_a_tool_result_reads_the_same_from_every_library(library: str) -> None:
    assert conversation(TOOL_RESULTS[library]) == {"messages": [ANSWERED]}


@pytest.mark.parametrize(
    "written",
    [
        [{"role": "user", "content": "Hi"}],
        {"role": "user", "content": "Hi"},
        {"messages": [{"role": "user", "content": [{"type": "text", "text": "Hi"}]}]},
        [{"role": "user", "parts": [{"type": "text", "content": "Hi"}]}],
        [{"role": "user", "content": [{"type": "input_text", "text": "Hi"}]}],
        [[{"type": "human", "content": "Hi"}]],
        [{"role": "human", "content": ["Hi"]}],
        {"choices": [{"index": 0, "message": {"role": "user", "content": "Hi"}}]},
    ],
)
def test_one_text_part_is_the_content(written: Any) -> None:
    assert conversation(written) == {"messages": [{"role": "user", "content": "Hi"}]}


@pytest.mark.parametrize(
    "image",
    [
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}},
        {"type": "blob", "modality": "image", "mime_type": "image/png", "content": "AA=="},
        {"type": "uri", "modality": "image", "uri": "data:image/png;base64,AA=="},
        {"message_content": {"type": "image", "image": {"image": {"url": "data:image/png;base64,AA=="}}}},
    ],
)
def test_images_are_parts_beside_the_text(image: Any) -> None:
    [message] = conversation([{"role": "user", "content": [{"type": "text", "text": "See"}, image]}])["messages"]
    assert message["content"] == [
        {"type": "text", "text": "See"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}},
    ]


@pytest.mark.parametrize(
    "other", [None, "Hi", [], {}, {"query": "x"}, [{"id": 1}], [{"role": "user", "content": ""}, 3]]
)
def test_what_is_no_conversation_is_none(other: Any) -> None:
    assert conversation(other) is None


def test_arguments_that_are_not_json_stay_text() -> None:
    [message] = conversation(
        [{"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": "{oops"}}]}]
    )["messages"]
    assert message["tool_calls"][0]["function"]["arguments"] == "{oops"


@given(json_values)
def test_whatever_a_message_holds_nothing_is_raised(value: Any) -> None:
    conversation(value)
    conversation([{"role": "user", "content": value, "tool_calls": value}])
    conversation([{"role": value, "parts": [{"type": "tool_call_response", "response": value}]}])


def test_flattened_keys_become_lists_in_the_order_of_their_numbers() -> None:
    flat = {f"m.{index}.v": index for index in (10, 2, 0)}
    assert unflattened(flat, "m.") == [{"v": 0}, {"v": 2}, {"v": 10}]


def test_a_key_that_is_a_value_and_a_branch_keeps_both() -> None:
    assert unflattened({"m.a": 1, "m.a.b": 2}, "m.") == {"a": {"": 1, "b": 2}}
    assert unflattened({"m.a.b": 2, "m.a": 1}, "m.") == {"a": {"": 1, "b": 2}}


keys = st.lists(st.text("01ab", min_size=1, max_size=2), min_size=1, max_size=4).map(".".join)


@given(st.dictionaries(keys, st.integers(), max_size=8))
def test_no_flattened_value_is_lost(values: dict[str, int]) -> None:
    whole = unflattened({f"m.{key}": value for key, value in values.items()}, "m.")
    found, todo = [], [whole]
    while todo:
        item = todo.pop()
        if isinstance(item, (dict, list)):
            todo.extend(item.values() if isinstance(item, dict) else item)
        elif item is not None:
            found.append(item)
    assert sorted(found) == sorted(values.values())


def test_a_very_deep_key_is_no_recursion() -> None:
    assert unflattened({"m." + "a." * 20_000 + "b": 1}, "m.") is not None


def test_flat_messages_of_openinference_and_of_older_openllmetry() -> None:
    new = {"llm.input_messages.0.message.role": "user", "llm.input_messages.0.message.content": "Hi"}
    old = {"gen_ai.prompt.0.role": "user", "gen_ai.prompt.0.content": "Hi"}
    assert flat_messages(new, "llm.input_messages.") == flat_messages(old, "gen_ai.prompt.")
    assert flat_messages({}, "gen_ai.prompt.") is None
