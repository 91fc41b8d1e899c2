"""The statements by hand that the benchmark compares with: their plans, and that they ask what the filters ask."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from benchmarks.cases import CASES, MODES, Case, Mode, plan_of
from benchmarks.queries import within
from benchmarks.stores import build

from spanglass.engines.sqlite import SqliteEngine
from spanglass.filters import resolve
from spanglass.store import Store

TRACES = 300

# What has to be asked of every trace, or of the skeletons of all spans, before it can be counted: no index has it.
COUNTED_ONE_BY_ONE = {"newest", "below_common", "none", "number", "json_path"}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of generated traces."""
    found = tmp_path_factory.mktemp("hand") / "s.db"
    build(found, TRACES)
    return found


@pytest.fixture(scope="module")
def connection(path: Path) -> Iterator[sqlite3.Connection]:
    found = sqlite3.connect(path)
    yield found
    found.close()


all_cases = pytest.mark.parametrize("case", CASES, ids=[case.file for case in CASES])


@all_cases
@pytest.mark.parametrize("mode", MODES)
def test_the_committed_plan_is_what_sqlite_gives(connection: sqlite3.Connection, case: Case, mode: Mode) -> None:
    assert plan_of(connection, case.sql(mode)) == case.plan(mode)


@all_cases
def test_a_page_scans_nothing_but_the_newest_traces(case: Case) -> None:
    scans = [line for line in case.plan("page").splitlines() if line.startswith("SCAN")]
    assert scans in ([], ["SCAN t USING COVERING INDEX trace_newest"])
    if not scans:
        assert any(line.startswith("SEARCH t USING") for line in case.plan("page").splitlines())


@all_cases
def test_a_count_scans_only_where_no_index_has_the_answer(case: Case) -> None:
    scans = [line for line in case.plan("count").splitlines() if line.startswith("SCAN")]
    assert bool(scans) == (case.file in COUNTED_ONE_BY_ONE)


@all_cases
def test_the_engine_and_the_statements_agree(path: Path, connection: sqlite3.Connection, case: Case) -> None:
    with Store(path) as store:
        engine = SqliteEngine(store)
        query = resolve(case.filter)
        assert engine.search(query, limit=100).ids == connection.execute(case.sql("page")).fetchall()
        assert engine.count(query) == connection.execute(case.sql("count")).fetchone()[0]


def test_what_is_allowed_is_a_third_more_and_half_a_millisecond() -> None:
    assert within(1.8, 1.0)
    assert not within(1.9, 1.0)
