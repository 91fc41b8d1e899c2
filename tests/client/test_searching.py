"""Client.search_traces: what it takes, what it gives, and its pages."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import spanglass as sg
from spanglass.client import Client, MlflowClient, PagedList
from spanglass.engines import PageTokenError
from spanglass.entities import Batch, Experiment, Run, Span, Trace, TraceFacts
from spanglass.filters import FilterError
from spanglass.store import Store, set_active_experiment, set_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Two experiments: ten traces a0…a9 in the first, three b0…b2 in the second, b1 and b2 of a run."""
    with Store(tmp_path / "s.db") as store:
        batch = Batch(
            experiments=[Experiment("1", "First"), Experiment("2", "Second")], runs=[Run("r1", experiment_id="2")]
        )
        for kind, count, experiment in (("a", 10, "1"), ("b", 3, "2")):
            for n in range(count):
                start = (n + 1) * 1_000_000_000
                trace_id = f"{kind}{n}"
                status = "ERROR" if n % 4 == 3 else "OK"
                batch.spans.append(
                    Span(trace_id, "s", f"name {n}", status=status, start_time_ns=start, end_time_ns=start + n * 10**6)
                )
                facts = TraceFacts(trace_id, experiment_id=experiment, tags={"n": str(n)})
                if kind == "b" and n:
                    facts.run_id = "r1"
                batch.traces.append(facts)
        store.write(batch)
        yield store


@pytest.fixture
def client(store: Store) -> Client:
    return Client(store)


def ids(traces: list[Trace]) -> list[str]:
    return [trace.trace_id for trace in traces]


def test_the_newest_first(client: Client) -> None:
    found = client.search_traces(experiment_ids=["1"])
    assert isinstance(found, PagedList)
    assert ids(found) == [f"a{n}" for n in range(9, -1, -1)]
    assert found.token is None


def test_a_filter_and_an_order(client: Client) -> None:
    found = client.search_traces(["1"], "status = 'ERROR'", order_by=["duration ASC"])
    assert ids(found) == ["a3", "a7"]
    found = client.search_traces(["1"], "tag.n IN :wanted", params={"wanted": ["2", "5"]})
    assert ids(found) == ["a5", "a2"]


def test_traces_are_whole(client: Client) -> None:
    (trace,) = client.search_traces(["1"], "name = 'name 3'")
    assert (trace.request_id, trace.info.status, trace.info.tags) == ("a3", "ERROR", {"n": "3"})
    assert [span.name for span in trace.data.spans] == ["name 3"]


def test_spans_can_be_left_out(client: Client) -> None:
    (trace,) = client.search_traces(["1"], "name = 'name 3'", include_spans=False)
    assert trace.data.spans == []
    assert trace.info.span_count == 1


class TestWhere:
    def test_the_active_experiment_unless_told_otherwise(self, store: Store, client: Client) -> None:
        assert client.search_traces() == []
        set_active_experiment(store, "2")
        assert ids(client.search_traces()) == ["b2", "b1", "b0"]

    def test_all_of_them(self, client: Client) -> None:
        assert len(client.search_traces(experiment_ids="all")) == 13
        assert len(client.search_traces(experiment_ids=["1", "2"])) == 13

    def test_locations_is_another_name(self, client: Client) -> None:
        assert ids(client.search_traces(locations=["2"])) == ["b2", "b1", "b0"]
        with pytest.raises(ValueError, match="two names for one argument"):
            client.search_traces(["1"], locations=["2"])

    def test_an_unknown_one_is_named(self, client: Client) -> None:
        with pytest.warns(UserWarning, match="no experiment has the id '7'"):
            assert client.search_traces(["7"]) == []
        with pytest.warns(UserWarning, match="it is the name of the one with the id '2'"):
            assert client.search_traces(["Second"]) == []

    def test_a_run(self, client: Client) -> None:
        assert ids(client.search_traces(run_id="r1")) == ["b2", "b1"]
        assert ids(client.search_traces(["2"], run_id="r1")) == ["b2", "b1"]
        assert client.search_traces(["1"], run_id="r1") == []

    def test_an_unknown_run_is_named(self, client: Client) -> None:
        with pytest.warns(UserWarning, match="no run has the id 'r9'"):
            assert client.search_traces("all", run_id="r9") == []


