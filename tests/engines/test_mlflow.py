"""Filters as MLflow 3.17.2 answered them: the same traces here, but for departures that are named and specified.

Where MLflow refused, this engine may answer; the golden file says what.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from spanglass.engines import Engine, open_engine
from spanglass.filters import FilterError, resolve
from spanglass.store import Store
from tests.engines import mlflow_rows

DATA = Path(__file__).parent.parent / "data" / "mlflow"
GOLDEN = Path(__file__).parent / "golden" / "refused_by_mlflow.txt"

FIXED = {
    # A span attribute is compared by its value; MLflow compared a pattern with the JSON of the whole span.
    "span.attributes.model != 'gpt-4'": "T2",
    "span.attributes.model LIKE 'gpt-4'": "T1",
    "span.attributes.temperature LIKE '0.7'": "T1",
    # A key is the key named, never a field of the trace.
    "tag.name = 'predict'": "",
    "feedback.run_id = '{RUN}'": "",
    # A doubled quote is one quote, everywhere.
    'tag.quo = "say ""hi"""': "T3",
    "status IN ('O''K')": "",
    # There are no backslash escapes, and the error says what to write.
    "tag.model_name = 'it\\'s'": "error: escape",
    # A span's text is its own text, not the JSON that it is stored in.
    "span.content LIKE '%mlflow%'": "T1",
}
"""The documented departures from MLflow, with what is specified instead."""


class Recorded(NamedTuple):
    labels: dict[str, str]
    cases: list[dict[str, Any]]
    engine: Engine

    def text(self, case: dict[str, Any]) -> str:
        text: str = case["filter"]
        for label in case["placeholders"]:
            text = text.replace(label, self.labels[label[1:-1]])
        return text

    def answer(self, case: dict[str, Any]) -> str:
        """The labels of the traces found, newest first, or the code of the error."""
        labels = {trace_id: label for label, trace_id in self.labels.items()}
        try:
            query = resolve(self.text(case), zone="UTC")
        except FilterError as error:
            return f"error: {error.diagnostic.code}"
        return " ".join(labels[row[0]] for row in self.engine.search(query).ids)


@pytest.fixture(scope="module", params=["filters_1.json", "filters_2.json"])
def recorded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorded]:
    data = json.loads((DATA / request.param).read_text())
    with Store(tmp_path_factory.mktemp("mlflow") / "s.db") as store:
        store.write(mlflow_rows.batch(data["tables"]))
        yield Recorded({**data["labels"], "RUN": data["run_id"]}, data["cases"], open_engine(store))


def test_where_mlflow_found_traces_the_same_ones_are_found_in_the_same_order(recorded: Recorded) -> None:
    differing = {
        case["filter"]: (case["expected"], answer)
        for case in recorded.cases
        if "expected" in case and case["filter"] not in FIXED
        if (answer := recorded.answer(case)) != " ".join(case["expected"])
    }
    assert differing == {}


def test_documented_departures_give_what_is_specified(recorded: Recorded) -> None:
    departing = [case for case in recorded.cases if case["filter"] in FIXED]
    assert {case["filter"]: recorded.answer(case) for case in departing} == {
        case["filter"]: FIXED[case["filter"]] for case in departing
    }
    assert departing
    for case in departing:
        assert " ".join(case["expected"]) != FIXED[case["filter"]], "no departure any more"


def test_where_mlflow_refused_the_answer_is_the_golden_one(recorded: Recorded) -> None:
    golden = dict(line.rsplit(" => ", 1) for line in GOLDEN.read_text().splitlines())
    refused = [case for case in recorded.cases if "error" in case]
    answers = {case["filter"]: recorded.answer(case) or "none" for case in refused}
    assert answers == {case["filter"]: golden[case["filter"]] for case in refused}


def test_all_filters_were_asked() -> None:
    files = [json.loads((DATA / name).read_text()) for name in ("filters_1.json", "filters_2.json")]
    cases = [case for file in files for case in file["cases"]]
    assert len(cases) == 242
    assert {case["filter"] for case in cases} >= FIXED.keys()


def test_pages_and_counts_agree_with_the_whole_answer(recorded: Recorded) -> None:
    for case in recorded.cases:
        if "expected" not in case or recorded.answer(case).startswith("error"):
            continue
        query = resolve(recorded.text(case), zone="UTC")
        whole = recorded.engine.search(query).ids
        assert recorded.engine.count(query) == len(whole)
        paged, token = [], None
        while True:
            page = recorded.engine.search(query, limit=2, token=token)
            paged += page.ids
            token = page.token
            if token is None:
                break
        assert paged == whole, case["filter"]
