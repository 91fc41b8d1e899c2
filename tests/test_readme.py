"""Every Python block of the README runs, in order, in one process and an empty folder."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import spanglass as sg

HERE = Path(__file__).parent
README = (HERE.parent / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
CLICK = "ex  # filter, click, select …\n"
"""Where a person ticks rows; the test does it in their place."""


def test_its_python_runs_from_the_first_line_to_the_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SPANGLASS_STORE", raising=False)
    shutil.copytree(HERE / "data" / "formats", "traces", ignore=shutil.ignore_patterns("*.json"))
    sg.set_store("spanglass.db")
    try:
        answers = record_answers()
        names: dict[str, Any] = {"model": lambda question: {"a": "right", "b": "wrong"}[question]}
        assert BLOCKS[0].count(CLICK) == 1
        for block in BLOCKS:
            ticked = block.replace(CLICK, f"ex.selection = {{'ids': {answers!r}}}\n")
            exec(compile(ticked, "README.md", "exec"), names)
    finally:
        sg.flush()
        sg.set_store(None)

    assert isinstance(names["data"], pd.DataFrame)
    assert sorted(names["data"]["inputs"]) == ["a", "b"]
    result = names["result"]
    assert result.metrics["exact_match/v1"] == 0.5
    failures = sg.explore("spanglass.db", filter="feedback.exact_match = 0").df()
    assert len(failures) == 1


def record_answers() -> list[str]:
    """Two calls of an agent, with the answers that were expected of it; their ids."""

    @sg.trace(name="agent", span_type=sg.SpanType.AGENT)
    def agent(question: str) -> str:
        return "some answer"

    ids = []
    for question in "ab":
        agent(question)
        trace_id = sg.get_last_active_trace_id()
        assert trace_id is not None
        sg.log_expectation(trace_id, name="target", value="right")
        ids.append(trace_id)
    return ids