class TestPages:
    @pytest.mark.parametrize("size", [1, 3, 5, 10, 13, 100])
    def test_pages_add_up_to_the_whole(self, client: Client, size: int) -> None:
        whole = ids(client.search_traces("all", order_by=["name"]))
        pages, token = [], None
        while True:
            page = client.search_traces("all", max_results=size, order_by=["name"], page_token=token)
            pages.append(ids(page))
            token = page.token
            if token is None:
                break
        assert [one for page in pages for one in page] == whole
        assert all(len(page) == size for page in pages[:-1])
        assert 0 < len(pages[-1]) <= size  # no token after a full last page

    def test_none_is_all_in_one(self, client: Client) -> None:
        page = client.search_traces("all", max_results=None)
        assert (len(page), page.token) == (13, None)

    def test_a_limit_in_the_filter_caps_the_whole(self, client: Client) -> None:
        first = client.search_traces("all", "ORDER BY name LIMIT 5", max_results=3)
        second = client.search_traces("all", "ORDER BY name LIMIT 5", max_results=3, page_token=first.token)
        assert (len(first), len(second), second.token) == (3, 2, None)

    def test_a_token_belongs_to_its_search(self, client: Client) -> None:
        token = client.search_traces(["1"], max_results=2).token
        with pytest.raises(PageTokenError):
            client.search_traces(["1"], "status = 'OK'", max_results=2, page_token=token)
        with pytest.raises(PageTokenError):
            client.search_traces(["2"], max_results=2, page_token=token)
        with pytest.raises(PageTokenError):
            client.search_traces(["1"], page_token="nonsense")

    def test_new_traces_between_pages_repeat_and_skip_nothing(self, store: Store, client: Client) -> None:
        first = client.search_traces(["1"], max_results=4)
        store.write(
            Batch([Span("new", "s", "new", start_time_ns=99 * 10**9)], traces=[TraceFacts("new", experiment_id="1")])
        )
        client.delete_traces(trace_ids=["a9"])
        second = client.search_traces(["1"], max_results=100, page_token=first.token)
        assert ids(first) + ids(second) == [f"a{n}" for n in range(9, -1, -1)]


