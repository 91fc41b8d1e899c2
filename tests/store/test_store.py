"""Opening and closing, connections, transactions."""

from __future__ import annotations

import gc
import shutil
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from spanglass.entities import Batch
from spanglass.store import APPLICATION_ID, Store, StoreError
from spanglass.store.schema import VERSION
from tests.store.building import content, span


def test_a_new_file_is_made_in_wal_mode_and_marked_as_ours(tmp_path: Path) -> None:
    with Store(tmp_path / "new.db") as store:
        assert store.path == tmp_path / "new.db"
        assert store.connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert store.connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
        assert store.connection.execute("PRAGMA user_version").fetchone() == (VERSION,)
        assert store.verify() == []


def test_what_was_written_is_there_when_opened_again(tmp_path: Path) -> None:
    with Store(tmp_path / "s.db") as store:
        store.write(Batch([span("t1", "a")]))
        before = content(store)
    with Store(str(tmp_path / "s.db")) as store:
        assert content(store) == before


def test_synchronous_can_be_chosen(tmp_path: Path) -> None:
    with Store(tmp_path / "s.db", synchronous="FULL") as store:
        assert store.connection.execute("PRAGMA synchronous").fetchone() == (2,)
    with Store(tmp_path / "s.db") as store:
        assert store.connection.execute("PRAGMA synchronous").fetchone() == (1,)
    with pytest.raises(StoreError, match="'fast; DROP'"):
        Store(tmp_path / "s.db", synchronous="fast; DROP")


def refusal(path: Path | str, **options: bool) -> str:
    with pytest.raises(StoreError) as error:
        Store(path, **options)  # type: ignore[arg-type]
    return str(error.value)


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database at all, but long enough to be taken for one" * 10)
    before = path.read_bytes()
    assert "notes.txt is not an SQLite database" in refusal(path)
    assert path.read_bytes() == before


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE theirs(x)")
    other.close()
    before = path.read_bytes()
    assert "not a Spanglass store" in refusal(path)
    assert path.read_bytes() == before


def test_an_empty_file_becomes_a_store(tmp_path: Path) -> None:
    (tmp_path / "s.db").touch()
    with Store(tmp_path / "s.db") as store:
        assert store.verify() == []


def test_a_newer_format_is_refused(tmp_path: Path) -> None:
    with Store(tmp_path / "s.db") as store:
        store.connection.execute(f"PRAGMA user_version={VERSION + 1}")
    assert f"format {VERSION + 1}" in refusal(tmp_path / "s.db")


def test_places_where_no_store_can_be_are_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "there is no folder" in refusal(tmp_path / "gone" / "s.db")
    assert "there is no folder" in refusal(tmp_path / "file" / "s.db")
    assert "is a folder" in refusal(tmp_path)
    assert "there is no store at" in refusal(tmp_path / "s.db", read_only=True)
    assert not (tmp_path / "s.db").exists()
    assert "is a file" in refusal(":memory:")


def test_a_path_is_a_path_whatever_characters_it_has(tmp_path: Path) -> None:
    path = tmp_path / "a?mode=ro#%20 é.db"
    with Store(path) as store:
        store.write(Batch([span("t1", "a")]))
    assert path.exists()


def test_read_only_reads_and_never_writes(tmp_path: Path) -> None:
    with Store(tmp_path / "s.db") as store:
        store.write(Batch([span("t1", "a")]))
    with Store(tmp_path / "s.db", read_only=True) as store:
        assert [one.span_id for one in store.spans("t1")] == ["a"]
        assert store.verify() == []
        with pytest.raises(StoreError, match="read_only"):
            store.write(Batch([span("t1", "b")]))
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            store.connection.execute("DELETE FROM span")


def test_a_closed_store_says_so(tmp_path: Path) -> None:
    store = Store(tmp_path / "s.db")
    store.close()
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.spans("t1")


