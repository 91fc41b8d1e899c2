"""Every prefix, every deletion and every doubling of a character is understood, or refused with place and reason."""

from __future__ import annotations

import pytest

from spanglass.engines import Engine
from spanglass.engines.base import EngineError
from spanglass.filters import check, resolve
from spanglass.limits import MAX_ERROR_CHARS
from tests.golden.corpus import NOW_MS
from tests.golden.damage import WHOLE, params_of, refusal, refusals
from tests.golden.internals import internals_in

REFUSED = {text: error for text, error in refusals().items() if error is not None}
ACCEPTED = [text for text, error in refusals().items() if error is None]


def test_there_are_very_many() -> None:
    assert len(WHOLE) > 590
    assert len(REFUSED) > 25_000
    assert len(ACCEPTED) > 12_000


def test_a_refusal_is_a_few_lines_with_a_caret() -> None:
    for text, error in REFUSED.items():
        shown = str(error)
        assert len(shown) <= MAX_ERROR_CHARS, text
        assert shown.count("^") >= 1, text
        assert error.diagnostic.message, text
        assert shown.isprintable() or set(shown) - {"\n"} == {c for c in shown if c.isprintable()}, text


def test_its_place_lies_in_the_text() -> None:
    for text, error in REFUSED.items():
        found = error.diagnostic
        assert 0 <= found.start <= len(text), text
        assert found.start < found.end <= len(text) + 1, text  # the end of the text is a place, too


def test_the_caret_stands_under_what_it_is_about() -> None:
    for text, error in REFUSED.items():
        at = error.diagnostic.start
        line, *rest = str(error).strip("\n").split("\n")
        if not rest:  # there is nothing to stand under
            assert not text.split("\n")[text.count("\n", 0, at)].strip(), text
            continue
        under = line[rest[0].index("^") :][:1]
        assert under == text[at : at + 1].strip(), text


def test_no_internals_are_told() -> None:
    for text, error in REFUSED.items():
        found = error.diagnostic
        said = " ".join([found.message, *(fix.label for fix in found.fixes)])
        assert internals_in(said, text) == set(), text


def test_a_way_out_leads_on() -> None:
    """A correction is accepted, or what is left to say is something else, or further behind."""
    accepted = total = 0
    for text, error in REFUSED.items():
        found = error.diagnostic
        for fix in found.fixes:
            assert fix.label, text
            assert fix.text != text, text
            left = refusals().get(fix.text) if fix.text in refusals() else refusal(fix.text)
            total += 1
            accepted += left is None
            if left is not None:
                other = left.diagnostic
                same = (other.code, other.message) == (found.code, found.message) and other.start <= found.start
                assert not same, (text, fix.text)
    assert accepted > 0.85 * total > 10_000


def test_a_check_says_the_same() -> None:
    for text in list(refusals())[::5]:
        error = refusals()[text]
        errors = [found for found in check(text, params=params_of(text)) if found.severity == "error"]
        if error is None or "now" not in text:  # a check has its own now
            assert errors == ([] if error is None else [error.diagnostic]), text


def test_what_is_accepted_can_be_answered(engine: Engine) -> None:
    for text in ACCEPTED[::10]:
        query = resolve(text, params=params_of(text), now_ms=NOW_MS, zone="UTC")
        try:
            found = len(engine.search(query).ids)
        except EngineError as error:
            pytest.fail(f"{text}: {error}")
        assert query.limit is not None or engine.count(query) == found, text
