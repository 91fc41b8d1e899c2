"""Chat messages, which every library writes its own way, in one shape.

A message is ``{"role", "content", "tool_calls", "tool_call_id", "name"}``, the last three only where there is
something to say. ``content`` is a text; a list of parts where it has other parts than text; None where there is
none. A tool call is ``{"id", "type": "function", "function": {"name", "arguments"}}`` with decoded arguments.
A prompt and an answer are ``{"messages": [...]}``.

Read are the shapes of OpenAI (chat and responses), Anthropic, the OpenTelemetry GenAI conventions (``parts``),
the Vercel AI SDK and LangChain.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from spanglass.entities import Json
from spanglass.formats.values import decoded, text_of

_ROLES = {"human": "user", "ai": "assistant", "model": "assistant", "developer": "system"}
_TOOL_CALLS = frozenset({"tool_call", "tool-call", "tool_use", "server_tool_call", "server_tool_use"})
_TOOL_RESULTS = frozenset(
    {"tool_call_response", "tool-result", "tool_result", "server_tool_call_response", "tool_call_result"}
)
_TEXTS = frozenset({"text", "input_text", "output_text"})
_LANGCHAIN_KINDS = frozenset({"human", "ai", "system", "tool"})


def conversation(value: Json) -> dict[str, Json] | None:
    """``{"messages": [...]}`` for a list of messages, one message, or an object that has ``messages``.

    None where ``value`` is something else, or where some item of the list is no message.

    >>> conversation([{"role": "user", "parts": [{"type": "text", "content": "Hi"}]}])
    {'messages': [{'role': 'user', 'content': 'Hi'}]}
    """
    if isinstance(value, Mapping):
        if isinstance(value.get("messages"), list):
            value = value["messages"]
        elif isinstance(value.get("choices"), list):  # OpenAI's answer as a whole
            value = value["choices"]
        elif _is_message(value):
            value = [value]
    if not isinstance(value, list) or not value:
        return None
    if all(isinstance(item, Mapping) and "toolName" in item for item in value):  # of the Vercel AI SDK
        value = [{"role": "assistant", "content": None, "tool_calls": value}]
    if len(value) == 1 and isinstance(value[0], list):  # LangChain hands over a batch of one
        value = value[0]
    if not value or not all(_is_message(item) for item in value):
        return None
    return {"messages": [message for item in value for message in read_message(item)]}


def _is_message(value: Json) -> bool:
    if not isinstance(value, Mapping):
        return False
    if isinstance(value.get("message"), Mapping):
        value = value["message"]
    if _is_langchain(value):
        return "content" in value or isinstance(value.get("data"), Mapping)
    return isinstance(value.get("role"), str) and not value.keys().isdisjoint(
        ("content", "contents", "parts", "tool_calls")
    )


def _is_langchain(value: Mapping[str, Any]) -> bool:
    kind = value.get("type")
    return isinstance(kind, str) and kind in _LANGCHAIN_KINDS


def read_message(raw: Mapping[str, Any]) -> list[dict[str, Json]]:
    """The messages that one message of a source stands for: itself, and one for each tool result inside it."""
    if isinstance(raw.get("message"), Mapping):
        raw = raw["message"]
    if isinstance(raw.get("data"), Mapping) and _is_langchain(raw):
        raw = {**raw["data"], "type": raw["type"]}
    role = raw.get("role") or raw.get("type") or "user"
    message: dict[str, Json] = {"role": _ROLES.get(role, role) if isinstance(role, str) else text_of(role)}
    parts = raw.get("parts")
    if parts is None:
        parts = raw.get("contents")
    if parts is None:
        parts = raw.get("content")
    parts, calls, results = _sorted_parts(parts)
    tool_calls = raw.get("tool_calls")
    extra = raw.get("additional_kwargs")  # where LangChain keeps what its own fields have no place for
    if not tool_calls and isinstance(extra, Mapping):
        tool_calls = extra.get("tool_calls")
    calls.extend(
        tool_call(call) for call in (tool_calls if isinstance(tool_calls, list) else ()) if isinstance(call, Mapping)
    )
    message["content"] = parts
    if calls:
        message["tool_calls"] = calls
    for key in ("tool_call_id", "name"):
        if isinstance(raw.get(key), str):
            message[key] = raw[key]
    if results and parts is None and not calls:
        return results
    return [message, *results]


def _sorted_parts(parts: Json) -> tuple[Json, list[Json], list[dict[str, Json]]]:
    """The content, the tool calls and the tool results among the parts of a message."""
    if isinstance(parts, Mapping):
        parts = [parts]
    if not isinstance(parts, list):
        return (parts if parts is None or isinstance(parts, str) else text_of(parts)), [], []
    content: list[Json] = []
    calls: list[Json] = []
    results: list[dict[str, Json]] = []
    for part in parts:
        if isinstance(part, str):
            part = {"type": "text", "text": part}
        if not isinstance(part, Mapping):
            content.append(part)
            continue
        if isinstance(part.get("message_content"), Mapping):
            part = part["message_content"]
        kind = part.get("type")
        kind = kind if isinstance(kind, str) else ""
        if kind in _TEXTS:
            content.append({"type": "text", "text": _first(part, "text", "content") or ""})
        elif kind in _TOOL_CALLS:
            calls.append(tool_call(part))
        elif kind in _TOOL_RESULTS:
            results.append(_tool_result(part))
        else:
            content.append(_other_part(part))
    if not content:
        return None, calls, results
    if len(content) == 1 and isinstance(content[0], Mapping) and content[0].get("type") == "text":
        return content[0]["text"], calls, results
    return content, calls, results


def tool_call(raw: Mapping[str, Any]) -> dict[str, Json]:
    """One call of a tool that a model asks for."""
    if isinstance(raw.get("tool_call"), Mapping):
        raw = raw["tool_call"]
    function = raw.get("function")
    inner: Mapping[str, Any] = function if isinstance(function, Mapping) else raw
    name = _first(inner, "name", "toolName")
    if name is None and isinstance(function, str):
        name = function
    arguments = _first(inner, "arguments", "args", "input")
    return {
        "id": _first(raw, "id", "toolCallId", "tool_call_id", "call_id"),
        "type": "function",
        "function": {"name": name, "arguments": decoded(arguments)},
    }


def _tool_result(part: Mapping[str, Any]) -> dict[str, Json]:
    result = _first(part, "response", "result", "output", "content")
    if isinstance(result, Mapping) and result.keys() == {"type", "value"}:  # the Vercel AI SDK wraps it
        result = result["value"]
    if isinstance(result, list):
        text, calls, results = _sorted_parts(result)
        result = text if isinstance(text, str) and not calls and not results else result
    return {
        "role": "tool",
        "content": result if result is None or isinstance(result, str) else text_of(result),
        "tool_call_id": _first(part, "id", "toolCallId", "tool_use_id", "tool_call_id"),
    }


def _other_part(part: Mapping[str, Any]) -> Json:
    """Images in OpenAI's shape, anything else as it is."""
    kind = part.get("type")
    image = part.get("image")
    if kind == "image" and isinstance(image, Mapping):
        image = image.get("image", image)
        if isinstance(image, Mapping) and isinstance(image.get("url"), str):
            return {"type": "image_url", "image_url": {"url": image["url"]}}
    if kind == "uri" and isinstance(part.get("uri"), str) and part.get("modality", "image") == "image":
        return {"type": "image_url", "image_url": {"url": part["uri"]}}
    if kind == "blob" and isinstance(part.get("content"), str) and part.get("modality") == "image":
        mime = part.get("mime_type") or "image/png"
        return {"type": "image_url", "image_url": {"url": f"data:{mime};base64,{part['content']}"}}
    return dict(part)


