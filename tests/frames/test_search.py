"""search_traces: traces that a filter matches, as a frame or a list."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from typing import Any

import pytest

import spanglass as sg
from spanglass.entities import Batch, Span, Trace, TraceFacts
from spanglass.filters import FilterError
from spanglass.filters.times import local_zone
from spanglass.frames import search_traces
from spanglass.store import Store, set_active_experiment

ALL = {"t1", "t2", "t3", "t4", "t5"}


def ids(store: Store, **arguments: Any) -> list[str]:
    return list(search_traces(store=store, **arguments)["request_id"])  # warnings point here


def test_traces_come_newest_first(store: Store) -> None:
    assert ids(store, experiment_ids="all") == ["t5", "t4", "t3", "t2", "t1"]


def test_without_experiments_the_active_one_is_searched(store: Store) -> None:
    set_active_experiment(store, "2")
    assert ids(store) == ["t5"]
    assert ids(store, experiment_ids=[]) == ["t5"]


def test_experiments_can_be_named_in_either_way(store: Store) -> None:
    assert ids(store, experiment_ids=["1"]) == ids(store, locations=["1"]) == ["t4", "t3", "t2", "t1"]
    assert set(ids(store, experiment_ids=["1", "2"])) == ALL


@pytest.mark.filterwarnings("ignore:nothing matches")
def test_an_unknown_experiment_is_named_and_gives_an_empty_frame_with_all_columns(store: Store) -> None:
    with pytest.warns(UserWarning, match="no experiment has the id '99'"):
        empty = search_traces(experiment_ids=["99"], extract_fields=["greet.inputs.name"], store=store)
    full = search_traces(experiment_ids=["1"], extract_fields=["greet.inputs.name"], store=store)
    assert len(empty) == 0
    assert list(empty.columns) == list(full.columns)
    schema = list(empty.columns)[:-1]
    assert empty[schema].dtypes.equals(full[schema].dtypes)


@pytest.mark.filterwarnings("ignore:nothing matches")
def test_an_unknown_run_is_named(store: Store) -> None:
    with pytest.warns(UserWarning, match="no run has the id 'r9'"):
        assert ids(store, experiment_ids="all", run_id="r9") == []


def test_a_run_finds_its_traces(store: Store) -> None:
    assert ids(store, experiment_ids="all", run_id="r1") == ["t1"]


def test_the_filter_the_order_and_the_limit_work_together(store: Store) -> None:
    arguments = {"experiment_ids": "all", "filter_string": "status = 'OK'", "order_by": ["timestamp_ms ASC"]}
    assert ids(store, **arguments) == ["t1", "t2", "t5"]
    assert ids(store, **arguments, max_results=2) == ["t1", "t2"]


def test_parameters_are_bound(store: Store) -> None:
    assert ids(store, experiment_ids="all", filter_string="tag.person = :who", params={"who": "Tom"}) == ["t1"]


def test_an_empty_answer_says_which_condition_matches_how_many(store: Store) -> None:
    with pytest.warns(UserWarning, match=r"status = 'ERROR' 1 · tag.person = 'Tom' 1"):
        assert ids(store, experiment_ids="all", filter_string="status = 'ERROR' AND tag.person = 'Tom'") == []


def test_traces_in_other_experiments_are_pointed_out(store: Store) -> None:
    with pytest.warns(UserWarning, match=r"these experiments 0 \(5 in other experiments\)") as caught:
        assert ids(store) == []
    assert caught[0].filename == __file__


def test_a_filter_that_may_not_mean_what_it_says_is_warned_of(store: Store) -> None:
    with pytest.warns(UserWarning, match="did you mean 'OK'"):
        search_traces(experiment_ids="all", filter_string="status = 'ok' OR name = 'greet'", store=store)


def test_an_unknown_tag_is_named_with_the_nearest_known_one(store: Store) -> None:
    with pytest.warns(UserWarning, match="person"):
        search_traces(experiment_ids="all", filter_string="tag.persn = 'Tom' OR name = 'greet'", store=store)


def test_a_known_tag_among_very_many_is_not_called_unknown(store: Store) -> None:
    many = {f"key{number:05}": "x" for number in range(3_000)}
    store.write(Batch(traces=[TraceFacts("t1", tags=many)]))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert ids(store, experiment_ids="all", filter_string="tag.key02999 = 'x'") == ["t1"]


def test_a_store_without_traces_is_no_reason_for_a_warning(tmp_path: Any) -> None:
    with Store(tmp_path / "empty.db") as empty, warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(search_traces(store=empty)) == 0


def test_a_list_holds_traces_whose_spans_are_read_when_touched(store: Store) -> None:
    traces = search_traces(experiment_ids=["2"], return_type="list", store=store)
    assert [type(trace) for trace in traces] == [Trace]
    assert [span.name for span in traces[0].data.spans] == ["greet", "look up", "look up"]


def test_traces_can_be_had_without_spans(store: Store) -> None:
    (trace,) = search_traces(experiment_ids=["2"], return_type="list", include_spans=False, store=store)
    assert trace.data.spans == []
    assert trace.info.span_count == 3


def test_extracted_fields_need_a_frame(store: Store) -> None:
    with pytest.raises(ValueError, match="return_type='pandas'"):
        search_traces(extract_fields=["greet.inputs"], return_type="list", store=store)  # type: ignore[call-overload]


def test_the_third_generation_has_its_own_columns(store: Store) -> None:
    frame = search_traces(experiment_ids=["1"], filter_string="name = 'greet'", schema="mlflow3", store=store)
    assert list(frame["trace_id"]) == ["t4", "t3", "t2", "t1"]
    assert frame["client_request_id"].tolist()[-1] == "c1"
    assert frame["execution_duration"].tolist()[1:] == [500, 500, 500]
    assert frame["trace_metadata"].tolist()[-1]["origin"] == "test"


def test_a_filter_that_cannot_be_understood_is_shown_with_a_caret(store: Store) -> None:
    with pytest.raises(FilterError, match=r"\^"):
        search_traces(filter_string="latncy > 2s", store=store)


def test_more_traces_than_one_read_are_all_found_in_order(tmp_path: Any) -> None:
    count = 2_345
    with Store(tmp_path / "many.db") as many:
        many.write(
            Batch([Span(f"t{n:05}", "s", "step", start_time_ns=n * 1_000_000, inputs={"n": n}) for n in range(count)])
        )
        frame = search_traces(extract_fields={"n": "step.inputs.n"}, store=many)
    assert frame["n"].tolist() == list(range(count))[::-1]
    assert list(frame["request_id"]) == [f"t{n:05}" for n in frame["n"]]


def test_a_column_of_a_name_never_seen_is_named_with_the_nearest_one(store: Store) -> None:
    with pytest.warns(sg.FilterWarning, match="no span is called 'great'\n.*greet") as said:
        search_traces(experiment_ids="all", extract_fields=["great.inputs.name"], store=store)
    assert len(said) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        search_traces(experiment_ids="all", extract_fields=["greet.inputs.name"], store=store)


def test_a_value_never_seen_is_named_where_nothing_was_found(store: Store) -> None:
    with pytest.warns(sg.FilterWarning) as said:
        assert ids(store, experiment_ids="all", filter_string="name = 'Greet'") == []
    assert [one.message.diagnostic.code for one in said] == ["unseen-value", "empty"]  # type: ignore[union-attr]
    assert said[0].message.diagnostic.fixes[0].text == "name = 'greet'"  # type: ignore[union-attr]


NOTEBOOK = """
import spanglass as sg
from IPython.core.interactiveshell import InteractiveShell
from spanglass.entities import Batch, Span
from spanglass.store import Store

