"""Completion proposes what a store has really seen."""

from __future__ import annotations

from pathlib import Path

from spanglass.engines import FrequentKeys, check, open_engine
from spanglass.engines.sqlite import SqliteEngine
from spanglass.entities import Batch, Span
from spanglass.filters import complete, resolve
from spanglass.limits import MAX_REFINED, RESOURCE_SAMPLE
from spanglass.store import Store


def proposed(engine: SqliteEngine, text: str) -> list[tuple[str, int | None]]:
    found = complete(text, len(text), vocabulary=FrequentKeys(engine))
    return [(item.insert, item.count) for item in found.items]


def test_keys_are_those_of_the_store(engine: SqliteEngine) -> None:
    tags = dict(proposed(engine, "tag."))
    assert tags == {"env": 2, "retries": 2, "a.b": 1, '`k"q`': 1, "``": 1}
    assert proposed(engine, "feedback.co") == [("correct", 2)]
    assert proposed(engine, "{ attributes.gen_ai.") == [("gen_ai.request.model", 1)]
    assert ("docs[0].score", 1) in proposed(engine, "outputs.docs[0].")


def test_values_are_those_of_the_store(engine: SqliteEngine) -> None:
    assert proposed(engine, "tag.env = ")[:2] == [("'dev'", 1), ("'prod'", 1)]
    assert proposed(engine, "{ name = 'a") == [("'answer'", 2), ("'ask'", 2)]
    assert proposed(engine, "name = 'b") == [("'bare'", 1)]
    assert proposed(engine, "feedback.correct = ")[:2] == [("FALSE", 1), ("TRUE", 1)]
    assert ("'it''s \"odd\"'", 1) in proposed(engine, "span.name = ")


def test_what_is_taken_finds_as_many_traces_as_were_counted(engine: SqliteEngine) -> None:
    begins = [
        "tag.env = ",
        "tag.retries = ",
        "feedback.correct = ",
        "{ name = ",
        "{ type = ",
        "session_id = ",
        "name = ",
    ]
    for text in [*begins, "{ attributes.temperature = ", "{ attributes.text = ", "feedback.score = "]:
        counted = [(insert, count) for insert, count in proposed(engine, text) if count]
        assert counted, text
        for insert, count in counted:
            whole = text + insert + (" }" if "{" in text else "")
            assert engine.count(resolve(whole)) == count, whole


def test_of_many_traces_the_newest_are_counted_and_that_is_said(tmp_path: Path) -> None:
    with Store(tmp_path / "s.db") as store:
        spans = [
            Span(f"t{n}", "s", "old" if n < 10 else "new", start_time_ns=n * 10**6) for n in range(MAX_REFINED + 10)
        ]
        store.write(Batch(spans))
        found = complete("name = ", 7, vocabulary=FrequentKeys(open_engine(store))).items
        assert [(item.insert, item.detail, item.count) for item in found if item.kind == "value"] == [
            ("'new'", "of the newest 2,000", MAX_REFINED)
        ]
        # Advice must know all of them.
        assert check(open_engine(store), "name = 'old'") == []


def test_ids_are_not_proposed(engine: SqliteEngine) -> None:
    assert not [count for _, count in proposed(engine, "trace_id = ") if count]


def test_resources_are_those_of_the_latest_spans(tmp_path: Path) -> None:
    old, new = {"service.name": "old", "host": {"name": "h"}}, {"service.name": "new", "cpus": 8}
    with Store(tmp_path / "s.db", synchronous="OFF") as store:
        store.write(Batch([Span("t1", "s", "a", resource=old), Span("t2", "s", "a", resource=new)]))
        engine = SqliteEngine(store)
        assert proposed(engine, "resource.") == [("service.name", 2), ("cpus", 1), ("host", 1)]
        assert proposed(engine, "{ resource.service.name = ")[:2] == [("'new'", 1), ("'old'", 1)]
        assert proposed(engine, "resource.cpus = ")[:1] == [("8", 1)]
        (found,) = check(engine, "resource.service.nme = 'new'")
        assert found.fixes[0].text == "resource.service.name = 'new'"
        store.write(Batch([Span(f"u{n}", "s", "a", resource=new) for n in range(RESOURCE_SAMPLE)]))
        assert proposed(engine, "resource.") == [("cpus", RESOURCE_SAMPLE), ("service.name", RESOURCE_SAMPLE)]
        assert engine.count(resolve("resource.service.name = 'old'")) == 1
