"""What people are asked to say of traces: the names of labels, and the values that each may have."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from spanglass import limits
from spanglass.explorer.envelope import is_unicode
from spanglass.explorer.wire import LabelSpec, Scalar

Schema = dict[str, list[Scalar]]
"""The values by the name of the label."""


def checked_labels(given: Any) -> Schema:
    """Labels as they were declared, each with the list of its values.

    >>> checked_labels({"correct": [True, False], "score": (1, 5)})
    {'correct': [True, False], 'score': [1, 2, 3, 4, 5]}

    Raises
    ------
    TypeError, ValueError
        They are none; the text says what they should be.
    """
    if not isinstance(given, Mapping):
        raise TypeError(f"labels is a dict such as {{'correct': [True, False], 'score': (1, 5)}}, not {given!r:.60}")
    if len(given) > limits.MAX_LABEL_NAMES:
        raise ValueError(f"at most {limits.MAX_LABEL_NAMES} labels can be asked for, not {len(given)}")
    return {checked_name(name): values_of(name, values) for name, values in given.items()}


def checked_name(name: Any) -> str:
    """The name of a label: a short text."""
    if not isinstance(name, str) or not is_short(name):
        raise ValueError(f"the name of a label is a text of 1 to {limits.MAX_LABEL_CHARS} characters, not {name!r:.60}")
    return name


def values_of(name: str, given: Any) -> list[Scalar]:
    """The values of one label: a list of them, or a tuple of the least and the largest of whole numbers."""
    if isinstance(given, tuple) and len(given) == 2 and all(type(end) is int for end in given) and given[0] < given[1]:
        values: list[Any] = list(range(given[0], min(given[1], given[0] + limits.MAX_LABEL_VALUES) + 1))
    elif isinstance(given, Sequence) and not isinstance(given, (str, bytes)):
        values = list(given)
    else:
        raise TypeError(f"labels[{name!r}] is a list of values, or (least, largest), not {given!r:.60}")
    if not 1 <= len(values) <= limits.MAX_LABEL_VALUES:
        raise ValueError(
            f"labels[{name!r}] has {'no' if not values else 'more than ' + str(limits.MAX_LABEL_VALUES)} values: "
            f"the keys 1 to {limits.MAX_LABEL_VALUES} give them"
        )
    for value in values:
        if not is_value(value):
            raise ValueError(
                f"labels[{name!r}] has the value {value!r:.60}: a value is true, false, a number, "
                f"or a text of 1 to {limits.MAX_LABEL_CHARS} characters"
            )
    if len({(type(value) is bool, value) for value in values}) < len(values):
        raise ValueError(f"labels[{name!r}] has a value twice")
    return values


def is_value(value: object) -> bool:
    """Whether a label can have this value."""
    if isinstance(value, str):
        return is_short(value)
    return isinstance(value, (bool, int)) or (isinstance(value, float) and math.isfinite(value))


def is_short(text: str) -> bool:
    """Whether a button can show this text, and a store hold it."""
    return 0 < len(text) <= limits.MAX_LABEL_CHARS and is_unicode(text)


def is_among(value: object, values: Sequence[Scalar]) -> bool:
    """Whether a value is one of these; 1 and true are two values."""
    return any(isinstance(each, bool) == isinstance(value, bool) and each == value for each in values)


def are_ordered(values: Sequence[Any]) -> bool:
    """Whether the values are numbers, of which 4 lies nearer to 5 than 1 does."""
    return bool(values) and all(isinstance(each, (int, float)) and not isinstance(each, bool) for each in values)


def on_wire(schema: Schema) -> list[LabelSpec]:
    """The labels as the browser has them, in their order."""
    return [{"name": name, "values": values} for name, values in schema.items()]
