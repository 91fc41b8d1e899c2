"""The thirteen traces in a store."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from spanglass.engines import Engine, open_engine
from spanglass.store import Store
from tests.golden.traces import LINKED_RUNS, assistant


@pytest.fixture(scope="package")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with Store(tmp_path_factory.mktemp("golden") / "s.db", synchronous="OFF") as store:
        store.write(assistant())
        for trace_id, run_id in LINKED_RUNS.items():
            store.link_run(trace_id, run_id)
        yield open_engine(store)
