"""Evaluation data in the shapes that others take, fewer rows of it, and in two parts."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanglass.entities import Batch, Span
from spanglass.frames import split_eval, to_eval
from spanglass.frames.sampling import drawn
from spanglass.store import Store

CONTEXTS = [
    [{"page_content": "Tom likes tea.", "tags": ["x"], "metadata": {"id": 1}}, {"text": "Tom travels."}],
    {"documents": [{"content": "Mary likes coffee."}]},
    ["plain"],
    {"score": 1},
]


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[Store]:
    """Eight questions, each asked twice, to one kind of people or another, with documents that were retrieved."""
    spans = []
    for n in range(16):
        trace, question = f"t{n:02}", {"question": f"question {n % 8}"}
        attributes = {"kind": "rare" if n % 4 == 0 else "common"}
        spans += [
            Span(trace, "s0", "answer", start_time_ns=n, inputs=question, outputs=n, attributes=attributes),
            Span(trace, "s1", "look", parent_id="s0", span_type="RETRIEVER", start_time_ns=n, outputs=CONTEXTS[n % 4]),
        ]
    with Store(tmp_path / "asked.db") as store:
        store.write(Batch(spans=spans))
        yield store


IDS = [f"t{n:02}" for n in range(16)]
FIELDS: dict[str, Any] = {
    "inputs": "answer.inputs.question",
    "outputs": "answer.outputs",
    "expectations": "answer.name",
}
KIND = "answer.attributes.kind"

# ------------------------------------------------------------ shapes


def test_the_shape_of_ragas_has_texts_and_the_documents_that_were_retrieved(asked: Store) -> None:
    frame = to_eval(IDS[:4], **FIELDS, shape="ragas", store=asked)
    assert list(frame.columns) == ["trace_id", "user_input", "response", "retrieved_contexts", "reference"]
    assert frame.iloc[0].to_dict() == {
        "trace_id": "t00",
        "user_input": "question 0",
        "response": "0",
        "retrieved_contexts": ["Tom likes tea.", "Tom travels."],
        "reference": "answer",
    }
    assert list(frame["retrieved_contexts"][1:]) == [["Mary likes coffee."], ["plain"], ['{"score":1}']]


def test_contexts_can_come_from_anywhere(asked: Store) -> None:
    given = pd.DataFrame({"trace_id": ["t00"], "inputs": ["q"], "outputs": ["a"], "found": [["x", {"text": "y"}]]})
    assert to_eval(given, contexts="found", shape="ragas")["retrieved_contexts"][0] == ["x", "y"]
    alone = given.drop(columns="trace_id")
    assert to_eval(alone, shape="ragas")["retrieved_contexts"][0] == []
    with pytest.raises(ValueError, match="contexts are of shape='ragas' alone"):
        to_eval(given, contexts="found")


@pytest.mark.parametrize("shape", ["flat", "genai", "ragas"])
def test_every_shape_is_a_table_of_arrow_and_comes_back(asked: Store, shape: Any) -> None:
    """What ``Dataset.from_pandas`` of Hugging Face's datasets begins with."""
    frame = to_eval(IDS, **FIELDS, shape=shape, store=asked)
    table = pyarrow.Table.from_pandas(frame, preserve_index=False)
    assert table.column_names == list(frame.columns)
    assert table.to_pylist() == frame.to_dict("records")


