"""Many needles that are looked for in the same texts find what they find one by one, and read the texts once."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from spanglass.engines import explain
from spanglass.engines.sqlite import SqliteEngine
from spanglass.filters import resolve
from spanglass.filters.printer import quoted
from tests.oracle.evaluate import OracleTrace, ordered
from tests.property.chance import Chance, seeded
from tests.property.running import compare, stored
from tests.property.stores import NAMES, WORDS, Source

Asked = tuple[SqliteEngine, list[OracleTrace]]

OFTEN = ["a", "E", "l", "n", "refund", "ſ", "", "plan", *NAMES, *WORDS]
SELDOM = [f"nowhere{n}" for n in range(40)]
PLACES = ["{}", "text CONTAINS {}", "text ICONTAINS {}", "NOT {}", "NOT text CONTAINS {}", "text NOT CONTAINS {}"]


@pytest.fixture(scope="module", params=range(3))
def asked(request: pytest.FixtureRequest) -> Iterator[Asked]:
    with stored(Source(seeded("together", request.param)).batch()) as found:
        yield found


@pytest.mark.parametrize("around", ["{}", "{{ {} }}", "NOT ({})", "{} AND span.name != 'x'", "{} OR status = 'ERROR'"])
@pytest.mark.parametrize("operator", ["AND", "OR"])
def test_they_find_what_the_plain_reading_finds(asked: Asked, operator: str, around: str) -> None:
    engine, traces = asked
    chance = Chance(seeded(operator, around))
    for number in range(6):
        words = OFTEN[:3] if number % 3 == 0 else [*OFTEN, *SELDOM] if number % 3 == 1 else SELDOM
        place = chance.one(PLACES)
        terms = [place.format(quoted(chance.one(words))) for _ in range(20)]
        terms += [chance.one(PLACES).format(quoted(chance.one(OFTEN))) for _ in range(chance.below(3))]
        text = around.format("(" + f" {operator} ".join(chance.shuffled(terms)) + ")")
        query = resolve(text, zone="UTC")
        compare(engine, query, ordered(query, traces))


@pytest.mark.parametrize("text", ["'{}{}'", "NOT '{}{}'", "NOT text CONTAINS '{}{}'"])
def test_a_thousand_of_them_read_the_texts_once(asked: Asked, text: str) -> None:
    engine, _ = asked
    letters = "abcdefghijklmnopqrstuvwxyz"
    for operator in (" AND ", " OR "):
        said = explain(engine, resolve(operator.join(text.format(a, b) for a in letters for b in letters)))
        assert len(re.findall(r"\bFROM span\b", said.sql)) <= 6
        assert "many texts at once" in said.plan[-1] or "sg_" not in said.sql
