"""Every text of the corpus is read, printed and resolved."""

from __future__ import annotations

import pytest

from spanglass.filters import FilterError, parse, unparse
from tests.filters.corpus import GOLDEN, REFUSED_HERE, mlflow_cases, params_of
from tests.filters.words import query

ACCEPTED = sorted({case.text for case in mlflow_cases() if case.accepted} - REFUSED_HERE)


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
