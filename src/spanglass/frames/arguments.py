"""What the search functions take, checked before anything runs: an error names the argument and the way out."""

from __future__ import annotations

import math
import numbers
from collections.abc import Sequence
from typing import Any, Literal


def checked_max_results(value: Any, name: str = "max_results") -> int | None:
    """A whole number of at least 1; None is all. ``name`` is what the argument is called where it is given.

    >>> checked_max_results(0)
    Traceback (most recent call last):
    ...
    ValueError: max_results must be a whole number of at least 1, not 0. Leave it out (None) for all traces.
    """
    if value is None:
        return None
    if isinstance(value, numbers.Integral) and not isinstance(value, bool) and int(value) >= 1:
        return int(value)
    raise ValueError(
        f"{name} must be a whole number of at least 1, not {value!r:.60}. Leave it out (None) for all traces."
    )


def checked_milliseconds(name: str, value: Any) -> int | None:
    """A moment as Unix milliseconds, or None.

    SQLite would compare anything else with the times of traces by its kind, and a text is greater than every number.
    """
    if value is None:
        return None
    if isinstance(value, numbers.Real) and not isinstance(value, bool) and math.isfinite(value):
        return math.floor(float(value))
    raise TypeError(f"{name} must be a number of Unix milliseconds, not {value!r:.60}.")


def checked_experiment_ids(experiment_ids: Any, locations: Any = None) -> list[str] | Literal["all"] | None:
    """Ids as texts, or "all"; None, as for an empty list, for the active experiment.

    ``locations`` is MLflow 3's other name for the same argument.
    """
    name, given = "experiment_ids", experiment_ids
    if locations is not None:
        if experiment_ids is not None:
            raise ValueError("experiment_ids and locations are two names for one argument: give one of them.")
        name, given = "locations", locations
    if given is None or given == "all":
        return given
    if isinstance(given, str) or not isinstance(given, Sequence):
        raise TypeError(f"{name} must be a list of experiment ids or 'all', not {given!r}. For one: [{given!r}].")
    for item in given:
        if isinstance(item, bool) or not isinstance(item, (str, int)):
            raise TypeError(f"{name} must hold experiment ids, not {item!r}.")
    return [str(item) for item in given] or None


def checked_texts(name: str, value: Any) -> list[str] | None:
    """A list of texts, or None."""
    if value is None:
        return None
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise TypeError(f"{name} must be a list of texts, not {value!r}. For one: [{value!r}].")
    for item in value:
        if not isinstance(item, str):
            raise TypeError(f"{name} must hold texts, not {item!r}.")
    return list(value)


def checked_choice(name: str, value: Any, choices: Sequence[str]) -> str:
    """One of the choices."""
    if value in choices:
        return str(value)
    raise ValueError(f"{name} must be {' or '.join(map(repr, choices))}, not {value!r}.")


def checked_run_id(value: Any) -> str | None:
    """A text, or None."""
    if value is None or isinstance(value, str):
        return value
    raise TypeError(f"run_id must be a text, not {value!r}.")
