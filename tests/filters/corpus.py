"""The texts that many tests go through: the first golden filters, and those that MLflow was asked."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from tests.golden import corpus
from tests.golden.traces import PARAMETERS

DATA = Path(__file__).parent.parent / "data"
GOLDEN = [golden.text for golden in corpus.GOLDEN if golden.section == "Forty examples"]

# MLflow takes a quote behind a backslash and then finds nothing; here it is a mistake with a way out.
REFUSED_HERE = {r"tag.model_name = 'it\'s'"}


@dataclass(frozen=True)
class Case:
    """One filter that MLflow was given, and whether it answered."""

    text: str
    accepted: bool


def mlflow_cases() -> list[Case]:
    cases = []
    for file in sorted((DATA / "mlflow").glob("filters_*.json")):
        for case in json.loads(file.read_text())["cases"]:
            cases.append(Case(case["filter"], "expected" in case))
    return cases


def params_of(text: str) -> dict[str, object]:
    """The parameters that a text of the corpus needs."""
    return {name: value for name, value in PARAMETERS.items() if f":{name}" in text}
