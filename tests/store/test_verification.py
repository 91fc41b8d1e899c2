"""Verification finds whatever is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from spanglass.entities import Assessment, Batch, TraceFacts
from spanglass.store import Store
from tests.store.building import span


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        ("UPDATE span SET no = 5 WHERE span_id = 'b'", "span b: numbered"),
        ("UPDATE span SET last = 0", "span a: numbered"),
        ("UPDATE span SET depth = 0", "span b: numbered"),
        ("UPDATE trace SET status = 'ERROR'", "status is 'ERROR', should be 'OK'"),
        ("UPDATE trace SET tokens = 1", "tokens is 1, should be 5"),
        ("UPDATE trace SET span_count = 3", "span_count is 3, should be 2"),
        ("UPDATE trace SET root_sid = 2", "root_sid is 2, should be 1"),
        ("UPDATE trace_payload SET request = '2'", "request is '2', should be"),
        ("DELETE FROM posting WHERE kv_id = (SELECT id FROM kv WHERE scope = 'tag')", "posting ('tag', 'env'"),
        ("UPDATE posting SET n = n + 1", "posting ("),
        ("UPDATE kv SET n_traces = 9", "value ("),
        ("INSERT INTO kv(scope, key, kind, value) VALUES ('tag', 'x', 's', 'y')", "value ('tag', 'x', 's', 'y')"),
        ("UPDATE payload SET attributes = NULL", "posting ('attribute', 'k'"),
        ("UPDATE vocabulary SET n_traces = 9", "vocabulary ("),
        ("UPDATE vocabulary SET types = '{}'", "type of ("),
        ("DELETE FROM seen", "seen ("),
        ("DELETE FROM trace", "a span without its trace: 2"),
        ("DELETE FROM payload", "a span without its payload: 2"),
        ("DELETE FROM span", "a payload without its span: 2"),
        ("DELETE FROM trace_payload", "a trace without its payload: 1"),
        ("UPDATE trace SET experiment_id = '9'", "a trace in an unknown experiment: 1"),
        ("UPDATE assessment SET rid = 99", "an assessment of an unknown trace: 2"),
        ("UPDATE assessment SET valid = 1", "an assessment that is valid though overridden: 1"),
        ("INSERT INTO trace_run VALUES ('r', 99)", "a linked run of an unknown trace: 1"),
    ],
)
def test_damage_is_found_and_named(tmp_path: Path, damage: str, found: str) -> None:
    with Store(tmp_path / "s.db") as store:
        store.write(
            Batch(
                [span("t1", "a", inputs={"q": 1}), span("t1", "b", "a", attributes={"k": "v"}, input_tokens=5)],
                [TraceFacts("t1", tags={"env": "prod"})],
                [
                    Assessment("good", 1, trace_id="t1", assessment_id="a-1"),
                    Assessment("good", 2, trace_id="t1", assessment_id="a-2", overrides="a-1"),
                ],
            )
        )
        assert store.verify() == []
        store.connection.execute(damage)
        assert any(found in sentence for sentence in store.verify()), store.verify()


def test_damaged_pages_are_found(tmp_path: Path) -> None:
    with Store(tmp_path / "s.db") as store:
        store.write(Batch([span("t1", "a")]))
        store.connection.execute("PRAGMA writable_schema=ON")
        store.connection.execute("DELETE FROM sqlite_master WHERE name = 'span_error'")
        store.connection.execute("PRAGMA writable_schema=RESET")
        assert any(sentence.startswith("SQLite: ") for sentence in store.verify())