shell = InteractiveShell.instance()
shell.user_ns["store"] = store = Store({path!r})
_ = store.write(Batch([Span("t", "s", "work", end_time_ns=1)]))
ask = '''sg.search_traces("all", "status = 'ok' OR name = 'work'", store=store)'''
for cell in ["import spanglass as sg", f"for n in range(3): _ = {{ask}}", f"for n in range(3): _ = {{ask}}"]:
    print("a cell", flush=True)
    shell.run_cell(cell)
shell.run_cell("sg.search_traces(filter_string='latncy > 2s', store=store)")
"""


def test_a_notebook_warns_once_in_each_run_of_a_cell_and_shows_errors_without_the_way_there(tmp_path: Any) -> None:
    code = NOTEBOOK.format(path=str(tmp_path / "s.db"))
    run = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "HOME": str(tmp_path)},
    )
    assert run.stderr.count("case counts") == 2
    shown = run.stdout.split("a cell\n")[-1]
    assert shown.strip() == "FilterError: \nlatncy > 2s\n^^^^^^ no field 'latncy'\ndid you mean latency?"


def test_a_frame_names_the_zone_that_its_dates_were_read_in(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    assert search_traces(tz="Europe/Berlin", store=store).attrs == {"tz": "Europe/Berlin"}
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert search_traces(store=store).attrs == {"tz": local_zone()}
