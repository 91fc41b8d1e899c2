"""What a name refers to."""

from __future__ import annotations

import pytest

from spanglass.filters.algebra import Always, Assessed, Call, Field, IsMissing, Key, Type, Wild
from spanglass.filters.fields import FIELDS
from tests.filters.words import (
    BOOL,
    NUMBER,
    Of,
    Path,
    Related,
    assessment,
    event,
    is_,
    marked,
    meaning,
    query,
    refusal,
    some,
    span,
    trace,
    ways_out,
)


def value_of(text: str, **options):
    """The value on the left of ``= 'x'``."""
    return meaning(f"{text} = 'x'", **options).left


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("state", "status"),
        ("timestamp", "timestamp_ms"),
        ("request_time", "timestamp_ms"),
        ("start_time", "timestamp_ms"),
        ("end_time", "end_time_ms"),
        ("latency", "duration"),
        ("execution_time", "duration"),
        ("execution_time_ms", "duration"),
        ("execution_duration", "duration"),
        ("request_id", "trace_id"),
        ("session", "session_id"),
        ("user", "user_id"),
        ("request", "inputs"),
        ("response", "outputs"),
        ("issue.id", "issue_id"),
        ("trace.status", "status"),
        ("attribute.status", "status"),
        ("attributes.status", "status"),
        ("Trace.STATUS", "status"),
        ("`status`", "status"),
        ('"status"', "status"),
    ],
)
def test_a_trace_field_has_many_names(written, name):
    found = meaning(f"EXISTS {written}" if written[0] != '"' else f"{written} IS NOT NULL")
    assert found.item == IsMissing(trace(name))


@pytest.mark.parametrize(
    ("written", "name"), [("type", "type"), ("kind", "type"), ("span_type", "type"), ("content", "text"), ("id", "id")]
)
def test_inside_of_a_block_bare_names_are_the_spans(written, name):
    assert meaning(f"{{ {written} = 'x' }}") == some(is_(span(name), "x"))
    assert meaning(f"{{ span.{written} = 'x' }}") == some(is_(span(name), "x"))
    assert meaning(f"span.{written} = 'x'") == some(is_(span(name), "x"))


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("tag.env", Key("tag", "env")),
        ("tags.a.b", Key("tag", "a.b")),
        ("tag.`a.b`", Key("tag", "a.b")),
        ('tag."a b"', Key("tag", "a b")),
        ("TAG.Env", Key("tag", "Env")),
        ("tags['a b']", Key("tag", "a b")),
        ("tag.1a", Key("tag", "1a")),
        ("tag.é", Key("tag", "é")),
        ("tag.order", Key("tag", "order")),
        ("metadata.mlflow.trace.user", Key("metadata", "mlflow.trace.user")),
        ("request_metadata.k", Key("metadata", "k")),
        ("trace_metadata.k", Key("metadata", "k")),
        ("trace.metadata.k", Key("metadata", "k")),
    ],
)
def test_all_that_follows_a_map_is_one_key(written, key):
    assert value_of(written) == key


@pytest.mark.parametrize("name", ["name", "text", "run_id", "timestamp", "prompt"])
def test_no_key_is_hijacked(name):
    assert value_of(f"tag.{name}") == Key("tag", name)
    assert value_of(f"metadata.{name}") == Key("metadata", name)
    assert value_of(f"feedback.{name}") == Assessed("feedback", name)


def test_paths_lead_into_json():
    inputs, attributes = trace("inputs"), span("attributes")
    assert value_of("inputs.question") == Path(inputs, ("question",))
    assert value_of("inputs.a.b[0].c") == Path(inputs, ("a", "b", 0, "c"))
    assert value_of("outputs[*].score") == Path(trace("outputs"), (Wild.ANY, "score"))
    assert value_of("inputs['a b'].c") == Path(inputs, ("a b", "c"))
    found = meaning("{ attributes.`http.route` = 'x' }").things.where.left
    assert found == Path(attributes, ("http.route",))


