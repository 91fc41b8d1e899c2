"""Metrics of MLflow's that need data: tokens, a school grade, toxicity. Only data that is here is used."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from typing import Any

TextMetric = Callable[[Any], "float | None"]

TOXICITY_MODEL = "facebook/roberta-hate-speech-dynabench-r4-target"
"""The classifier that MLflow's metric asks, under the name that Hugging Face's cache knows it by."""


def token_count() -> TextMetric:
    """The function that counts the tokens of a text in OpenAI's encoding cl100k_base, as MLflow's metric does.

    Raises
    ------
    LookupError
        What it needs is not here; the text says what that is.
    """
    try:
        encoding = importlib.import_module("rs_bpe").openai.cl100k_base()  # the vocabulary is in the package
    except ImportError:
        raise LookupError("a tokenizer's vocabulary, with pip install 'spanglass[readability]'") from None
    return _of_text(encoding.count)


def flesch_kincaid_grade_level() -> TextMetric:
    """The function that says for which US school grade a text is, by textstat, as MLflow's metric does.

    0.39 · words / sentences + 11.8 · syllables / words − 15.59, by J. P. Kincaid et al., "Derivation of New Readability
    Formulas", Research Branch Report 8-75, Naval Technical Training Command, 1975. How syllables are counted is
    textstat's own business. Raises LookupError as ``token_count`` does.
    """
    try:
        textstat = importlib.import_module("textstat")
    except ImportError:
        raise LookupError("hyphenation patterns, with pip install 'spanglass[readability]'") from None
    if not hasattr(textstat, "textstat"):  # later versions count by a dictionary, which they download when first used
        nltk = importlib.import_module("nltk")
        try:
            nltk.data.find("corpora/cmudict")
        except LookupError:
            raise LookupError("nltk's corpus cmudict, which this version of textstat asks for") from None
    return _of_text(textstat.flesch_kincaid_grade)


def toxicity() -> TextMetric:
    """The function that says how likely a text is hate speech, by the classifier that MLflow's metric asks.

    It needs transformers, a backend of it, and the classifier in Hugging Face's local cache. Raises LookupError as
    ``token_count`` does.
    """
    try:
        os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
        transformers = importlib.import_module("transformers")
        local = {"local_files_only": True}
        classify = transformers.pipeline(
            "text-classification",
            model=transformers.AutoModelForSequenceClassification.from_pretrained(TOXICITY_MODEL, **local),
            tokenizer=transformers.AutoTokenizer.from_pretrained(TOXICITY_MODEL, **local),
            top_k=None,
            truncation=True,
        )
    except (ImportError, OSError):
        raise LookupError(f"transformers and the classifier {TOXICITY_MODEL} in its local cache") from None

    def score(text: str) -> float:
        return next(float(each["score"]) for each in classify([text])[0] if each["label"] == "hate")

    return _of_text(score)


METRICS: dict[str, Callable[[], TextMetric]] = {
    "token_count": token_count,
    "toxicity": toxicity,
    "flesch_kincaid_grade_level": flesch_kincaid_grade_level,
}
"""The metrics that MLflow computes for every model type from data, under its names, in its order."""


def _of_text(measure: Callable[[str], Any]) -> TextMetric:
    def score(outputs: Any) -> float | None:
        return measure(outputs) if isinstance(outputs, str) else None

    return score
