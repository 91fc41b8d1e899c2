"""What the functions about single traces take, checked before anything is stored."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from spanglass.entities import Assessment, AssessmentSource, AssessmentSourceType, Json
from spanglass.store import Store

StoreLike = Store | str | Path
_SOURCE_TYPES = (AssessmentSourceType.HUMAN, AssessmentSourceType.CODE, AssessmentSourceType.LLM_JUDGE)


def checked_text(name: str, value: Any) -> str:
    """A text that is not empty."""
    if not isinstance(value, str) or not value:
        raise TypeError(f"{name} is a text, not {value!r:.60}")
    return value


def checked_metadata(metadata: Any) -> dict[str, Json]:
    """A dict, empty for None."""
    if metadata is not None and not isinstance(metadata, Mapping):
        raise TypeError(f"metadata is a dict, not {metadata!r:.60}")
    return dict(metadata or {})


def checked_assessment(given: Any) -> Assessment:
    """An assessment with a name, a source of a known type, and a value that JSON has."""
    if not isinstance(given, Assessment):
        raise TypeError(f"assessment is a Feedback or an Expectation, not {given!r:.60}")
    if not given.name or not isinstance(given.name, str):
        raise ValueError(f"an assessment's name is a text, not {given.name!r:.60}")
    source = given.source
    if not isinstance(source, AssessmentSource):
        raise TypeError(f"source is an AssessmentSource('HUMAN', 'who'), not {source!r:.60}")
    type_ = str(source.source_type).upper()
    if type_ not in _SOURCE_TYPES:
        raise ValueError(f"source_type is one of {', '.join(_SOURCE_TYPES)}, not {source.source_type!r:.60}")
    _check_value(given.value)
    return replace(given, source=replace(source, source_type=type_))


def _check_value(value: Any) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"value is {value}, a number that JSON lacks; give an error in its place, or a text")
    try:
        orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_SERIALIZE_NUMPY)
    except TypeError:
        if not isinstance(value, (int, str, list, tuple, dict)):  # what is only too large or too deep is kept as text
            raise TypeError(f"value is a JSON value (bool, number, text, list or dict), not {value!r:.60}") from None


def text_of_error(error: str | Exception | None) -> str | None:
    """An error as it is kept."""
    if error is None or isinstance(error, str):
        return error
    return f"{type(error).__name__}: {error}"
