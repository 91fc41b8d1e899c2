"""Where traces belong: an experiment, and within it the run that recorded them."""

from __future__ import annotations

from dataclasses import dataclass, field

from spanglass.entities.span import Json

DEFAULT_EXPERIMENT_ID = "0"
DEFAULT_EXPERIMENT_NAME = "Default"


@dataclass(slots=True)
class Experiment:
    """A named collection of traces."""

    experiment_id: str
    name: str
    created_ms: int = 0
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Run:
    """One execution of something inside an experiment: a script, an evaluation."""

    run_id: str
    experiment_id: str = DEFAULT_EXPERIMENT_ID
    name: str = ""
    status: str = "RUNNING"
    start_ms: int = 0
    end_ms: int | None = None
    params: dict[str, Json] = field(default_factory=dict)
    metrics: dict[str, float] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
