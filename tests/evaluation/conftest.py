"""What the tests of evaluations share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from spanglass.store import Store, using_store

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store, which is the current one."""
    with Store(tmp_path / "evaluation.db") as opened, using_store(opened):
        yield opened
