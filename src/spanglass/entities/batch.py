"""What a source hands to the store in one piece."""

from __future__ import annotations

from dataclasses import dataclass, field

from spanglass.entities.assessment import Assessment
from spanglass.entities.experiment import Experiment, Run
from spanglass.entities.span import Json, Span


class Unset:
    """Marks a fact that a source said nothing about, where None would mean that it said "nothing"."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNSET"

    def __bool__(self) -> bool:
        return False


UNSET = Unset()


@dataclass(slots=True)
class TraceFacts:
    """What a source says of a trace beyond its spans.

    A fact that is set wins over what the spans would give (name, times, status, request, response, session,
    tokens, …); one left UNSET is rolled up from the spans. ``tags`` and ``metadata`` are merged key by key
    into what the store has; a key whose value is None is removed.
    """

    trace_id: str
    experiment_id: str | Unset = UNSET
    name: str | Unset = UNSET
    status: str | Unset = UNSET
    start_time_ns: int | Unset = UNSET
    end_time_ns: int | None | Unset = UNSET
    request: Json | Unset = UNSET
    response: Json | Unset = UNSET
    request_preview: str | None | Unset = UNSET
    response_preview: str | None | Unset = UNSET
    client_request_id: str | None | Unset = UNSET
    session_id: str | None | Unset = UNSET
    user_id: str | None | Unset = UNSET
    run_id: str | None | Unset = UNSET
    model: str | None | Unset = UNSET
    input_tokens: int | None | Unset = UNSET
    output_tokens: int | None | Unset = UNSET
    cost: float | None | Unset = UNSET
    dialect: str | Unset = UNSET
    tags: dict[str, str | None] = field(default_factory=dict)
    metadata: dict[str, str | None] = field(default_factory=dict)


@dataclass(slots=True)
class Batch:
    """Spans, facts and assessments to be written in one transaction, in any order, any number of times."""

    spans: list[Span] = field(default_factory=list)
    traces: list[TraceFacts] = field(default_factory=list)
    assessments: list[Assessment] = field(default_factory=list)
    experiments: list[Experiment] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.spans or self.traces or self.assessments or self.experiments or self.runs)
