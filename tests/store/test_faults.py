"""What goes wrong around a store is said with the file's name and the way out, and leaves nothing half written."""

from __future__ import annotations

import os
import re
import resource
import signal
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from spanglass.entities import Batch, TraceFacts
from spanglass.store import Store, StoreError, opening
from tests.store.building import span
from tests.store.processes import forked

TEXT = "what was asked, and what was answered to it. " * 40
NOBODY = 65534


def some(trace_id: str) -> Batch:
    made = [span(trace_id, str(no), str(no // 2) if no else None, inputs={"q": TEXT}, start=no) for no in range(20)]
    return Batch(made, [TraceFacts(trace_id, tags={"of": trace_id})])


def test_a_full_disk_loses_nothing_that_was_reported_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    Store(path).close()

    def fill(say: Callable[[str], object]) -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, 1_500_000))
        store = Store(path)
        for at in range(1000):
            try:
                store.write(some(f"t{at}"))
            except StoreError as error:
                say(f"error {error}")
                assert len(store.trace_infos([f"t{at}"])) == 0
                assert store.verify() == []
                break
            say(f"t{at}")

    child = forked(fill)
    *reported, message = child.said()
    assert child.code == 0, message
    assert str(path) in message
    assert "free some space" in message
    assert len(reported) > 5
    with Store(path) as store:
        assert len(store.trace_infos(reported)) == len(reported)
        assert store.trace_infos([f"t{len(reported)}"]) == []
        store.write(some("afterwards"))
        assert store.verify() == []


def test_a_folder_that_must_not_be_written_is_named_and_can_still_be_read(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with Store(folder / "s.db") as store:
        store.write(some("t1"))
    for place in (tmp_path, *tmp_path.parents):
        if place.stat().st_uid == os.getuid() and place.is_relative_to("/tmp"):
            place.chmod(place.stat().st_mode | 0o055)
    folder.chmod(0o555)
    (folder / "s.db").chmod(0o444)

    def use(say: Callable[[str], object]) -> None:
        if os.getuid() == 0:
            os.setuid(NOBODY)  # nothing is forbidden to root
        try:
            Store(folder / "s.db")
        except StoreError as error:
            say(str(error))
        with Store(folder / "s.db", read_only=True) as store:
            say(store.trace_infos(["t1"])[0].name)
        try:
            Store(folder / "new.db")
        except StoreError as error:
            say(str(error))

    child = forked(use)
    said = child.said()
    folder.chmod(0o755)
    assert said == [
        f"cannot write in the folder {folder}: open s.db with read_only=True",
        "0",
        f"cannot write in the folder {folder}: open new.db with read_only=True",
    ]


def test_a_file_that_another_program_holds_is_waited_for_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "BUSY_TIMEOUT_S", 0.1)
    with Store(tmp_path / "s.db") as store:
        store.write(some("t1"))
        other = sqlite3.connect(store.path, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match=r"another process has been writing to .*s\.db"):
            store.write(some("t2"))
        assert [info.trace_id for info in store.trace_infos(["t1", "t2"])] == ["t1"]  # reading goes on
        other.execute("ROLLBACK")
        other.close()
        store.write(some("t2"))
        assert store.verify() == []


def test_a_growing_trace_can_be_read_while_another_program_writes(store: Store) -> None:
    store.write(some("t1"))
    store.connection.execute("INSERT INTO unsettled VALUES (1)")
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert len(store.spans("t1")) == 20
    other.execute("ROLLBACK")
    other.close()
    assert len(store.spans("t1")) == 20
    assert store.connection.execute("SELECT count(*) FROM unsettled").fetchone() == (0,)


def test_a_trace_that_grows_while_it_is_looked_at_is_put_in_order_afterwards(store: Store) -> None:
    store.write(some("t1"))
    with store.snapshot() as connection:
        connection.execute("SELECT count(*) FROM trace").fetchone()
        other = sqlite3.connect(store.path, isolation_level=None)
        other.execute("INSERT INTO unsettled VALUES (1)")
        other.close()
        assert len(store.spans("t1")) == 20
    connection.execute("BEGIN")
    connection.execute("INSERT OR IGNORE INTO unsettled VALUES (1)")
    assert len(store.spans("t1")) == 20
    connection.execute("COMMIT")
    assert len(store.spans("t1")) == 20
    assert store.connection.execute("SELECT count(*) FROM unsettled").fetchone() == (0,)


@pytest.mark.parametrize("page", [0, 3, 8, 12, -1])
def test_a_damaged_file_is_said_to_be_one(tmp_path: Path, page: int) -> None:
    path = tmp_path / "s.db"
    with Store(path) as store:
        for at in range(20):
            store.write(some(f"t{at}"))
        size = store.connection.execute("PRAGMA page_size").fetchone()[0]
    with open(path, "r+b") as file:
        file.seek(page * size if page >= 0 else path.stat().st_size - size)
        file.write(b"\x5a" * size)

    def use() -> str:
        try:
            with Store(path) as store:
                for at in range(20):
                    store.spans(f"t{at}")
                store.write(some("new"))
                return "; ".join(store.verify())
        except StoreError as error:
            return str(error) if str(path) in str(error) else ""

    assert re.search("^SQLite: |give another|restore a backup|a copy of it", use())
