"""What can be said of an output by looking at it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
import regex

from spanglass.evaluation.metrics import target_of
from spanglass.evaluation.scorer import Scorer, text_of
from spanglass.limits import MAX_REGEX_SECONDS


def same(name: str = "same", *, ignore_case: bool = False, ignore_space: bool = True) -> Scorer:
    """Is the output the target? Texts may differ in white space around and between words, and in case if wanted.

    No score without a target.

    >>> from spanglass.evaluation.scorer import Case
    >>> same()(Case(outputs="Yes", expectations=" Yes")).value
    True
    """

    def tidy(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        spaced = " ".join(value.split()) if ignore_space else value
        return spaced.casefold() if ignore_case else spaced

    def score(outputs: Any, expectations: Any) -> bool | None:
        target = target_of(expectations)
        return None if target is None else bool(tidy(outputs) == tidy(target))

    return Scorer(name, score)


def contains(text: str | Sequence[str] | None = None, *, ignore_case: bool = False, name: str = "contains") -> Scorer:
    """Does the output contain this text, or each of several; without any, the target, or each of a list of them?

    An output that is no text is looked at as JSON. No score where there is nothing to look for.

    >>> from spanglass.evaluation.scorer import Case
    >>> contains(["tea", "Tom"])(Case(outputs="Tom likes tea.")).value
    True
    """

    def folded(value: str) -> str:
        return value.casefold() if ignore_case else value

    def score(outputs: Any, expectations: Any) -> bool | None:
        wanted = target_of(expectations) if text is None else text
        if wanted is None:
            return None
        parts = [wanted] if isinstance(wanted, str) or not isinstance(wanted, Sequence) else wanted
        shown = folded(text_of(outputs))
        return all(folded(text_of(part)) in shown for part in parts)

    return Scorer(name, score)


def matches(pattern: str, *, whole: bool = False, name: str = "matches") -> Scorer:
    """Does a regular expression match somewhere in the output, or if ``whole`` all of it?

    A search that takes too long is the score's error.

    Raises
    ------
    ValueError
        The pattern is none.

    >>> from spanglass.evaluation.scorer import Case
    >>> matches(r"^Good (morning|evening)")(Case(outputs="Good evening Tom.")).value
    True
    """
    try:
        compiled = regex.compile(pattern)
    except regex.error as problem:
        raise ValueError(f"{pattern!r:.60} is no regular expression: {problem}") from None
    search = compiled.fullmatch if whole else compiled.search

    def score(outputs: Any) -> bool:
        return search(text_of(outputs), timeout=MAX_REGEX_SECONDS) is not None

    return Scorer(name, score)


def valid_json(keys: Sequence[str] = (), *, name: str = "valid_json") -> Scorer:
    """Is the output JSON by RFC 8259, and if ``keys`` are given, an object that has them?

    A text is read as JSON; a dict or list that the model returned is JSON already.

    >>> from spanglass.evaluation.scorer import Case
    >>> [valid_json(["a"])(Case(outputs=text)).value for text in ('{"a": 1}', "{a: 1}")]
    [True, False]
    """
    wanted = [keys] if isinstance(keys, str) else list(keys)

    def score(outputs: Any) -> bool:
        try:
            value = orjson.loads(outputs) if isinstance(outputs, (str, bytes)) else orjson.loads(orjson.dumps(outputs))
        except (orjson.JSONDecodeError, TypeError):
            return False
        return not wanted or (isinstance(value, dict) and all(key in value for key in wanted))

    return Scorer(name, score)
