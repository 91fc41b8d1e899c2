"""The metrics that come with a model type, under the names that MLflow gives them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from spanglass.evaluation.readability import METRICS
from spanglass.evaluation.scorer import Scorer

_WORD = re.compile(r"\w")
_SENTENCE_END = re.compile(r"[.!?]+(?=[\"'”’)\]]*(?:\s|$))")
_SHORTEST_SENTENCE = 3

TARGET_KEY = "expected_response"
"""The key of an ``expectations`` dict that holds the one right answer."""


def target_of(expectations: Any) -> Any:
    """The one right answer: the expectations themselves, or their entry ``expected_response`` if they are a dict."""
    if isinstance(expectations, Mapping) and TARGET_KEY in expectations:
        return expectations[TARGET_KEY]
    return expectations


def exact_match(outputs: Any, expectations: Any) -> int | None:
    """1 if the output equals the target, else 0; None without a target.

    >>> exact_match("Good morning Tom.", "Good morning Tom."), exact_match("Hi", {"expected_response": "Ho"})
    (1, 0)
    """
    target = target_of(expectations)
    return None if target is None else int(bool(outputs == target))


def automated_readability_index(text: str) -> float:
    """The US school grade that a text asks of its reader; 0 for a text without words.

    4.71 · characters / words + 0.5 · words / sentences − 21.43, by R. J. Senter and E. A. Smith, "Automated
    Readability Index", AMRL-TR-66-220, Aerospace Medical Research Laboratories, 1967. Characters are all but
    white space; a word is what stands between white space and has a letter or digit in it; a sentence ends at
    ``.``, ``!`` or ``?`` before white space, and one of fewer than three words is not counted, unless it is all.

    >>> round(automated_readability_index("The quick brown fox jumps over the lazy dog."), 2)
    1.91
    """
    words = _words(text)
    if words == 0:
        return 0.0
    characters = sum(map(len, text.split()))
    sentences = sum(_words(part) >= _SHORTEST_SENTENCE for part in _SENTENCE_END.split(text))
    return 4.71 * characters / words + 0.5 * words / max(1, sentences) - 21.43


def _words(text: str) -> int:
    return sum(_WORD.search(word) is not None for word in text.split())


def ari_grade_level(outputs: Any) -> float | None:
    """The automated readability index of a text output; None for any other output."""
    return automated_readability_index(outputs) if isinstance(outputs, str) else None


def _distribution(name: str, numbers: list[float]) -> dict[str, float]:
    return {
        f"{name}/v1/mean": float(np.mean(numbers)),
        f"{name}/v1/variance": float(np.var(numbers)),
        f"{name}/v1/p90": float(np.percentile(numbers, 90)),
    }


def _with_ratio(name: str, numbers: list[float]) -> dict[str, float]:
    return {**_distribution(name, numbers), f"{name}/v1/ratio": float(np.mean([number >= 0.5 for number in numbers]))}


def _share(name: str, numbers: list[float]) -> dict[str, float]:
    return {f"{name}/v1": float(np.mean(numbers))}


def score_column(name: str) -> str:
    """The column of a metric's values in the result's table."""
    return f"{name}/v1/score"


_SUMMARIES = {"toxicity": _with_ratio}
_EXACT_MATCH = Scorer("exact_match", exact_match, score_column("exact_match"), _share)
_ARI = Scorer("ari_grade_level", ari_grade_level, score_column("ari_grade_level"), _distribution)

MODEL_TYPES: dict[str, tuple[Scorer, ...]] = {
    "question-answering": (_ARI, _EXACT_MATCH),
    "text": (_ARI,),
}
"""The metrics of each model type that need no data."""


def model_type_metrics(model_type: str) -> tuple[list[Scorer], dict[str, str]]:
    """The metrics of a model type, and those that cannot be had, each with what is missing for it.

    MLflow has token_count, toxicity and flesch_kincaid_grade_level for every model type, from data that it downloads.
    Nothing is downloaded here, and nothing else is put under their names.
    """
    found: list[Scorer] = []
    missing: dict[str, str] = {}
    for name, make in METRICS.items():
        try:
            found.append(Scorer(name, make(), score_column(name), _SUMMARIES.get(name, _distribution)))
        except LookupError as problem:
            missing[name] = str(problem)
    return [*found, *MODEL_TYPES[model_type]], missing
