"""Labels as people give them in the explorer: of a trace, a span or all that is selected, each with a way back."""

from __future__ import annotations

import getpass
import threading
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from spanglass import limits
from spanglass.engines.base import Cancel
from spanglass.entities import Assessment, AssessmentKind, AssessmentSource, AssessmentSourceType
from spanglass.explorer import wire
from spanglass.explorer.details import cut
from spanglass.explorer.envelope import BadMessage, WireFault
from spanglass.explorer.labels import Schema, is_among
from spanglass.explorer.review import Review
from spanglass.explorer.selection import checked_selection
from spanglass.filters.algebra import Assessed
from spanglass.filters.parts import parts, without

if TYPE_CHECKING:
    from spanglass.explorer.source import Source

Thing = tuple[str, str | None]
"""What is labelled: a trace, or one of its spans."""


@dataclass(frozen=True, slots=True)
class Given:
    """One labelling, as it can be taken back."""

    assessment_ids: list[str]
    things: list[Thing]
    name: str
    value: wire.Scalar


@dataclass
class Labelling:
    """Who labels by which schema, what has just been given, and the review that is under way.

    ``changed`` is called when labels in the store became others.
    """

    schema: Schema = field(default_factory=dict)
    rater: str = ""
    review: Review | None = None
    changed: Callable[[], None] = lambda: None
    given: list[Given] = field(default_factory=list)
    guard: threading.RLock = field(default_factory=threading.RLock)

    @property
    def source(self) -> AssessmentSource:
        """The one who labels, as the store knows people."""
        return AssessmentSource(AssessmentSourceType.HUMAN, self.rater)


def default_rater() -> str:
    """The name of who is logged in."""
    try:
        return getpass.getuser()[: limits.MAX_LABEL_CHARS] or "default"
    except (KeyError, OSError, ImportError):  # nobody the system knows by name: a container's number, for instance
        return "default"


def label(source: Source, params: wire.LabelParams, cancel: Cancel) -> wire.LabelResult:
    """Store a label of all things meant, in one go, in the place of what the same person said of them before."""
    labelling = source.labelling
    check_label(labelling.schema, params.name, params.value)
    things = things_of(source, params.target, cancel)
    with labelling.guard:
        stored = source.store.restate_assessments(
            [
                Assessment(
                    params.name,
                    params.value,
                    kind=AssessmentKind.FEEDBACK,
                    trace_id=trace_id,
                    span_id=span_id,
                    source=labelling.source,
                    rationale=params.note,
                    assessment_id=f"a-{uuid.uuid4().hex}",
                )
                for trace_id, span_id in things
            ]
        )
        if stored:
            labelling.given.append(Given([one.assessment_id for one in stored], things, params.name, params.value))
            del labelling.given[: -limits.MAX_UNDO]
            mark(source, things)
    if stored:
        labelling.changed()
    return {"changed": len(stored), "labels": state(source, things)}


def unlabel(source: Source, params: wire.UnlabelParams, cancel: Cancel) -> wire.UnlabelResult:
    """Take the last labelling back; what it overrode is valid again."""
    labelling = source.labelling
    with labelling.guard:
        if not labelling.given:
            raise WireFault("label", "there is no label to be taken back: none was given here yet")
        last = labelling.given.pop()
        source.store.retract_assessments(last.assessment_ids)
        mark(source, last.things)
    labelling.changed()
    trace_id, span_id = last.things[0] if len(last.things) == 1 else (None, None)
    return {
        "name": last.name,
        "value": last.value,
        "changed": len(last.assessment_ids),
        "trace_id": trace_id,
        "span_id": span_id,
    }


def labels(source: Source, params: wire.LabelsParams, cancel: Cancel) -> wire.LabelsResult:
    """What has been said of the things meant, by whom, and how far the review is."""
    return state(source, things_of(source, params.target, cancel))


def state(source: Source, things: Sequence[Thing]) -> wire.LabelsResult:
    """The labels of these things: how often the rater gave each value, and of one thing what others said."""
    labelling = source.labelling
    wanted = set(things)
    mine: dict[str, dict[Thing, Assessment]] = {name: {} for name in labelling.schema}
    for one in source.store.feedback_of(labelling.source, trace_ids(things)):
        thing = (one.trace_id or "", one.span_id)
        if one.name in mine and thing in wanted:
            mine[one.name][thing] = one
    review = labelling.review
    return {
        "of": len(things),
        "given": [
            {"name": name, "values": counted(said.values()), "note": shared_note(said.values())}
            for name, said in mine.items()
        ],
        "others": others(source, things[0]) if len(things) == 1 else [],
        "undo": len(labelling.given),
        "progress": None if review is None else {"labelled": review.labelled, "total": review.total},
        "next": None if review is None else review.after(things[-1][0]),
    }