def test_a_store_whose_file_is_taken_away_is_not_made_anew_by_the_next_thread(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    store = Store(folder / "s.db")
    shutil.rmtree(folder)
    folder.mkdir()
    with ThreadPoolExecutor(1) as pool, pytest.raises(sqlite3.OperationalError):
        pool.submit(store.experiments).result()
    assert not (folder / "s.db").exists()
    store._connections.close()


def test_each_thread_has_its_connection_and_loses_it_when_it_ends(store: Store) -> None:
    assert store.connection is store.connection
    others: list[sqlite3.Connection] = []
    thread = threading.Thread(target=lambda: others.append(store.connection))
    thread.start()
    thread.join()
    gc.collect()
    assert others[0] is not store.connection
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        others[0].execute("SELECT 1")


def test_a_store_that_nobody_holds_closes_its_connections(tmp_path: Path) -> None:
    connection = Store(tmp_path / "s.db").connection
    gc.collect()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        connection.execute("SELECT 1")


def test_functions_can_be_added_to_every_connection(store: Store) -> None:
    mine = store.connection
    store.on_connect(lambda connection: connection.create_function("twice", 1, lambda x: 2 * x))
    assert mine.execute("SELECT twice(4)").fetchone() == (8,)
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(lambda: store.connection.execute("SELECT twice(5)").fetchone()).result() == (10,)


def test_a_connection_that_is_in_use_is_prepared_only_once(store: Store) -> None:
    def twice(connection: sqlite3.Connection) -> None:
        connection.create_function("twice", 1, lambda x: 2 * x)

    store.on_connect(twice)
    running = store.connection.execute("SELECT twice(4) UNION ALL SELECT twice(5)")
    assert running.fetchone() == (8,)
    store.on_connect(twice)  # SQLite would refuse to make a function anew that a statement uses
    assert running.fetchone() == (10,)


def test_a_store_that_is_closed_under_a_running_query_ends_it(store: Store) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    for _ in range(5):
        again, started = Store(store.path), threading.Event()

        def ask(again: Store = again, started: threading.Event = started) -> None:
            connection = again.connection
            started.set()
            connection.execute(endless).fetchone()

        with ThreadPoolExecutor(1) as pool:
            asked = pool.submit(ask)
            started.wait()
            time.sleep(0.02)
            again.close()
            with pytest.raises(sqlite3.Error, match=r"interrupted|closed"):
                asked.result()


def test_the_sqlite_utils_handle(store: Store) -> None:
    store.write(Batch([span("t1", "a")]))
    assert [row["trace_id"] for row in store.db["spans"].rows] == ["t1"]
    store.db["mine"].insert({"x": 1})
    assert store.verify() == []


def test_a_transaction_is_kept_or_undone_as_a_whole(store: Store) -> None:
    with store.transaction() as connection:
        connection.execute("INSERT INTO symbol(text) VALUES ('kept')")
    with pytest.raises(sqlite3.IntegrityError), store.transaction() as connection:
        connection.executemany("INSERT INTO symbol(text) VALUES (?)", [("undone",), ("kept",)])
    assert store.connection.execute("SELECT text FROM symbol").fetchall() == [("kept",)]


def test_a_transaction_inside_a_transaction_is_an_error_and_no_deadlock(store: Store) -> None:
    with store.transaction() as connection:
        connection.execute("INSERT INTO symbol(text) VALUES ('outer')")
        with pytest.raises(StoreError, match="transaction already"):
            store.write(Batch([span("t1", "a")]))
        with Store(store.path) as same, pytest.raises(StoreError, match="transaction already"):
            same.create_experiment("x")
    assert store.connection.execute("SELECT text FROM symbol").fetchall() == [("outer",)]


def test_another_process_that_holds_the_lock_is_waited_for_and_then_named(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.connection.execute("PRAGMA busy_timeout=50")
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="another process"):
        store.write(Batch([span("t1", "a")]))
    other.execute("ROLLBACK")
    other.close()
    assert store.write(Batch([span("t1", "a")])).new_spans == 1


def test_view_state_is_kept_by_key(store: Store) -> None:
    assert store.view_state("k") is None
    store.set_view_state("k", {"filter": "status = 'ERROR'", "columns": [1, None]})
    store.set_view_state("k2", {})
    store.set_view_state("k", {"filter": ""})
    assert store.view_state("k") == {"filter": ""}
    assert store.view_state("k2") == {}
