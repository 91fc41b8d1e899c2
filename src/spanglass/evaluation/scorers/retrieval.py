"""How good what was retrieved is, by the documents that should have been: precision, recall and nDCG at k."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from spanglass.entities import SpanType, Trace
from spanglass.evaluation.scorer import Scorer, text_of

RELEVANT = "relevant"
"""The key of an ``expectations`` dict that holds the documents that should be retrieved."""

_ID_KEYS = ("id", "doc_id", "document_id", "doc_uri", "source", "url")
_CONTENT_KEYS = ("page_content", "content", "text")


def precision_at_k(k: int, *, name: str | None = None) -> Scorer:
    """How many of the first ``k`` retrieved documents are relevant, as a share of ``k``.

    What was retrieved is the output, if it is a list, else the outputs of the trace's spans of type RETRIEVER, in the
    order in which they began, each document once. What is relevant is the row's target: a list of ids (or of
    documents), a dict of ids with their grades, or a dict of ``expectations`` with either under ``relevant``. A
    document is known by its ``id``, ``doc_id``, ``document_id``, ``doc_uri``, ``source`` or ``url``, which may stand in
    its ``metadata``, else by its text. No score where the target says nothing, or nothing was retrieved from.

    The share is of ``k`` even where fewer were retrieved: C. D. Manning, P. Raghavan and H. Schütze, "Introduction
    to Information Retrieval", Cambridge University Press, 2008, section 8.4.

    >>> from spanglass.evaluation.scorer import Case
    >>> precision_at_k(2)(Case(outputs=[{"id": "a"}, {"id": "x"}], expectations=["a", "b"])).value
    0.5
    """

    def precision(retrieved: Sequence[str], grades: Mapping[str, float]) -> float:
        return sum(id in grades for id in retrieved[:k]) / k

    return _scorer(name or f"precision_at_{k}", k, precision)


def recall_at_k(k: int, *, name: str | None = None) -> Scorer:
    """How many of the relevant documents are among the first ``k`` retrieved ones, as a share of all relevant ones.

    See ``precision_at_k`` for what is retrieved and relevant, and for the source. No score where nothing is relevant.

    >>> from spanglass.evaluation.scorer import Case
    >>> recall_at_k(3)(Case(outputs=["a", "x", "b"], expectations=["a", "b", "c", "d"])).value
    0.5
    """

    def recall(retrieved: Sequence[str], grades: Mapping[str, float]) -> float | None:
        return sum(id in grades for id in retrieved[:k]) / len(grades) if grades else None

    return _scorer(name or f"recall_at_{k}", k, recall)


def ndcg_at_k(k: int, *, name: str | None = None) -> Scorer:
    """The gain of the first ``k`` retrieved documents, discounted by rank, as a share of the best possible one.

    The sum of grade / log2(rank + 1), ranks counted from 1, divided by the same sum for the relevant documents in
    the order of their grades: K. Järvelin and J. Kekäläinen, "Cumulated gain-based evaluation of IR techniques", ACM
    Transactions on Information Systems 20 (4), 2002, with the discount of C. Burges et al., "Learning to rank using
    gradient descent", ICML 2005. A list of relevant documents gives each the grade 1.

    See ``precision_at_k`` for what is retrieved and relevant. No score where nothing is relevant.

    >>> from spanglass.evaluation.scorer import Case
    >>> ndcg_at_k(2)(Case(outputs=["a", "b"], expectations={"a": 3, "b": 1})).value
    1.0
    """

    def gain(grades: Sequence[float]) -> float:
        return math.fsum(grade / math.log2(rank + 1) for rank, grade in enumerate(grades[:k], 1))

    def ndcg(retrieved: Sequence[str], grades: Mapping[str, float]) -> float | None:
        best = gain(sorted(grades.values(), reverse=True))
        return gain([grades.get(id, 0.0) for id in retrieved]) / best if best else None

    return _scorer(name or f"ndcg_at_{k}", k, ndcg)


def _scorer(name: str, k: int, measure: Callable[[Sequence[str], Mapping[str, float]], float | None]) -> Scorer:
    if not isinstance(k, int) or isinstance(k, bool) or k < 1:
        raise ValueError(f"k must be a whole number of at least 1, not {k!r:.60}.")

    def score(outputs: Any, expectations: Any, trace: Trace | None) -> float | None:
        retrieved, grades = _retrieved(outputs, trace), _grades(expectations)
        return None if retrieved is None or grades is None else measure(retrieved, grades)

    return Scorer(name, score)


def _retrieved(outputs: Any, trace: Trace | None) -> list[str] | None:
    if isinstance(outputs, list):
        documents = outputs
    else:
        spans = [] if trace is None else trace.search_spans(span_type=SpanType.RETRIEVER)
        if not spans:
            return None
        documents = [one for span in sorted(spans, key=lambda span: span.start_time_ns) for one in _list(span.outputs)]
    return list(dict.fromkeys(map(_id, documents)))


def _list(outputs: Any) -> Sequence[Any]:
    if isinstance(outputs, Mapping):  # {"documents": […]} and the like
        outputs = next((value for value in outputs.values() if isinstance(value, list)), [])
    return outputs if isinstance(outputs, list) else []


def _grades(expectations: Any) -> dict[str, float] | None:
    """What is relevant, with grades; only what has a grade above 0 is."""
    relevant = expectations
    if isinstance(relevant, Mapping) and RELEVANT in relevant:
        relevant = relevant[RELEVANT]
    if isinstance(relevant, Mapping):
        return {str(id): float(grade) for id, grade in relevant.items() if grade > 0}
    return {_id(document): 1.0 for document in relevant} if isinstance(relevant, (list, tuple, set)) else None


def _id(document: Any) -> str:
    if isinstance(document, Mapping):
        inner = document.get("metadata")
        places = [document, inner] if isinstance(inner, Mapping) else [document]
        for key in _ID_KEYS:
            for place in places:
                if place.get(key) is not None:
                    return str(place[key])
        for key in _CONTENT_KEYS:
            if isinstance(document.get(key), str):
                return str(document[key])
    return text_of(document)
