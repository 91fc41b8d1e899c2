"""Paths into JSON text, the one place where a user's text is written into SQL."""

from __future__ import annotations

import re
from collections.abc import Sequence

# SQLite compares a quoted key with the JSON text of the object's keys, escapes and all, and knows no escapes
# itself; so a key that JSON would escape has no path.
_ESCAPED = re.compile(r'["\\\x00-\x1f\x7f]')


def sql_text(value: str) -> str:
    """The SQL literal of a text that holds no NUL."""
    return "'" + value.replace("'", "''") + "'"


def json_key(key: str) -> str | None:
    """A key as it stands in a JSON text; None for one of which more than one spelling is possible."""
    return None if _ESCAPED.search(key) else f'"{key}"'


def json_path(steps: Sequence[str | int]) -> str | None:
    """The path made of these keys and indexes, without its ``$``; None if SQLite has no path for one of them.

    An index below 0 counts from the end.

    >>> json_path(("a.b", 0))
    '."a.b"[0]'
    >>> json_path(('say "hi"',)) is None
    True
    """
    parts = []
    for step in steps:
        if isinstance(step, int):
            parts.append(f"[{step}]" if step >= 0 else f"[#{step}]")
        elif (key := json_key(step)) is not None:
            parts.append(f".{key}")
        else:
            return None
    return "".join(parts)
