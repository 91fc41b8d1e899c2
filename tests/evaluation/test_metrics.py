"""The metrics that come with a model type."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanglass.evaluation.metrics import MODEL_TYPES, ari_grade_level, automated_readability_index, exact_match


@pytest.mark.parametrize(
    ("outputs", "expectations", "score"),
    [
        ("Tom", "Tom", 1),
        ("Tom", "tom", 0),
        (4, 4, 1),
        ([1, 2], [1, 2], 1),
        ("Tom", {"expected_response": "Tom"}, 1),
        ({"a": 1}, {"a": 1}, 1),
        (None, "Tom", 0),
        ("Tom", None, None),
    ],
)
def test_an_exact_match_is_one_and_anything_else_zero(outputs: Any, expectations: Any, score: int | None) -> None:
    assert exact_match(outputs, expectations) == score


@pytest.mark.parametrize(
    ("text", "characters", "words", "sentences"),
    [
        ("Good morning Tom.", 15, 3, 1),
        ("The quick brown fox jumps over the lazy dog. It was fun! Was it not?", 54, 15, 3),
        ("It costs 3.50 euros, e.g. in Oslo.", 28, 7, 1),
        ("No", 2, 1, 1),
        ("Über Ärger lacht der Bär.", 21, 5, 1),
    ],
)
def test_the_readability_index_counts_characters_words_and_sentences(
    text: str, characters: int, words: int, sentences: int
) -> None:
    expected = 4.71 * characters / words + 0.5 * words / sentences - 21.43
    assert automated_readability_index(text) == pytest.approx(expected)


@pytest.mark.parametrize("text", ["", "   ", "...", "?!"])
def test_a_text_without_words_asks_for_no_grade(text: str) -> None:
    assert automated_readability_index(text) == 0


@given(st.text())
def test_white_space_around_a_text_changes_nothing(text: str) -> None:
    assert automated_readability_index(f" {text}\n") == automated_readability_index(text)


def test_what_is_no_text_has_no_readability() -> None:
    assert ari_grade_level({"a": 1}) is None


def test_metrics_are_named_as_in_mlflow() -> None:
    ari, match = MODEL_TYPES["question-answering"]
    assert match.summary(match.name, [1.0, 0.0, 0.0, 1.0]) == {"exact_match/v1": 0.5}
    assert ari.summary(ari.name, [1.0, 2.0, 3.0, 4.0]) == {
        "ari_grade_level/v1/mean": 2.5,
        "ari_grade_level/v1/variance": 1.25,
        "ari_grade_level/v1/p90": pytest.approx(3.7),
    }