def _first(mapping: Mapping[str, Any], *keys: str) -> Json:
    for key in keys:
        value = mapping.get(key)
        if value is not None:
            return value
    return None


def unflattened(attributes: Mapping[str, Json], prefix: str) -> Json:
    """The lists and objects that were flattened into keys beginning with ``prefix``.

    >>> unflattened({"m.0.role": "user", "m.1.role": "tool", "m.1.ids.0": 7}, "m.")
    [{'role': 'user'}, {'role': 'tool', 'ids': [7]}]

    Returns None where there is no such key. Gaps in a list are closed.
    """
    root: dict[str, Any] = {}
    start = len(prefix)
    branches = [root]
    for key, value in attributes.items():
        if not key.startswith(prefix):
            continue
        steps = key[start:].split(".")
        node = root
        for step in steps[:-1]:
            child = node.get(step)
            if not isinstance(child, _Branch):
                child = _Branch() if child is None else _Branch({"": child})
                node[step] = child
                branches.append(child)
            node = child
        leaf = node.get(steps[-1])
        if isinstance(leaf, _Branch):
            leaf[""] = value
        else:
            node[steps[-1]] = value
    if not root:
        return None
    for branch in reversed(branches):  # children were added after their parents
        for step, child in branch.items():
            if isinstance(child, _Branch):
                branch[step] = _as_list(child)
    return _as_list(root)


class _Branch(dict[str, Any]):
    """An object made while unflattening, as against one that was an attribute's value."""


def _as_list(branch: Mapping[str, Any]) -> Json:
    if all(step.isascii() and step.isdigit() for step in branch):
        return [branch[step] for step in sorted(branch, key=lambda step: (len(step.lstrip("0")), step))]
    return dict(branch)


def flat_messages(attributes: Mapping[str, Json], prefix: str) -> dict[str, Json] | None:
    """The conversation flattened into keys like ``<prefix>0.message.role`` or ``<prefix>0.role``."""
    items = unflattened(attributes, prefix)
    if isinstance(items, dict):
        items = [items]
    return _all_messages(items) if isinstance(items, list) else None


def _all_messages(items: Iterable[Json]) -> dict[str, Json] | None:
    messages = [message for item in items if isinstance(item, Mapping) for message in read_message(item)]
    return {"messages": messages} if messages else None
