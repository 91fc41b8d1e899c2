"""How what was seen in a store is written in a filter: keys, paths of keys, values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from spanglass.filters.algebra import Assessed, Field, Key, Path, Step, Type, Value
from spanglass.filters.diagnostics import FilterError, shorten
from spanglass.filters.edit import quote_name, quote_value
from spanglass.filters.numbers import TIME_UNITS, numeric
from spanglass.filters.printer import backticked
from spanglass.filters.tokens import DOTTED_IDENTIFIER, refuse_unreadable

Observed = Mapping[str | int | float | bool, int]
"""Values that a field has, with their counts."""

_PLAIN_STEP = re.compile(r"\w+(?:\[\*\])*\Z|(?:\[\*\])+\Z")


def written_or_none(write: Callable[[str], str], name: str) -> str | None:
    """The name as a filter has it; None for one that no filter can hold."""
    try:
        refuse_unreadable(name)
        return write(name)
    except FilterError:
        return None


def whole_key(key: str) -> str:
    """A key whose dots can be written as dots."""
    return key if all(map(DOTTED_IDENTIFIER.match, key.split("."))) else backticked(key)


def attribute_path(path: str) -> str:
    """An attribute's path: its dots may belong to one key, so that a name that needs quotes is quoted as a whole."""
    plain = all(map(_PLAIN_STEP.match, path.split(".")))
    return key_path(path) if plain or "[*]" in path else backticked(path)


def key_path(path: str) -> str:
    """A path of keys, with ``[*]`` for the items of arrays."""
    steps = []
    for step in path.split("."):
        name = step.rstrip("[*]") if step.endswith("[*]") else step
        plain = DOTTED_IDENTIFIER.match(name) or (not name and step)
        steps.append((name if plain else backticked(name)) + step[len(name) :])
    return ".".join(steps)


def path_of_keys(steps: Sequence[Step]) -> str:
    """Steps into a JSON value as the vocabulary has them: any index is ``[*]``.

    >>> path_of_keys(("messages", 0, "role"))
    'messages[*].role'
    """
    return "".join(f".{step}" if isinstance(step, str) else "[*]" for step in steps).lstrip(".")


def by_count(seen: Mapping[str, int]) -> dict[str, int]:
    """What was seen, the frequent first."""
    return dict(sorted(seen.items(), key=lambda entry: -entry[1]))


def value_label(insert: str, value: object) -> str:
    """How a value is shown: a text without its quotes."""
    return shorten(str(value)) if insert.startswith("'") else insert


def seen_value(label: str, value: Value | None, type_: Type) -> str | None:
    """A value seen as text: a number is written as one where that finds it, too."""
    if isinstance(value, Assessed) and label in ("true", "false") and type_ is not Type.TEXT:
        return label.upper()
    if type_ is Type.JSON and not isinstance(value, Key) and numeric(label) is not None:
        return label
    if type_ not in (Type.TEXT, Type.JSON):
        return None
    return written_or_none(quote_value, label)


def observed_value(value: str | int | float | bool, type_: Type) -> str | None:
    """A value as it is written beside a field of this type; None if it cannot stand there."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    fits = {Type.TEXT: isinstance(value, str), Type.BOOL: isinstance(value, bool), Type.JSON: True}
    if not fits.get(type_, number):
        return None
    if type_ is Type.DURATION:
        return _duration(float(value))
    try:
        return quote_value(value)
    except FilterError:
        return None


def percentiles(observed: Observed, percents: Sequence[int]) -> Iterator[tuple[int, str | int | float | bool]]:
    """The percentiles of what was observed, by nearest rank; none where it is no numbers.

    >>> list(percentiles({10: 1, 20: 2, 30: 1}, (50, 95)))
    [(50, 20), (95, 30)]
    """
    numbers = sorted((one, count) for one, count in observed.items() if type(one) in (int, float))
    total = sum(count for _, count in numbers)
    for percent in percents:
        rank, passed = (total * percent + 99) // 100, 0
        for number, count in numbers:
            passed += count
            if passed >= rank:
                yield percent, number
                break


def _duration(milliseconds: float) -> str | None:
    """A length of time in three digits, in the largest unit that leaves a whole part.

    >>> _duration(1234), _duration(250)
    ('1.23s', '250ms')
    """
    if not 0 <= milliseconds < 1e12:
        return None
    unit = next((unit for unit in ("h", "m", "s") if milliseconds >= TIME_UNITS[unit]), "ms")
    amount = milliseconds / float(TIME_UNITS[unit])
    return f"{amount:.0f}{unit}" if amount >= 100 else f"{amount:.3g}{unit}"


def parameter_name(value: Value | None) -> str:
    """A name for the parameter that a value is compared with."""
    name = "value"
    if isinstance(value, Field):
        name = value.name
    elif isinstance(value, Key):
        name = value.key
    elif isinstance(value, Assessed):
        name = value.name
    elif isinstance(value, Path) and isinstance(step := value.steps[-1], str):
        name = step
    return name if _is_plain(name) else "value"


def _is_plain(name: str) -> bool:
    """Whether a name stands in a filter as it is."""
    return written_or_none(quote_name, name) == name
