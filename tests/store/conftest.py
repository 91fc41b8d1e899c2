from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from spanglass.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A new store, which must be in order in the end whatever the test did."""
    with Store(tmp_path / "store.db") as store:
        yield store
        assert store.verify() == []
