"""What the tests of frames share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from spanglass.store import Store
from tests.frames.traces import batch


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store with the five greetings."""
    with Store(tmp_path / "greetings.db") as opened:
        opened.write(batch())
        yield opened
