"""Which keys and names there are: what is proposed while a filter is typed."""

from __future__ import annotations

from typing import Any

from spanglass.entities import Json
from spanglass.limits import (
    MAX_KNOWN_SHAPES,
    MAX_SHAPE,
    MAX_VOCABULARY_ITEMS,
    MAX_VOCABULARY_KEYS,
    SHORT_VALUE_CHARS,
    VOCABULARY_DEPTH,
)

Seen = tuple[str, str, str]
"""One key of the vocabulary and the type that it had: scope, key, type."""

Keys = frozenset[Seen]
"""Keys that are seen together, so that they can be counted as one."""

# By exact type, for values that come out of a JSON text.
_TYPES = {str: "text", int: "number", float: "number", bool: "bool", list: "array", dict: "object"}
_CONTAINERS = frozenset((dict, list))
_OF_JSON = frozenset((*_TYPES, type(None)))


def json_type(value: Json) -> str:
    """The vocabulary's word for the type of a decoded JSON value; empty for null."""
    return _TYPES.get(type(value), "")


def key_paths(scope: str, value: Json) -> Keys:
    """The paths of keys inside a JSON value, ``VOCABULARY_DEPTH`` keys deep; a step into an array is ``[*]``.

    Raises TypeError at a value, as deep as that, that is none of JSON's own types.

    >>> sorted(path for _, path, _ in key_paths("inputs", {"messages": [{"role": "user"}]}))
    ['messages', 'messages[*].role']
    """
    if type(value) is not dict and type(value) is not list:
        if type(value) not in _OF_JSON:
            raise TypeError(type(value))
        return _NONE
    shape = _shape(scope, value)
    known = _known.get(shape)
    if known is None:
        known = _paths(scope, value)
        if len(shape) <= MAX_SHAPE:
            if len(_known) >= MAX_KNOWN_SHAPES:
                _known.clear()
            _known[shape] = known
    return known


_NONE: Keys = frozenset()
_known: dict[tuple[Any, ...], Keys] = {}  # the same few calls make nearly all spans: their keys are found out once


def _shape(scope: str, value: Json) -> tuple[Any, ...]:
    """All that the key paths of a value depend on: the keys and types of its containers, outermost first."""
    if type(value) is dict:
        types = tuple(map(type, value.values()))
        if types in _flat:
            return scope, tuple(value), types
    shape: list[Any] = [scope]
    level = [value]
    for depth in range(VOCABULARY_DEPTH, 0, -1):
        below: list[Any] = []  # what is one key further down; what is one index further down is of this level
        for container in level:
            if type(container) is dict:
                items = container.values()
                shape.append(tuple(container))
                deeper = below if depth > 1 else None
            else:
                items = container if len(container) <= MAX_VOCABULARY_ITEMS else container[:MAX_VOCABULARY_ITEMS]
                deeper = level
            types = tuple(map(type, items))
            shape.append(types)
            if types not in _flat and _has_containers(types) and deeper is not None and len(deeper) <= MAX_SHAPE:
                deeper += [item for item in items if type(item) in _CONTAINERS]
        if not below:
            break
        level = below
    return tuple(shape)


_flat: set[tuple[type, ...]] = set()  # sequences of types that are known to be no containers


def _has_containers(types: tuple[type, ...]) -> bool:
    if not _OF_JSON.issuperset(types):
        raise TypeError(types)
    if not _CONTAINERS.isdisjoint(types):
        return True
    if len(_flat) < MAX_KNOWN_SHAPES:
        _flat.add(types)
    return False


def _paths(scope: str, value: Json) -> Keys:
    found: set[Seen] = set()
    stack: list[tuple[str, Json, int]] = [("", value, VOCABULARY_DEPTH)]
    while stack:
        path, value, depth = stack.pop()
        if isinstance(value, dict):
            prefix = f"{path}." if path else ""
            for key, item in value.items():
                word = _TYPES.get(type(item))
                if word is None or len(key) > SHORT_VALUE_CHARS:
                    continue
                if len(found) == MAX_VOCABULARY_KEYS:
                    return frozenset(found)
                found.add((scope, prefix + key, word))
                if depth > 1 and isinstance(item, (dict, list)):
                    stack.append((prefix + key, item, depth - 1))
        elif isinstance(value, list):
            stack.extend((f"{path}[*]", item, depth) for item in value[:MAX_VOCABULARY_ITEMS])
    return frozenset(found)