@pytest.mark.parametrize("bad", [0, -1, 2.5, "5", True])
def test_a_number_of_results_that_is_none(client: Client, bad: Any) -> None:
    with pytest.raises(ValueError, match="max_results must be a whole number of at least 1, not"):
        client.search_traces(max_results=bad)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"experiment_ids": "1"}, r"experiment_ids must be a list .* \['1'\]"),
        ({"experiment_ids": [1.5]}, "must hold experiment ids, not 1.5"),
        ({"order_by": "name"}, "order_by must be a list of texts"),
        ({"run_id": 5}, "run_id must be a text"),
        ({"filter_string": 5}, "filter_string must be a text, not 5"),
        ({"params": 5}, "params must be a dict of values by parameter name, not 5"),
    ],
)
def test_arguments_of_another_kind(client: Client, arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(TypeError, match=said):
        client.search_traces(**arguments)


def test_what_finds_nothing_says_why(client: Client) -> None:
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        assert client.search_traces(["1"], "tag.nope = 'x'") == []
    unknown, empty = [str(one.message) for one in said]
    assert "no tag has been seen with the key 'nope'" in unknown
    assert empty == "nothing matches all of it. Alone: tag.nope = 'x' 0 · these experiments 10 (3 in other experiments)"
    assert {one.filename for one in said} == {__file__}


def test_advice_is_given_with_the_first_page_alone(client: Client) -> None:
    text = "span.name != 'x'"
    with pytest.warns(UserWarning, match="with some span that is not so"):
        first = client.search_traces(["1"], text, max_results=4)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        client.search_traces(["1"], text, max_results=4, page_token=first.token)


def test_a_filter_that_is_none(client: Client) -> None:
    with pytest.raises(FilterError, match="latncy"):
        client.search_traces(filter_string="latncy > 2s")


class TestGetTrace:
    def test_one(self, client: Client) -> None:
        trace = client.get_trace("a3")
        assert trace is not None
        assert trace.info.name == "name 3"

    def test_one_that_there_is_not(self, client: Client) -> None:
        with pytest.warns(UserWarning, match="no trace with the id 'zz'"):
            assert client.get_trace("zz") is None

    def test_the_warning_points_at_the_line_that_asked(self, store: Store, client: Client) -> None:
        for ask in (lambda: client.get_trace("zz"), lambda: sg.get_trace("zz", store=store)):
            with pytest.warns(UserWarning, match="zz") as said:
                ask()
            assert said[0].filename == __file__

    def test_what_is_no_id(self, client: Client) -> None:
        with pytest.raises(TypeError, match="trace_id is a text, not 5"):
            client.get_trace(5)  # type: ignore[arg-type]


class TestWhichStore:
    def test_a_path_an_opened_store_or_the_current_one(self, store: Store, tmp_path: Path) -> None:
        assert len(Client(store).search_traces("all")) == 13
        assert len(Client(store.path).search_traces("all")) == 13
        assert len(Client(str(store.path)).search_traces("all")) == 13
        set_store(store)
        try:
            assert len(Client().search_traces("all")) == 13
        finally:
            set_store(None)

    def test_mlflows_name(self) -> None:
        assert MlflowClient is Client


def test_nothing_warns_in_a_plain_search(client: Client) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        client.search_traces(["1"])
        client.search_traces("all", "status = 'OK'", run_id="r1")


class TestTheLanguage:
    def test_a_warning_is_the_same_object_everywhere(self, client: Client) -> None:
        text = "status = 'ok' OR name = 'name 3'"
        with pytest.warns(sg.FilterWarning) as said:
            client.search_traces("all", text)
        warning = said[0].message
        assert isinstance(warning, sg.FilterWarning)
        assert [warning.diagnostic] == client.check(text) == sg.check(text, store=client.store)
        assert str(warning) == "\n" + warning.diagnostic.shown(text)

    def test_why_nothing_was_found_points_at_the_part_that_matches_nothing(self, client: Client) -> None:
        text = "name = 'name 3' AND cost > 9k"
        with pytest.warns(sg.FilterWarning) as said:
            client.search_traces("all", text)
        found = said[0].message.diagnostic  # type: ignore[union-attr]
        assert (found.code, text[found.start : found.end]) == ("empty", "cost > 9k")
        assert found.message == "nothing matches all of it. Alone: name = 'name 3' 1 · cost > 9k 0"

    def test_what_is_wrong_is_found_without_running_it(self, client: Client) -> None:
        (found,) = client.check("latncy > 2s")
        assert (found.severity, found.fixes[0].text) == ("error", "latency > 2s")
        assert client.check("name = :name", params={"name": "name 3"}) == []

    def test_an_explanation_has_a_gloss_a_plan_and_the_statement(self, client: Client) -> None:
        found = client.explain("status = 'OK' ORDER BY name")
        assert found.gloss
        assert found.plan
        assert all(part in repr(found) for part in (found.gloss, found.plan[0], found.sql.split("\n")[0]))
        with pytest.raises(FilterError):
            client.explain("status =")

    def test_proposals_at_once_and_refined(self, client: Client) -> None:
        text = "name = 'name 3' AND status = "
        at_once = [item.insert for item in client.complete(text, refined=False).items]
        refined = client.complete(text).items
        assert set(at_once) > {"'OK'", "'ERROR'"}
        assert [item.insert for item in refined if item.detail == "~"] == ["'ERROR'"]
        assert [item.insert for item in sg.complete("sta", 3, store=client.store).items][:1] == ["status"]


class TestMethodsAreTheFunctions:
    NAMES = (
        *("explain", "check", "complete", "get_trace", "delete_traces", "set_trace_tag", "delete_trace_tag"),
        *("log_feedback", "log_expectation", "log_assessment", "override_feedback", "update_assessment"),
        *("get_assessment", "delete_assessment"),
    )

    @pytest.mark.parametrize("name", NAMES)
    def test_with_the_same_signature_but_for_the_store(self, name: str) -> None:
        method, function = inspect.signature(getattr(Client, name)), inspect.signature(getattr(sg, name))
        of_function = {key: value for key, value in function.parameters.items() if key != "store"}
        assert len(of_function) == len(function.parameters) - 1
        assert list(method.parameters.values())[1:] == list(of_function.values())
        assert method.return_annotation == function.return_annotation
        assert "store :" not in getattr(Client, name).__doc__

    def test_another_store_is_refused(self, client: Client) -> None:
        with pytest.raises(TypeError, match=r"get_trace\(\) has its store already"):
            client.get_trace("t", store="other.db")
