"""The golden filters, and those that MLflow was asked, damaged in every place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from spanglass.filters import FilterError, resolve
from tests.filters.corpus import mlflow_cases
from tests.golden.corpus import GOLDEN, NOW_MS
from tests.golden.traces import PARAMETERS

WHOLE = [golden.text for golden in GOLDEN] + sorted({case.text for case in mlflow_cases()})


def damaged(text: str) -> Iterator[str]:
    """Every prefix, and the text without one character and with one of them twice."""
    for at in range(len(text)):
        yield text[:at]
        yield text[:at] + text[at + 1 :]
        yield text[:at] + text[at] + text[at:]


def params_of(text: str) -> dict[str, Any]:
    """The values of the parameters that a text names."""
    return {name: PARAMETERS[name] for name in re.findall(r":(\w+)", text) if name in PARAMETERS}


def refusal(text: str) -> FilterError | None:
    """What a text is refused with, if it is. Anything else that is raised is a mistake."""
    try:
        resolve(text, params=params_of(text), now_ms=NOW_MS, zone="UTC")
    except FilterError as error:
        return error
    return None


@cache
def refusals() -> dict[str, FilterError | None]:
    """All of these texts, whole and damaged, and what they are refused with."""
    texts = {*WHOLE, *(broken for text in WHOLE for broken in damaged(text))}
    return {text: refusal(text) for text in sorted(texts)}
