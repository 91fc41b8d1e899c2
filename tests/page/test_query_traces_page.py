"""MLflow's page "Query Traces", run from top to bottom with nothing changed but its import lines."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.page.walk import BLOCKS, port

PAGE = Path(__file__).parent.parent / "data" / "query-traces-page.txt"
WALK = Path(__file__).parent / "walk.py"

Report = dict[str, Any]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("empty")


@pytest.fixture(scope="module")
def report(folder: Path) -> Report:
    """What each block printed, raised, warned and left, in one process that began in an empty folder."""
    walked = subprocess.run([sys.executable, WALK, PAGE], cwd=folder, capture_output=True, text=True, check=False)
    assert walked.returncode == 0, walked.stderr
    return json.loads(walked.stdout)


def test_every_line_of_code_on_the_page_is_in_a_block() -> None:
    code = re.compile(r"\s*(import |from \w+ import|@|def |mlflow\.\w+\(|\w+ = |while |goodbye\(\)|print\()")
    covered = {number for first, last in BLOCKS.values() for number in range(first, last + 1)}
    for number, line in enumerate(PAGE.read_text().splitlines(), 1):
        if code.match(line) and "allows you" not in line:
            assert number in covered, line


def test_only_import_lines_are_changed() -> None:
    changed = [line for line in PAGE.read_text().splitlines() if port(line) != line]
    assert changed
    assert all(line.startswith(("import mlflow", "from mlflow")) for line in changed)


def test_only_goodbye_raises(report: Report) -> None:
    raised = {name: block["raised"] for name, block in report.items() if block["raised"]}
    assert raised == {"record": "Exception: Cannot say goodbye"}


def test_the_store_is_one_file_in_the_working_directory(report: Report, folder: Path) -> None:
    assert {path.name.split("-")[0] for path in folder.iterdir()} == {"spanglass.db"}


@pytest.mark.parametrize("block", ["search", "by name", "by timestamp", "by status", "by tag", "combined", "by run"])
def test_nothing_is_found_before_anything_is_recorded(report: Report, block: str) -> None:
    for name in ("traces",):
        frame = report[block]["left"][name]
        assert frame["rows"] == []
        assert "request_id" in frame["columns"]


def test_unknown_experiments_and_runs_are_named_in_a_warning(report: Report) -> None:
    assert any("experiment_id_1" in text for text in report["search"]["warnings"])
    assert any("run_id_123456" in text for text in report["by run"]["warnings"])


def test_two_experiments_are_made(report: Report) -> None:
    left = report["record"]["left"]
    assert left["morning_experiment"]["name"] == "Morning Experiment"
    assert len(set(left["experiment_ids"])) == 2


def test_the_frame_has_the_pages_columns_in_their_order(report: Report) -> None:
    columns = report["return types"]["left"]["trace_df"]["columns"]
    assert columns[:10] == [
        "request_id",
        "trace",
        "timestamp_ms",
        "status",
        "execution_time_ms",
        "request",
        "response",
        "request_metadata",
        "spans",
        "tags",
    ]


def test_the_morning_trace_holds_what_was_recorded(report: Report) -> None:
    left = report["return types"]["left"]
    (row,) = left["trace_df"]["rows"]
    assert row["status"] == "OK"
    assert row["tags"]["person"] == "Tom"
    assert row["request"] == {"name": "Tom"}
    assert row["response"] == "Good morning Tom."
    assert row["execution_time_ms"] >= 1000
    (trace,) = left["trace_list"]
    assert trace["request_id"] == row["request_id"]
    (span,) = trace["spans"]
    assert (span["name"], span["type"], span["status"]) == ("morning_greeting", "TOOL", "OK")
    assert (span["inputs"], span["outputs"]) == ({"name": "Tom"}, "Good morning Tom.")
    assert span["attributes"] == {"time": "morning"}


def test_extracted_fields_are_columns(report: Report) -> None:
    frame = report["extract"]["left"]["traces"]
    assert frame["columns"][-2:] == ["morning_greeting.inputs.name", "morning_greeting.outputs"]
    (row,) = frame["rows"]
    assert row["morning_greeting.inputs.name"] == "Tom"
    assert row["morning_greeting.outputs"] == "Good morning Tom."
    assert "Good morning Tom." in report["extract"]["printed"]


def test_a_model_that_answers_right_scores_one(report: Report) -> None:
    result = report["evaluate"]["left"]["results"]
    assert result["metrics"]["exact_match/v1"] == 1.0
    (row,) = result["table"]["rows"]
    assert (row["inputs"], row["outputs"], row["ground_truth"]) == (
        "Tom",
        "Good morning Tom.",
        "Good morning Tom.",
    )


def test_every_trace_of_both_experiments_is_paged_through(report: Report) -> None:
    page = report["paginate"]
    ids = page["printed"].split()
    traces = {trace["request_id"]: trace for trace in page["left"]["results"]}
    assert list(traces) == ids
    assert len(set(ids)) == 4  # morning, evening, goodbye, and the model's own call while it was evaluated
    by_name = {trace["spans"][0]["name"]: trace for trace in traces.values()}
    assert by_name["evening_greeting"]["tags"]["person"] == "Mary"
    goodbye = by_name["goodbye"]
    assert goodbye["status"] == "ERROR"
    assert goodbye["spans"][0]["events"] == ["exception"]
