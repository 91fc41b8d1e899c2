"""The span that was looked at last, kept as it was read: what follows is mostly about the same one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from spanglass import limits
from spanglass.explorer.details import follow, stretch
from spanglass.explorer.wire import Cut, JsonStep


@dataclass(slots=True)
class KeptSpan:
    """A span's detail object, uncut.

    A text of 50 MB is read in 800 stretches: each of them must not read and decode the span anew, nor count the
    characters of the whole text as JavaScript does.
    """

    trace_id: str
    span_id: str
    detail: dict[str, Any]
    _units: dict[tuple[JsonStep, ...], bytes] = field(default_factory=dict, repr=False)

    def stretch(self, path: Sequence[JsonStep], start: int, end: int) -> tuple[Any, int, list[Cut]]:
        """The part of a value from ``start`` to ``end``, as ``details.stretch`` has it.

        >>> KeptSpan("t", "s", {"inputs": "a🦊b"}).stretch(["inputs"], 3, 9)
        ('b', 4, [])

        Raises
        ------
        LookupError
            There is no value at this path.
        """
        value = follow(self.detail, path)
        if not isinstance(value, str) or value.isascii():
            return stretch(value, path, start, end)
        place = tuple(path)
        units = self._units.get(place)
        if units is None:
            units = value.encode("utf-16-le", "surrogatepass")
            self._units = {place: units}  # of one text: it takes as much memory again
        end = min(end, start + limits.SLICE_CHARS)
        return units[2 * start : 2 * end].decode("utf-16-le", "surrogatepass"), len(units) // 2, []
