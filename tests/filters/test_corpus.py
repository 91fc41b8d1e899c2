"""Every text of the corpus is read, printed and resolved; every damaged one is, or is refused politely."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from spanglass.filters import FilterError, check, parse, unparse
from tests.filters.corpus import GOLDEN, REFUSED_HERE, mlflow_cases, params_of
from tests.filters.words import query, refused

ACCEPTED = sorted({case.text for case in mlflow_cases() if case.accepted} - REFUSED_HERE)
REFUSED = sorted({case.text for case in mlflow_cases() if not case.accepted})


def test_the_corpus_is_whole():
    assert len(GOLDEN) == 41
    assert len(mlflow_cases()) == 242


@pytest.mark.parametrize("text", GOLDEN + ACCEPTED)
def test_a_filter_is_read_printed_and_resolved(text):
    tree = parse(text)
    printed = unparse(tree)
    assert parse(printed) == tree
    assert unparse(parse(printed)) == printed
    first, second = query(text, params=params_of(text)), query(printed, params=params_of(text))
    assert first.where == second.where
    assert first.order == second.order
    assert first.fingerprint == second.fingerprint


@pytest.mark.parametrize("text", sorted(REFUSED_HERE))
def test_a_quote_behind_a_backslash_is_refused_with_a_way_out(text):
    with pytest.raises(FilterError) as caught:
        query(text)
    (fix,) = caught.value.diagnostic.fixes
    assert fix.text == "tag.model_name = 'it''s'"
    assert query(fix.text).where


def damaged(text: str) -> Iterator[str]:
    for at in range(len(text)):
        yield text[:at]
        yield text[:at] + text[at + 1 :]
        yield text[:at] + text[at] + text[at:]


@pytest.mark.parametrize("text", GOLDEN + ACCEPTED + REFUSED)
def test_a_damaged_filter_is_understood_or_politely_refused(text):
    for broken in damaged(text):
        error = refused(broken, params=params_of(broken))
        if error is None:
            continue
        shown, found = str(error), error.diagnostic
        assert "^" in shown
        assert len(shown) <= 300
        assert found.message
        assert 0 <= found.start <= len(broken)
        assert found.start <= found.end
        for word in ("Traceback", "Error", "object at 0x", "None", "spanglass"):
            assert word not in found.message
        assert all(fix.label and fix.text != broken for fix in found.fixes)


@pytest.mark.parametrize("text", GOLDEN + ACCEPTED + REFUSED)
def test_a_check_says_the_same_as_resolving(text):
    params = params_of(text)
    errors = [found for found in check(text, params=params) if found.severity == "error"]
    error = refused(text, params=params)
    assert errors == ([] if error is None else [error.diagnostic])