def test_a_resource_is_that_of_a_span():
    """As ``span.`` does, ``resource.`` speaks of the one span that the terms of its chain speak of."""
    service = Path(span("resource"), ("service", "name"), flat="service.name")
    alone = some(is_(service, "shop"))
    assert meaning("resource.service.name = 'shop'") == meaning("span.resource.service.name = 'shop'") == alone
    assert meaning("{ resource.service.name = 'shop' }") == alone
    both = meaning("resource.service.name = 'shop' AND span.name = 'pay'")
    assert both == meaning("{ resource.service.name = 'shop' AND name = 'pay' }")
    assert meaning("resource['service.name'] = 'shop'") == some(is_(Path(span("resource"), ("service.name",)), "shop"))
    assert refusal("NOT resource.service.name = 'shop'").diagnostic.code == "ambiguous"
    assert ways_out(refusal("ORDER BY resource.n")) == {"the largest of all spans": "ORDER BY max(resource.n, {})"}


def test_a_key_with_dots_is_tried_before_the_nested_path():
    assert value_of("inputs.a.b") == Path(trace("inputs"), ("a", "b"), flat="a.b")
    found = meaning("span.attributes.gen_ai.request.model = 'x'").things.where.left
    assert found == Path(span("attributes"), ("gen_ai", "request", "model"), flat="gen_ai.request.model")
    found = meaning("span.attributes.llm.messages[0].role = 'x'").things.where.left
    assert found == Call(
        "coalesce",
        (
            Path(span("attributes"), ("llm.messages", 0, "role")),
            Path(span("attributes"), ("llm", "messages", 0, "role")),
        ),
    )


def test_assessments_are_reached_by_name():
    assert value_of("feedback.correct") == Assessed("feedback", "correct")
    assert value_of("expectation.a.b") == Assessed("expectation", "a.b")
    assert value_of("assessment.`has space`") == Assessed(None, "has space")
    assert value_of("feedback.scores['a'][0]") == Assessed("feedback", "scores", ("a", 0))


def test_a_spans_name_leads_to_its_fields():
    where = is_(span("name"), "retriever")
    question = is_(Path(span("inputs"), ("query",)), "x")
    expected = meaning("{ name = 'retriever' AND inputs.query = 'x' }")
    assert meaning("retriever.inputs.query = 'x'") == expected
    assert expected.things.where.items == (where, question)
    assert meaning("`my agent`.status = 'OK'") == meaning("{ name = 'my agent' AND status = 'OK' }")
    assert meaning("{type='RETRIEVER'}.outputs[*].score > 0.5") == meaning(
        "{ type = 'RETRIEVER' AND outputs[*].score > 0.5 }"
    )


def test_built_in_prefixes_win_and_backticks_force_a_spans_name():
    assert meaning("root.name = 'x'") == some(is_(span("name"), "x"), "root")
    assert meaning("`root`.name = 'x'") == meaning("{ name = 'root' AND name = 'x' }")
    assert meaning("`inputs`.status = 'OK'") == meaning("{ name = 'inputs' AND status = 'OK' }")
    # A trace's name has no parts, so this can only be a span's name.
    assert meaning("model.outputs = 'x'") == meaning("{ name = 'model' AND outputs = 'x' }")


def test_a_spans_name_stays_trace_wide_inside_of_a_block():
    found = meaning("{ duration > search.duration }").things.where
    assert found.right == Of(Related("spans", is_(span("name"), "search")), span("duration"))


def test_missing_in_every_span_so_named():
    """No span of that name has a value."""
    assert meaning("search.model IS NULL") == meaning("NOT { name = 'search' AND model IS NOT NULL }")


