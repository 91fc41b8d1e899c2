"""A fresh store for each test, and a tracking database that real MLflow wrote."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from spanglass.store import Store

RECORDING = """
import sys
import mlflow
from mlflow.entities import AssessmentSource

folder = sys.argv[1]
mlflow.set_tracking_uri(f"sqlite:///{folder}/mlflow.db")
mlflow.set_experiment("weather")

@mlflow.trace(span_type="TOOL", attributes={"time": "morning"})
def greet(name):
    return f"Good morning {name}."

@mlflow.trace(span_type="AGENT")
def agent(question):
    mlflow.update_current_trace(metadata={"mlflow.trace.session": "s-1", "mlflow.trace.user": "ada"})
    ask(question)
    return greet(question)

@mlflow.trace(span_type="CHAT_MODEL")
def ask(question):
    span = mlflow.get_current_active_span()
    usage = {"input_tokens": 3, "output_tokens": 4, "total_tokens": 7, "cache_read_input_tokens": 2}
    span.set_attribute("mlflow.chat.tokenUsage", usage)
    span.set_attribute("mlflow.llm.model", "gpt-5-mini")
    return "answer"

@mlflow.trace
def fails():
    raise ValueError("nope")

with mlflow.start_run(run_name="first") as run:
    mlflow.log_param("depth", "3")
    mlflow.log_metric("accuracy", 0.5)
    agent("Tom")
    inside = mlflow.get_last_active_trace_id()
greet("Ada")
outside = mlflow.get_last_active_trace_id()
mlflow.set_experiment("errors")
try:
    fails()
except ValueError:
    pass
mlflow.flush_trace_async_logging()
client = mlflow.MlflowClient()
client.set_trace_tag(inside, "person", "Tom")
human = AssessmentSource("HUMAN", "bob")
first = mlflow.log_feedback(
    trace_id=inside, name="good", value=True, rationale="fine", source=human, metadata={"k": "v"}
)
mlflow.override_feedback(trace_id=inside, assessment_id=first.assessment_id, value=False, rationale="no")
mlflow.log_expectation(trace_id=inside, name="answer", value={"city": ["Paris"]}, source=human)
mlflow.log_feedback(trace_id=outside, name="judged", error=ValueError("bad"))
client.link_traces_to_run([outside], run.info.run_id)
ids = [experiment.experiment_id for experiment in client.search_experiments()]
mlflow.search_traces(experiment_ids=ids).to_pickle(f"{folder}/traces.pickle")
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "store.db") as store:
        yield store


@pytest.fixture(scope="session")
def mlflow_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``mlflow.db`` as MLflow wrote it and ``traces.pickle``, the DataFrame of its search."""
    folder = tmp_path_factory.mktemp("mlflow")
    quiet = {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true", "MLFLOW_ENABLE_ASYNC_TRACE_LOGGING": "false"}
    subprocess.run([sys.executable, "-c", RECORDING, str(folder)], cwd=folder, env={**os.environ, **quiet}, check=True)
    return folder
