"""What is said of every golden filter when it is explained: in words, as a plan, and as a statement with its values."""

from __future__ import annotations

import re

import pytest

from spanglass.engines import Engine, Explanation, explain
from spanglass.engines.sqlite import SqliteEngine
from spanglass.filters import resolve
from tests.golden.corpus import GOLDEN, NOW_MS, Golden

each = pytest.mark.parametrize("golden", GOLDEN, ids=[golden.text for golden in GOLDEN])
MODES = ("page", "count")

# What SQLite calls things, the letters that stand for tables, and places for values.
RAW = re.compile(r"SUBQUERY|SCAN|SEARCH|USING|B-TREE|VIRTUAL|ROUTINE|rowid|autoindex|\?|\b(?!p50|p95)[a-z]\d+\b")


KNOWN: dict[tuple[str, str], Explanation] = {}  # the store stays as it is: each is explained once


def explained(engine: Engine, golden: Golden, mode: str) -> Explanation:
    if (golden.text, mode) not in KNOWN:
        query = resolve(golden.text, params=golden.params, now_ms=NOW_MS, zone="UTC")
        KNOWN[golden.text, mode] = explain(engine, query, mode=mode)  # type: ignore[arg-type]
    return KNOWN[golden.text, mode]


@each
def test_the_plan_can_be_read_without_knowing_sqlite(golden: Golden, engine: Engine) -> None:
    for mode in MODES:
        *steps, last = explained(engine, golden, mode).plan
        assert steps
        assert [step for step in steps if RAW.search(step)] == []
        assert last.startswith("finished in ")


@each
def test_the_statement_runs_with_its_values(golden: Golden, engine: SqliteEngine) -> None:
    for mode in MODES:
        said = explained(engine, golden, mode)
        places = {int(number) for number in re.findall(r"\?(\d+)", re.sub(r"'(?:[^']|'')*'", "", said.sql))}
        assert places == set(range(1, len(said.params) + 1))
        rows = engine.store.connection.execute(said.sql, said.params).fetchall()
        if mode == "count":
            assert rows == [(len(golden.finds),)] or "LIMIT" in golden.text
        else:
            assert [row[-1] for row in rows] == golden.finds


@each
def test_it_shows_itself_part_by_part(golden: Golden, engine: Engine) -> None:
    said = explained(engine, golden, "page")
    shown = str(said)
    assert said.gloss == golden.says
    assert re.findall(r"^\w.*", shown, re.MULTILINE) == [golden.says, "Plan", "SQL", "Values"]
    assert max(map(len, said.plan)) <= 160


# A column that holds a number in the place of a text, and the place, or places, of what it is compared with.
NUMBERED = re.compile(r"(?:name|type|model|kv)_id (?:= |IS |IN \()((?:\?\d+(?:, )?)+)")


TOO_LONG = "with a value that is too long to be listed"


@each
def test_every_number_of_the_store_says_what_it_stands_for(golden: Golden, engine: SqliteEngine) -> None:
    ask = engine.store.connection.execute
    for mode in MODES:
        said = explained(engine, golden, mode)
        places = {int(place) - 1 for found in NUMBERED.findall(said.sql) for place in re.findall(r"\d+", found)}
        assert places <= set(said.meanings)
        for place in places:
            number, meaning = said.params[place], said.meanings[place]
            (symbol,) = ask("SELECT text FROM symbol WHERE id = ?", (number,)).fetchone() or (None,)
            posted = ask("SELECT scope || ' ' || key, value FROM kv WHERE id = ?", (number,)).fetchone()
            values = [f"symbol {symbol!r}"]
            if posted is not None:
                name, value = posted
                values += [f"{name} {said_of}" for said_of in (f"= {value!r}", f"= {value}", TOO_LONG)]
            assert meaning in values
            assert f"?{place + 1} = {number}: {meaning}" in str(said)


def test_a_number_is_told_from_an_equal_one_that_stands_for_something_else(engine: SqliteEngine) -> None:
    (number,) = engine.store.connection.execute("SELECT id FROM symbol WHERE text = 'TOOL'").fetchone()
    said = explain(engine, resolve(f"{{ type = 'TOOL' AND depth = {number} }}"))
    assert said.params[:2] == [number, number]
    assert next(iter(said.meanings.items())) == (0, "symbol 'TOOL'")
    assert 1 not in said.meanings


def test_a_whole_one(engine: Engine) -> None:
    golden = next(one for one in GOLDEN if one.text == "{ name = 'outer' } >> { name = 'think' }")
    assert explained(engine, golden, "page").plan == [
        "traces by number",
        "IN this list, made once:",
        "  spans by index span_name (name)",
        "EXISTS, or a value, looked up for each of them:",
        "  spans by index span_skeleton (trace)",
        "  EXISTS, or a value, looked up for each of them:",
        "    spans by index span_skeleton (trace, place)",
        "sorted when all of them are known",
        "finished in SQLite",
    ]


def test_a_regex_is_finished_in_python(engine: Engine) -> None:
    golden = next(one for one in GOLDEN if one.text == "name RLIKE '^(ask|rag)$'")
    said = explained(engine, golden, "count")
    assert said.plan[-1] == "finished in Python: regular expressions; the rest in SQLite"
    assert said.params == ["^(ask|rag)$"]
