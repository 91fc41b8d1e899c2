"""One vocabulary: a field is the same column in search_traces, in the explorer's frame and on the command line."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from spanglass import explore, search_traces
from spanglass.cli import main
from spanglass.entities import Assessment, Batch, Span, TraceFacts
from spanglass.frames.series import cells
from spanglass.store import Store


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[Store]:
    """Three traces, the last of which lacks most of what is asked for."""
    spans, facts, said = [], [], []
    for n in range(3):
        t, agent = f"t{n}", f"{n}a"
        spans.append(Span(t, agent, "my agent", span_type="AGENT", start_time_ns=n, inputs={"q": n, "a.b": {"c": 1}}))
        if n < 2:
            spans += [
                Span(
                    t, f"{n}{m}", "look", agent, span_type="RETRIEVER", start_time_ns=n + m, outputs=[{"score": m / 4}]
                )
                for m in range(1, 3)
            ]
            facts.append(TraceFacts(t, tags={"env": "test"}, metadata={"x.y": "z"}))
            said.append(Assessment("good", n == 0, trace_id=t))
    with Store(tmp_path / "asked.db") as store:
        store.write(Batch(spans=spans, traces=facts, assessments=said))
        yield store


SPECS: list[Any] = [
    "`my agent`.inputs.q",
    "`my agent`.inputs.a.b",
    "{type='RETRIEVER'}.outputs[0].score",
    {"path": "{type='RETRIEVER'}.outputs[0].score", "pick": "last", "name": "last score"},
    {"path": "{type='RETRIEVER'}.outputs[*].score", "pick": "all", "name": "scores"},
    {"path": "root.inputs.q", "name": "question"},
    "tag.env",
    "metadata.x.y",
    "feedback.good",
    "span_count",
    "count({type='RETRIEVER'})",
    "tokens / 2",
]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_a_field_is_the_same_column_everywhere(asked: Store, capsys: pytest.CaptureFixture[str], spec: Any) -> None:
    frame = search_traces(extract_fields=[spec], store=asked)
    name = frame.columns[-1] if isinstance(spec, str) else spec["name"]
    column = frame.set_index("request_id")[name]

    explored = explore(asked, columns=[spec]).df()
    assert list(explored.columns)[-1] == name
    assert list(explored.index) == list(column.index)
    assert explored[name].dtype == column.dtype
    assert cells(explored[name]) == cells(column)

    field = spec if isinstance(spec, str) else json.dumps(spec)
    assert main(["search", "--store", str(asked.path), "--csv", "--field", field]) == 0
    printed = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["request_id"] for row in printed] == list(column.index)
    assert [row[name] for row in printed] == ["" if value is None else str(value) for value in cells(column)]


def test_all_of_them_stand_in_the_order_asked(asked: Store, capsys: pytest.CaptureFixture[str]) -> None:
    frame = search_traces(extract_fields=SPECS, store=asked)
    names = list(frame.columns)[-len(SPECS) :]
    assert list(explore(asked, columns=SPECS).df().columns)[-len(SPECS) :] == names
    fields = [f"--field={spec if isinstance(spec, str) else json.dumps(spec)}" for spec in SPECS]
    assert main(["search", "--store", str(asked.path), "--csv", *fields]) == 0
    assert next(csv.reader(io.StringIO(capsys.readouterr().out)))[-len(SPECS) :] == names


def test_the_command_explodes_and_picks_as_the_function_does(asked: Store, capsys: pytest.CaptureFixture[str]) -> None:
    path = "{type='RETRIEVER'}.outputs[*]"
    arguments = ["search", "--store", str(asked.path), "--csv", "--explode", path, "--field", f"{path}.score"]
    assert main(arguments) == 0
    printed = [row[-2:] for row in csv.reader(io.StringIO(capsys.readouterr().out))]
    frame = search_traces(explode=path, extract_fields=[f"{path}.score"], store=asked)
    assert printed == [["span_id", f"{path}.score"], *frame.iloc[:, -2:].astype(str).to_numpy().tolist()]
    assert main(["search", "--store", str(asked.path), "--pick", "last", "--field", path, "--csv"]) == 0
    assert "0.5" in capsys.readouterr().out
    assert main(["search", "--store", str(asked.path), "--pick", "any", "--field", path]) == 1
    assert "pick must be" in capsys.readouterr().err
