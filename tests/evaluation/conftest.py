"""What the tests of evaluations share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from spanglass.store import Store, using_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store, which is the current one."""
    with Store(tmp_path / "evaluation.db") as opened, using_store(opened):
        yield opened