def counted(said: Iterable[Assessment]) -> list[wire.LabelCount]:
    """Each different value and how often it was given, the most frequent first."""
    found: list[wire.LabelCount] = []
    for one in said:
        value: Any = one.value
        entry = next((each for each in found if is_among(value, [each["value"]])), None)
        if entry is None:
            found.append({"value": value, "count": 1})
        else:
            entry["count"] += 1
    return sorted(found, key=lambda each: -each["count"])


def shared_note(said: Iterable[Assessment]) -> str | None:
    """The note that all of these have."""
    notes = {one.rationale for one in said}
    (note,) = notes if len(notes) == 1 else (None,)
    return None if note is None else note[: limits.CUT_TEXT_CHARS]


def others(source: Source, thing: Thing) -> list[wire.Opinion]:
    """What others than the rater said of a thing, by any name: the last of each."""
    labelling = source.labelling
    found: dict[tuple[str, str], wire.Opinion] = {}
    for info in source.engine.infos([thing[0]]):
        for one in info.assessments:
            rater = f"{one.source.source_type}:{one.source.source_id}"
            is_mine = one.source == labelling.source
            is_meant = one.valid and one.kind == AssessmentKind.FEEDBACK and one.span_id == thing[1]
            if is_meant and not is_mine and one.value is not None:
                value, _ = cut(one.value, max_bytes=limits.CUT_TEXT_CHARS)
                note = None if one.rationale is None else one.rationale[: limits.CUT_TEXT_CHARS]
                found[rater, one.name] = {"name": one.name, "rater": rater, "value": value, "note": note}
    return list(found.values())[: limits.CUT_ITEMS]


def things_of(source: Source, target: wire.LabelTarget, cancel: Cancel) -> list[Thing]:
    """What is meant: one trace or span, or all that is selected."""
    if target.selection is None:
        if target.trace_id is None or not source.engine.infos([target.trace_id]):
            raise WireFault("gone", f"the trace {target.trace_id or '':.80} is not in the store any more")
        if target.span_id is not None and source.store.span(target.trace_id, target.span_id) is None:
            raise WireFault("gone", f"the span {target.span_id:.80} is not in the store any more")
        return [(target.trace_id, target.span_id)]
    try:
        selection = checked_selection(target.selection)
    except ValueError as error:
        raise BadMessage(str(error)) from None
    keys = source.selected(selection, cancel)
    things: list[Thing] = [(key, None) if isinstance(key, str) else key for key in keys]
    if not things:
        raise WireFault("label", "nothing is selected")
    if len(things) > limits.MAX_LABELLED:
        raise WireFault(
            "label",
            f"{len(things):,} rows are selected, and at most {limits.MAX_LABELLED:,} can be labelled at one go: "
            "narrow the filter",
        )
    return things


def check_label(schema: Schema, name: str, value: wire.Scalar) -> None:
    """Raise a WireFault if the schema has no such label, or the label no such value."""
    if not schema:
        raise WireFault("label", "no labels are declared: explore(labels={'correct': [True, False]}) declares one")
    if name not in schema:
        raise WireFault("label", f"there is no label {name!r:.60}; declared are {', '.join(map(repr, schema))}")
    if not is_among(value, schema[name]):
        raise WireFault("label", f"{name} is one of {', '.join(map(repr, schema[name]))}, not {value!r:.60}")


def mark(source: Source, things: Iterable[Thing]) -> None:
    """Have the review know which of these traces have all their labels now."""
    review = source.labelling.review
    if review is not None:
        asked = trace_ids(things)
        review.mark(asked, fully_labelled(source, asked))


def fully_labelled(source: Source, ids: Sequence[str]) -> set[str]:
    """The traces of which the rater gave all labels of the schema, to the trace itself."""
    labelling = source.labelling
    names: dict[str, set[str]] = {}
    for one in source.store.feedback_of(labelling.source, ids):
        if one.span_id is None and one.trace_id is not None and one.name in labelling.schema:
            names.setdefault(one.trace_id, set()).add(one.name)
    return {trace_id for trace_id, found in names.items() if found == set(labelling.schema)}


def order_alone(source: Source, text: str) -> str:
    """What of a filter stays while its traces are reviewed: their order, unless labelling would change it."""
    order = source.meaning(text).order
    if not order or any(isinstance(key.value, Assessed) for key in order):
        return ""
    return without(text, parts(text))


def trace_ids(things: Iterable[Thing]) -> list[str]:
    """The traces of these things, each once."""
    return list(dict.fromkeys(trace_id for trace_id, _ in things))


def begin_review(source: Source, text: str) -> str | None:
    """Let the traces that a filter finds, and that the rater has not labelled yet, be the review; gives the first."""
    found = [row[0] for row in source.all_ids(text, "traces", most=limits.MAX_REVIEWED)]
    labelled = fully_labelled(source, found)
    left = [trace_id for trace_id in found if trace_id not in labelled]
    source.labelling.review = Review(text, left, len(found) - len(left))
    return source.labelling.review.after(None)