@pytest.mark.long
def test_hugging_face_datasets_take_every_shape(asked: Store, tmp_path: Path) -> None:
    """With the real package, installed into a folder of its own."""
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(tmp_path / "site"), "datasets"]
    subprocess.run(install, check=True)
    for shape in ("flat", "genai", "ragas"):
        to_eval(IDS, **FIELDS, shape=shape, store=asked).to_pickle(tmp_path / f"{shape}.pickle")  # type: ignore[arg-type]
    probe = """
import sys
sys.path.append(sys.argv[1])
import pandas, datasets
for shape in ("flat", "genai", "ragas"):
    frame = pandas.read_pickle(f"{sys.argv[2]}/{shape}.pickle")
    data = datasets.Dataset.from_pandas(frame)
    assert data.column_names == list(frame.columns), data.column_names
    assert data.to_list() == frame.to_dict("records")
    print(shape, len(data))
"""
    command = [sys.executable, "-c", probe, str(tmp_path / "site"), str(tmp_path)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert printed.split() == ["flat", "16", "genai", "16", "ragas", "16"]


# ------------------------------------------------------------ fewer rows


def test_of_equal_inputs_the_first_row_stays_with_its_trace(asked: Store) -> None:
    frame = to_eval(IDS, **FIELDS, deduplicate=True, store=asked)
    assert list(frame["trace_id"]) == IDS[:8]
    assert list(frame.index) == list(range(8))


def test_a_sample_keeps_order_and_traces_and_is_the_same_for_the_same_seed(asked: Store) -> None:
    def sample(seed: int) -> list[str]:
        return list(to_eval(IDS, **FIELDS, sample=6, seed=seed, store=asked)["trace_id"])

    assert sample(1) == sample(1)
    assert len({tuple(sample(seed)) for seed in range(10)}) > 5
    assert sample(1) == sorted(sample(1))
    assert len(to_eval(IDS, **FIELDS, sample=100, store=asked)) == 16


def test_a_stratified_sample_has_the_shares_of_the_whole(asked: Store) -> None:
    for seed in range(5):
        frame = to_eval(IDS, **FIELDS, deduplicate=True, sample=4, stratify=KIND, seed=seed, store=asked)
        kinds = to_eval(list(frame["trace_id"]), inputs=KIND, outputs=KIND, store=asked)["inputs"]
        assert Counter(kinds) == {"rare": 1, "common": 3}
        assert frame["inputs"].is_unique


@given(st.lists(st.sampled_from(["a", "b", None, 3]), max_size=60), st.integers(1, 60), st.integers(0, 5))
def test_a_draw_is_without_repetition_and_no_stratum_is_off_by_one_row(
    strata: list[Any], count: int, seed: int
) -> None:
    positions = drawn(count, strata, seed)
    assert positions == sorted(set(positions))
    assert len(positions) == min(count, len(strata))
    for stratum, size in Counter(strata).items():
        share = min(1, count / len(strata)) * size
        assert abs(sum(strata[position] == stratum for position in positions) - share) < 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"sample": 0}, "sample must be a whole number"),
        ({"sample": "3"}, "sample must be a whole number"),
        ({"stratify": "answer.name"}, "say how many with sample"),
        ({"shape": "deepeval"}, "shape must be 'flat' or 'genai' or 'ragas'"),
    ],
)
def test_what_cannot_be_drawn_is_refused(asked: Store, arguments: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        to_eval(IDS, **arguments, store=asked)


# ------------------------------------------------------------ two parts


def test_two_parts_hold_every_row_once_and_each_its_share(asked: Store) -> None:
    frame = to_eval(IDS, **FIELDS, store=asked)
    train, test = split_eval(frame, 0.25, stratify=KIND, seed=3, store=asked)
    assert sorted([*train["trace_id"], *test["trace_id"]]) == IDS
    assert len(test) == 4
    assert sum(IDS.index(id) % 4 == 0 for id in test["trace_id"]) == 1
    again = split_eval(frame, 0.25, stratify=KIND, seed=3, store=asked)[1]
    pd.testing.assert_frame_equal(test, again)


@pytest.mark.parametrize("share", [0, 1, 1.5, -0.1, True, "half", float("nan")])
def test_the_second_part_is_a_share(share: Any) -> None:
    with pytest.raises(ValueError, match="test is a share between 0 and 1"):
        split_eval(pd.DataFrame({"inputs": [1, 2]}), share)
