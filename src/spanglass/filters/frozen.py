"""``dataclass`` for trees that nobody changes.

A filter becomes dozens of nodes, and what makes a frozen dataclass refuse a change is most of the time of making one.
So the type checker refuses it, and when a program runs nothing is paid for it.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(*, frozen: bool, **options: Any) -> Any:
        """As ``dataclasses.dataclass``; ``frozen`` gives the same equality and hash."""
        return dataclasses.dataclass(unsafe_hash=frozen, **options)
