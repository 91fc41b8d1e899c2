"""Completion proposes what a store has really seen."""

from __future__ import annotations

from spanglass.engines import FrequentKeys
from spanglass.engines.sqlite import SqliteEngine
from spanglass.filters import complete, resolve


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
