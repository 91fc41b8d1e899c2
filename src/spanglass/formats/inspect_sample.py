"""One sample of an evaluation by Inspect AI, read as a trace."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from spanglass.entities import (
    Assessment,
    AssessmentKind,
    AssessmentSource,
    AssessmentSourceType,
    Batch,
    Json,
    Span,
    SpanEvent,
    SpanStatus,
    SpanType,
    TraceFacts,
)
from spanglass.formats.dialects.messages import conversation
from spanglass.formats.dialects.reading import tags_of, text, texts
from spanglass.formats.notes import Notes, shown
from spanglass.formats.values import count, nanoseconds, number, text_of

if TYPE_CHECKING:
    from spanglass.formats.inspect_ai import Evaluation

DIALECT = "inspect/1"
_ATTACHMENT = "attachment://"
_SNAPSHOTS = frozenset({"state", "store", "sample_init"})
_TYPES = {"agent": SpanType.AGENT, "scorer": SpanType.EVALUATOR, "scorers": SpanType.EVALUATOR, "tool": SpanType.TOOL}
_MS = 1_000_000


class Sample:
    """One sample while it is read."""

    def __init__(self, evaluation: Evaluation, sample: Mapping[str, Any], place: str, notes: Notes) -> None:
        self.evaluation = evaluation
        self.place = place
        self.notes = notes
        attachments = sample.get("attachments")
        self.attachments: Mapping[str, Any] = attachments if isinstance(attachments, Mapping) else {}
        epoch = sample.get("epoch", 1)
        about = evaluation.about
        identity = (evaluation.run_id, about.get("task_id"), evaluation.task, sample["id"], epoch)
        self.trace_id = text(sample.get("uuid")) or _hashed(*map(text_of, identity))
        self.batch = Batch()
        self.spans: dict[str, Span] = {}
        self.root = Span(
            self.trace_id,
            _hashed(self.trace_id)[:16],
            evaluation.task,
            span_type=SpanType.CHAIN,
            inputs=_plain(self.resolved(sample.get("input"))),
            outputs=_answer(self.resolved(sample.get("output"))),
            attributes={"inspect.sample_id": sample["id"], "inspect.epoch": epoch},
            dialect=DIALECT,
        )
        self._read_events(sample.get("events"))
        if len(self.spans) == 0 and isinstance(sample.get("messages"), list):
            self.root.attributes["inspect.messages"] = self.resolved(sample["messages"])
        self._finish_root(sample)
        self.batch.spans = [self.root, *self.spans.values()]
        self._set_facts(sample)
        self._read_judgements(sample)

    def resolved(self, value: Json) -> Json:
        """``value`` with its references to attachments replaced by what they refer to."""
        if not self.attachments:
            return value
        root = [value]
        todo: list[Any] = [root]
        while todo:
            container = todo.pop()
            entries = container.items() if isinstance(container, dict) else enumerate(container)
            for key, item in list(entries):
                if isinstance(item, str):
                    if item.startswith(_ATTACHMENT):
                        container[key] = self.attachments.get(item[len(_ATTACHMENT) :], item)
                elif isinstance(item, (dict, list)) and item:
                    container[key] = item.copy()
                    todo.append(container[key])
        return root[0]

    def _read_events(self, events: Json) -> None:
        """Events in order. Older logs nest them in tool calls and mark steps by begin and end, without ids."""
        steps: list[Span] = []
        todo: list[tuple[Json, Span | None]] = []
        if isinstance(events, list):
            todo.extend((item, None) for item in reversed(events))
        index = 0
        while todo:
            event, parent = todo.pop()
            place = f"{self.place}.events[{index}]"
            index += 1
            if not isinstance(event, Mapping):
                self.notes.skip(place, f"expected an object, found {shown(event)}")
                continue
            kind = text_of(event.get("event") or "event")
            moment = nanoseconds(event.get("timestamp"))
            if moment is None:
                self.notes.skip(place, f"its timestamp is {shown(event.get('timestamp'))}")
                continue
            around = self.spans.get(text_of(event.get("span_id") or "")) or parent
            around = around or (steps[-1] if steps else self.root)
            if kind == "span_begin":
                self._begin_span(event, moment)
            elif kind == "span_end":
                ended = self.spans.get(text_of(event.get("id")))
                if ended is not None:
                    ended.end_time_ns = moment
            elif kind == "step" and event.get("action") == "begin":
                steps.append(self._add(event, index, around, moment, _span_type(event)))
                steps[-1].name = text_of(event.get("name") or "step")
                steps[-1].end_time_ns = None
            elif kind == "step":
                if steps:
                    steps.pop().end_time_ns = moment
            elif kind == "model":
                self._read_model(event, index, around, moment)
            elif kind in ("tool", "subtask"):
                span = self._read_call(event, index, around, moment)
                nested = event.get("events")
                todo.extend((item, span) for item in reversed(nested if isinstance(nested, list) else []))
            elif kind not in _SNAPSHOTS:
                rest = {key: value for key, value in event.items() if key not in ("event", "timestamp", "span_id")}
                around.events.append(SpanEvent(kind, moment, self.resolved(rest)))

    def _add(self, event: Mapping[str, Any], index: int, around: Span, moment: int, span_type: str) -> Span:
        span_id = text(event.get("uuid")) or f"event-{index:05}"
        span = Span(
            self.trace_id,
            span_id,
            "",
            parent_id=around.span_id,
            span_type=span_type,
            start_time_ns=moment,
            end_time_ns=nanoseconds(event.get("completed")) or moment,
            dialect=DIALECT,
        )
        error = event.get("error")
        if error:
            span.status = SpanStatus.ERROR
            span.status_message = _message(error)
        self.spans[span_id] = span
        return span

    def _begin_span(self, event: Mapping[str, Any], moment: int) -> None:
        span_id = text(event.get("id"))
        if span_id is None:
            self.notes.skip(self.place, f"a span_begin whose id is {shown(event.get('id'))}")
            return
        self.spans[span_id] = Span(
            self.trace_id,
            span_id,
            text_of(event.get("name") or ""),
            parent_id=text(event.get("parent_id")) or self.root.span_id,
            span_type=_span_type(event),
            start_time_ns=moment,
            attributes={} if event.get("type") is None else {"inspect.span_type": event["type"]},
            dialect=DIALECT,
        )

    def _read_model(self, event: Mapping[str, Any], index: int, around: Span, moment: int) -> None:
        span = self._add(event, index, around, moment, SpanType.LLM)
        output = self.resolved(event.get("output"))
        output = output if isinstance(output, Mapping) else {}
        asked = self.resolved(event.get("input"))
        span.inputs = conversation(asked) or asked
        answers = [choice.get("message") for choice in output.get("choices") or () if isinstance(choice, Mapping)]
        span.outputs = conversation([answer for answer in answers if isinstance(answer, Mapping)])
        span.name = text_of(event.get("model") or "model")
        span.model = text(output.get("model")) or text(event.get("model"))
        usage = output.get("usage")
        if isinstance(usage, Mapping):
            span.input_tokens, span.output_tokens = count(usage.get("input_tokens")), count(usage.get("output_tokens"))
        seconds = number(output.get("time"))
        if event.get("completed") is None and seconds is not None and seconds >= 0:
            span.end_time_ns = moment + int(seconds * 1e9)
        for key in ("config", "tools", "tool_choice", "retries", "cache"):
            if event.get(key) not in (None, [], {}):
                span.attributes[f"inspect.{key}"] = self.resolved(event[key])
        if output.get("error"):
            span.status, span.status_message = SpanStatus.ERROR, _message(output["error"])

    def _read_call(self, event: Mapping[str, Any], index: int, around: Span, moment: int) -> Span:
        is_tool = event.get("event") == "tool"
        span = self._add(event, index, around, moment, SpanType.TOOL if is_tool else SpanType.CHAIN)
        span.name = text_of(event.get("function" if is_tool else "name") or event["event"])
        span.inputs = self.resolved(event.get("arguments" if is_tool else "input"))
        span.outputs = self.resolved(event.get("result"))
        if is_tool and event.get("id") is not None:
            span.attributes["inspect.tool_call_id"] = event["id"]
        return span

    def _finish_root(self, sample: Mapping[str, Any]) -> None:
        starts = [span.start_time_ns for span in self.spans.values()]
        ends = [span.end_time_ns for span in self.spans.values() if span.end_time_ns is not None]
        started = nanoseconds(sample.get("started_at"))
        start = min(starts, default=self.evaluation.started_ns) if started is None else started
        completed = nanoseconds(sample.get("completed_at"))
        seconds = number(sample.get("total_time")) or 0
        end = max(ends, default=start + int(seconds * 1e9)) if completed is None else completed
        self.root.start_time_ns, self.root.end_time_ns = start, max(start, end)
        for span in self.spans.values():  # of a sample that was cut short
            if span.end_time_ns is None:
                span.end_time_ns = max(span.start_time_ns, self.root.end_time_ns)
        self.root.status = SpanStatus.OK
        if sample.get("error"):
            self.root.status = SpanStatus.ERROR
            self.root.status_message = _message(sample["error"])

    def _set_facts(self, sample: Mapping[str, Any]) -> None:
        about = self.evaluation.about
        facts = TraceFacts(self.trace_id, run_id=self.evaluation.run_id or None)
        facts.metadata = texts(sample.get("metadata"))
        for key, value in (
            ("task", self.evaluation.task),
            ("sample_id", sample["id"]),
            ("epoch", sample.get("epoch", 1)),
            ("model", about.get("model")),
            ("eval_id", about.get("eval_id")),
            ("run_id", about.get("run_id")),
        ):
            if value is not None:
                facts.metadata[f"inspect.{key}"] = text_of(value)
        facts.tags = tags_of(about.get("tags"))
        self.batch.traces.append(facts)

    def _read_judgements(self, sample: Mapping[str, Any]) -> None:
        created_ms = (self.root.end_time_ns or 0) // _MS
        target = self.resolved(sample.get("target"))
        if target is not None and target != "":
            self.batch.assessments.append(
                Assessment(
                    "target",
                    target,
                    AssessmentKind.EXPECTATION,
                    self.trace_id,
                    assessment_id="inspect-" + _hashed(self.trace_id, "target"),
                    source=AssessmentSource(AssessmentSourceType.HUMAN, "dataset"),
                    create_time_ms=created_ms,
                    last_update_time_ms=created_ms,
                )
            )
        scores = sample.get("scores")
        for name, score in scores.items() if isinstance(scores, Mapping) else ():
            score = self.resolved(score)
            score = score if isinstance(score, Mapping) else {"value": score}
            explanation = score.get("explanation")
            metadata = score.get("metadata")
            metadata = dict(metadata) if isinstance(metadata, Mapping) else {}
            if score.get("answer") is not None:
                metadata["answer"] = score["answer"]
            self.batch.assessments.append(
                Assessment(
                    text_of(name),
                    score.get("value"),
                    AssessmentKind.FEEDBACK,
                    self.trace_id,
                    assessment_id="inspect-" + _hashed(self.trace_id, "score", text_of(name)),
                    source=AssessmentSource(AssessmentSourceType.CODE, text_of(name)),
                    rationale=None if explanation is None else text_of(explanation),
                    run_id=self.evaluation.run_id or None,
                    create_time_ms=created_ms,
                    last_update_time_ms=created_ms,
                    metadata=metadata,
                )
            )


def _span_type(event: Mapping[str, Any]) -> str:
    return _TYPES.get(text_of(event.get("type") or ""), SpanType.CHAIN)


def _plain(value: Json) -> Json:
    return conversation(value) or value


def _answer(output: Json) -> Json:
    """The completion as a text where that is all there is to it, else the messages of all choices."""
    if not isinstance(output, Mapping):
        return None
    choices = output.get("choices")
    answers = [
        choice["message"]
        for choice in (choices if isinstance(choices, list) else ())
        if isinstance(choice, Mapping) and isinstance(choice.get("message"), Mapping)
    ]
    spoken = conversation(answers)
    if spoken is None:
        return output.get("completion") or None
    messages = spoken["messages"]
    if len(messages) == 1 and isinstance(messages[0]["content"], str) and "tool_calls" not in messages[0]:
        return messages[0]["content"]
    return spoken


def _message(error: Json) -> str:
    if isinstance(error, Mapping) and error.get("message"):
        return text_of(error["message"])
    return text_of(error)


def _hashed(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:32]