def test_the_trace_is_reached_from_a_block():
    found = meaning("{ tag.env = 'x' AND trace.status = 'x' AND feedback.good = TRUE AND root.name = 'x' }")
    assert found.things.where.items == (
        is_(Key("tag", "env"), "x"),
        is_(trace("status"), "x"),
        is_(Assessed("feedback", "good"), True, BOOL),
        some(is_(span("name"), "x"), "root"),
    )


def test_relations_by_a_dot():
    assert meaning("{ parent.name = 'x' }") == meaning("{ parent { name = 'x' } }")
    found = meaning("{ duration > 0.5 * parent.duration }").things.where
    assert found.right.right == Of(Related("parent", Always(True)), span("duration"))


def test_events_links_and_assessments_have_names_of_their_own():
    assert meaning("event { name = 'x' AND time > 5 }").things.where.items == (
        is_(event("name"), "x"),
        is_(event("time"), 5, NUMBER, ">"),
    )
    assert meaning("{ link { span_id = 'x' } }").things.where.things.relation == "links"
    assert meaning("assessment { source = 'x' }").things.where.items == (
        is_(assessment("valid"), True, BOOL),
        is_(assessment("source"), "x"),
    )


def test_assessments_are_valid_ones_unless_asked():
    assert meaning("assessment { valid = FALSE }").things.where == is_(assessment("valid"), False, BOOL)
    assert meaning("assessment { name = 'x' OR NOT valid }").things.where.items[1].item == is_(
        assessment("valid"), True, BOOL
    )


@pytest.mark.parametrize("subject", sorted(FIELDS))
def test_every_word_of_the_vocabulary_is_understood(subject):
    around = {"trace": "EXISTS {}", "span": "{{ EXISTS {} }}"}.get(subject, subject + " {{ EXISTS {} }}")
    for word, field in FIELDS[subject].items():
        assert isinstance(field, Field)
        assert query(around.format(word)).where
        assert query(around.format(word.upper())).where


@pytest.mark.parametrize(
    ("text", "under", "way_out"),
    [
        ("latncy > 2s", "latncy", "latency > 2s"),
        ("span.nme = 'x'", "nme", "span.name = 'x'"),
        ("type = 'TOOL'", "type", "span.type = 'TOOL'"),
        ("{ session_id = 'x' }", "session_id", "{ trace.session_id = 'x' }"),
        ("attributes.gen_ai.request.model = 'x'", "gen_ai", "span.attributes.gen_ai.request.model = 'x'"),
        ("feedbacks.rating = 'Good'", "feedbacks.rating", "feedback.rating = 'Good'"),
        ("my.step.inputs.q = 'x'", "my.step.inputs.q", "`my.step`.inputs.q = 'x'"),
        ("tag.a-b = 'x'", "b", "tag.`a-b` = 'x'"),
        ("my-step.outputs = 'x'", "my", "`my-step`.outputs = 'x'"),
        ("{ parnt { name = 'x' } }", "parnt", None),
        ("tag = 'x'", "tag", None),
        ("tag.x[0] = 'x'", "[0]", None),
        ("issue.status = 'x'", "issue.status", None),
        ("status.code = 'x'", "status.code", None),
        ("span.name.first = 'x'", "first", None),
        ("feedback. = 'x'", ".", None),
        ("inputs[-1] = 'x'", "-", None),
        ("inputs[0 = 'x'", "=", None),
        ("event { span.name = 'x' }", "span.name", None),
        ("parent { name = 'x' }", "parent { name = 'x' }", "{ parent { name = 'x' } }"),
        ("{ event { parent { } } }", "parent { }", None),
        ("event { 'x' }", "'x'", None),
    ],
)
def test_an_unknown_name_is_refused_with_the_one_that_was_meant(text, under, way_out):
    error = refusal(text)
    assert marked(error) == under
    if way_out is not None:
        assert way_out in ways_out(error).values()
        assert query(way_out).where


def test_json_fields_are_json():
    assert trace("tags").type is Type.JSON
    assert meaning("tags CONTAINS 'x'").value == trace("tags")
