"""Files of every format that there has been become what a file written today is."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from spanglass.engines.sqlite import SqliteEngine
from spanglass.filters import resolve
from spanglass.store import Store
from spanglass.store.schema import VERSION

FILES = Path(__file__).parents[1] / "data" / "store"


@pytest.fixture(params=range(1, VERSION))
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A file of an earlier format, with data."""
    path = tmp_path / "old.db"
    connection = sqlite3.connect(path)
    connection.executescript((FILES / f"version-{request.param}.sql").read_text())
    assert connection.execute("PRAGMA user_version").fetchone() == (request.param,)
    connection.close()
    return path


def schema(store: Store) -> set[tuple[str, ...]]:
    return set(store.connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL"))


def without_comments(entries: set[tuple[str, ...]]) -> set[tuple[str, ...]]:
    def plain(sql: str) -> str:
        return " ".join(word for line in sql.splitlines() for word in line.split("--")[0].split())

    return {(*entry[:3], plain(entry[3])) for entry in entries}


def test_a_migrated_file_has_the_schema_of_a_new_one(old: Path, tmp_path: Path) -> None:
    with Store(old) as migrated, Store(tmp_path / "new.db") as new:
        assert migrated.connection.execute("PRAGMA user_version").fetchone() == (VERSION,)
        assert without_comments(schema(migrated)) == without_comments(schema(new))


def test_what_is_derived_in_a_migrated_file_is_what_would_be_derived_today(old: Path) -> None:
    with Store(old) as store:
        assert store.verify() == []


@pytest.mark.parametrize(
    ("filter", "found"),
    [
        ("", ["t1", "t2", "t3"]),
        ("span.attributes.gen_ai.request.model = 'n'", ["t1"]),
        ("span.attributes.gen_ai.request.model = 'm'", []),  # the flat key of the same span goes first
        ("span.attributes.docs.id = 'x'", []),
        ("span.attributes.docs[*].id = 'x'", ["t1"]),
        ("span.attributes.n > 6", ["t2"]),
        ("{ name = 'agent' } >> { type = 'LLM' }", ["t1"]),
        ("tag.env = 'dev' OR feedback.correct = true", ["t1", "t3"]),
    ],
)
def test_a_migrated_file_answers_as_it_did(old: Path, filter: str, found: list[str]) -> None:
    with Store(old) as store:
        assert [id for (id,) in SqliteEngine(store).search(resolve(filter)).ids] == found


def test_a_migration_that_fails_leaves_the_file_as_it_was(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from spanglass.store import migrations

    def fail(connection: sqlite3.Connection) -> int:
        connection.execute("DROP TABLE trace")
        raise OSError("disk full")

    monkeypatch.setitem(migrations.MIGRATIONS, VERSION - 1, fail)
    with pytest.raises(OSError, match="disk full"):
        Store(old)
    connection = sqlite3.connect(old)
    assert connection.execute("SELECT count(*) FROM trace").fetchone() == (3,)
    assert connection.execute("PRAGMA user_version").fetchone()[0] < VERSION
    connection.close()
