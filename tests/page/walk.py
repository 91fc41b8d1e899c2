"""Runs the code blocks of the page in order, in the working directory, and prints what each left behind as JSON.

python walk.py PAGE.txt
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
import warnings
from pathlib import Path
from typing import Any

# First and last line of each code block of the page.
BLOCKS = {
    "search": (8, 15),
    "by name": (21, 21),
    "by timestamp": (24, 28),
    "by status": (31, 34),
    "by tag": (38, 38),
    "combined": (41, 41),
    "by run": (49, 51),
    "record": (55, 80),
    "return types": (83, 88),
    "order": (105, 107),
    "order by two": (109, 111),
    "extract": (114, 123),
    "rename": (128, 133),
    "evaluate": (134, 139),
    "paginate": (143, 159),
}

# A port is one import line.
PORTED = {
    "import mlflow": "import spanglass as mlflow",
    "from mlflow import": "from spanglass import",
    "from mlflow.entities import": "from spanglass.entities import",
}


def port(line: str) -> str:
    """The line with its import, if it is one, ported."""
    for theirs, ours in sorted(PORTED.items(), key=lambda pair: -len(pair[0])):
        if line.startswith(theirs):
            return line.replace(theirs, ours, 1)
    return line


def model(inputs: Any) -> str:
    """A model that answers right: it greets by name."""
    return f"Good morning {inputs}."


def seen(value: Any) -> Any:
    """A value of the page's namespace as JSON."""
    import pandas

    import spanglass

    if isinstance(value, pandas.DataFrame):
        plain = value.drop(columns=[name for name in ("trace", "spans", "assessments") if name in value])
        return {"columns": list(value.columns), "rows": json.loads(plain.to_json(orient="records"))}
    if isinstance(value, list) and value and isinstance(value[0], spanglass.Trace):
        return [
            {
                "request_id": trace.request_id,
                "status": trace.info.status,
                "tags": trace.info.tags,
                "spans": [
                    {
                        "name": span.name,
                        "type": span.span_type,
                        "status": span.status,
                        "inputs": span.inputs,
                        "outputs": span.outputs,
                        "attributes": {"time": span.attributes.get("time")},
                        "events": [event.name for event in span.events],
                    }
                    for span in trace.data.spans
                ],
            }
            for trace in value
        ]
    if isinstance(value, spanglass.EvaluationResult):
        return {"metrics": value.metrics, "table": seen(value.tables["eval_results_table"])}
    if hasattr(value, "experiment_id"):
        return {"experiment_id": value.experiment_id, "name": value.name}
    return value if isinstance(value, (str, int, float, list, type(None))) else repr(value)


def main(page: Path) -> None:
    lines = page.read_text().splitlines()
    space: dict[str, Any] = {"model": model}
    exec("import time", space)  # the page uses it before it imports it
    report: dict[str, Any] = {}
    for name, (first, last) in BLOCKS.items():
        source = "\n".join(port(line) for line in lines[first - 1 : last])
        printed, raised = io.StringIO(), None
        with contextlib.redirect_stdout(printed), warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                exec(compile(source, f"page:{first}", "exec"), space)
            except Exception as problem:
                raised = f"{type(problem).__name__}: {problem}"
        left = {
            key: seen(space[key])
            for key in ("traces", "trace_df", "trace_list", "results", "experiment_ids", "morning_experiment")
            if key in space
        }
        report[name] = {
            "printed": printed.getvalue(),
            "raised": raised,
            "warnings": [str(warning.message) for warning in caught],
            "left": left,
        }
    json.dump(report, sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
