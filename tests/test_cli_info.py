"""What `spanglass info` says of a store."""

from __future__ import annotations

from pathlib import Path

import pytest

from spanglass.cli import main
from spanglass.entities import Batch, Span
from spanglass.store import Store


@pytest.fixture
def path(tmp_path: Path) -> str:
    with Store(tmp_path / "s.db") as store:
        store.write(Batch([Span("t1", "a", "one", end_time_ns=1), Span("t1", "b", "two", "a", end_time_ns=1)]))
    return str(tmp_path / "s.db")


def test_info_says_what_there_is(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", "--store", path]) == 0
    first, *tables = capsys.readouterr().out.splitlines()
    assert first == f"{path}: 1 traces, 2 spans, 1 experiments"
    assert {line.split()[-1] for line in tables} >= {"span", "payload", "(free)"}


def test_a_store_in_order_is_said_to_be_so(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", "--verify", "--store", path]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "all in order"


def test_what_is_wrong_is_listed(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    with Store(path) as store:
        store.connection.execute("UPDATE trace SET error_count = 7")
    assert main(["info", "--verify", "--store", path]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "trace t1: error_count is 7, should be 0"
