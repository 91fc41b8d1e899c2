"""Scorers: functions that say how good an output is."""

from __future__ import annotations

import dataclasses
import inspect
import math
import numbers
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from spanglass.capture.snapshot import snapshot
from spanglass.entities import Assessment, AssessmentKind, Json, Trace

ScorerFunction = Callable[..., Any]
ARGUMENTS = ("inputs", "outputs", "expectations", "trace")


@dataclass(frozen=True, slots=True)
class Case:
    """What a scorer is shown of one row.

    ``expectations`` is the row's target, or the dict of its ``expectations`` column. ``trace`` is the trace that
    produced the outputs, None where there is none.
    """

    inputs: Any = None
    outputs: Any = None
    expectations: Any = None
    trace: Trace | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """What a scorer said of one row: a value, or the error that kept it from one. Both None: nothing to say."""

    value: Json = None
    rationale: str | None = None
    error: str | None = None
    assessment: Assessment | None = None

    @property
    def number(self) -> float | None:
        """The value as a number to aggregate: a boolean is 1 or 0, a text and a NaN are none."""
        return as_number(self.value)


@dataclass(frozen=True)
class Scorer:
    """A named function of any of ``inputs``, ``outputs``, ``expectations`` and ``trace``.

    It returns a bool, a number, a text, any other JSON value, an ``Assessment`` (which can carry a rationale, a
    span and a source) or None for "no score". ``column`` is where its values stand in the result's table and
    ``summary`` makes the result's metrics of all the numbers it gave.

    >>> def is_short(outputs):
    ...     return len(outputs) < 20
    >>> Scorer("is_short", is_short)(Case(outputs="Good morning.")).value
    True
    """

    name: str
    function: ScorerFunction
    column: str = ""
    summary: Callable[[str, list[float]], dict[str, float]] = field(
        default=lambda name, numbers: {f"{name}/mean": math.fsum(numbers) / len(numbers)}
    )
    _wanted: tuple[str, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "column", self.column or f"{self.name}/value")
        object.__setattr__(self, "_wanted", _wanted_arguments(self.name, self.function))

    def __call__(self, case: Case) -> Score:
        """The score of one row. What the function raises is the score's error."""
        try:
            result = self.function(**{name: getattr(case, name) for name in self._wanted})
        except Exception as problem:
            return Score(error=f"{type(problem).__name__}: {problem}")
        if isinstance(result, Assessment):
            named = dataclasses.replace(result, name=self.name, kind=AssessmentKind.FEEDBACK)
            return Score(plain(result.value), result.rationale, result.error, named)
        return Score(plain(result))


def as_number(value: Json) -> float | None:
    """A score as a number: a boolean is 1 or 0, a text and a NaN are none."""
    return float(value) if isinstance(value, (bool, int, float)) and math.isfinite(value) else None


def plain(value: Any) -> Any:
    """A scalar of numpy or another number type as Python's own; anything else as it is."""
    if isinstance(value, (bool, int, float, str)) or value is None:
        return value
    if hasattr(value, "item") and getattr(value, "shape", None) == ():
        return value.item()
    return float(value) if isinstance(value, numbers.Real) else value


def text_of(value: Any) -> str:
    """A text as it is, anything else as JSON, the way it would be recorded.

    >>> text_of("Tom"), text_of({"name": "Tom"})
    ('Tom', '{"name":"Tom"}')
    """
    return value if isinstance(value, str) else snapshot(value)


def as_scorers(scorers: Sequence[ScorerFunction] | Mapping[str, ScorerFunction]) -> list[Scorer]:
    """Functions, each under its own name, or a dict of them by name, as scorers.

    >>> [scorer.name for scorer in as_scorers({"short": lambda outputs: len(outputs) < 20})]
    ['short']
    """
    if callable(scorers):
        raise TypeError(
            f"scorers must be a list of functions or a dict of them by name, not one function: [{_name(scorers)}]."
        )
    if isinstance(scorers, Mapping):
        made = [_named(str(name), function) for name, function in scorers.items()]
    else:
        made = [item if isinstance(item, Scorer) else Scorer(_name(item), item) for item in scorers]
    seen: set[str] = set()
    for scorer in made:
        if scorer.name in seen:
            raise ValueError(f"two scorers are named {scorer.name!r}: give a dict of scorers by name.")
        seen.add(scorer.name)
    return made


def _named(name: str, function: ScorerFunction) -> Scorer:
    if isinstance(function, Scorer):
        return Scorer(name, function.function, summary=function.summary)
    return Scorer(name, function)


def _name(function: Any) -> str:
    if not callable(function):
        raise TypeError(f"a scorer is a function, not {function!r}.")
    name = getattr(function, "name", None) or getattr(function, "__name__", None) or type(function).__name__
    if name == "<lambda>":
        raise ValueError("a scorer needs a name: give a dict, scorers={'my_score': lambda outputs: …}.")
    return str(name)


def _wanted_arguments(name: str, function: ScorerFunction) -> tuple[str, ...]:
    if not callable(function):
        raise TypeError(f"scorer {name!r} is not a function: {function!r}.")
    parameters = inspect.signature(function).parameters.values()
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
        return ARGUMENTS
    for parameter in parameters:
        known = parameter.name in ARGUMENTS and parameter.kind is not parameter.POSITIONAL_ONLY
        if not known and parameter.default is parameter.empty and parameter.kind is not parameter.VAR_POSITIONAL:
            raise TypeError(
                f"scorer {name!r} asks for {parameter.name!r}: a scorer's parameters are any of {', '.join(ARGUMENTS)}."
            )
    return tuple(parameter.name for parameter in parameters if parameter.name in ARGUMENTS)
