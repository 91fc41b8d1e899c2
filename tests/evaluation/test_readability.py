"""Metrics that need data: with the data their values, without it none, and one warning."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import warnings
from pathlib import Path

import pandas as pd
import pytest

from spanglass.evaluation import evaluate
from spanglass.evaluation.metrics import model_type_metrics
from spanglass.store import Store

DATA = pd.DataFrame({"outputs": ["Good morning Tom.", "It costs 3.50 euros, unfortunately."]})
NEEDED = {"token_count": "rs_bpe", "toxicity": "transformers", "flesch_kincaid_grade_level": "textstat"}


def test_without_the_packages_there_are_no_values_and_one_warning(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for package in NEEDED.values():
        monkeypatch.setitem(sys.modules, package, None)  # cannot be imported
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        result = evaluate(None, DATA, model_type="text")
    (warning,) = said
    for metric in NEEDED:
        assert metric in str(warning.message)
        assert result.table[f"{metric}/v1/score"].isna().all()
        assert not any(name.startswith(metric) for name in result.metrics)
    assert warning.filename == __file__


def test_what_is_missing_is_named_with_the_way_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for package in NEEDED.values():
        monkeypatch.setitem(sys.modules, package, None)
    _, missing = model_type_metrics("question-answering")
    assert list(missing) == list(NEEDED)
    assert "pip install 'spanglass[readability]'" in missing["token_count"]


PROBE = """
import json, socket, sys, tempfile, warnings
def refuse(*given): raise AssertionError("the network was asked")
socket.socket.connect = refuse
warnings.simplefilter("ignore")
import spanglass as sg
with tempfile.TemporaryDirectory() as folder:
    data = [{"outputs": text} for text in json.loads(sys.argv[1])]
    result = sg.evaluate(None, data, model_type="text", store=folder + "/s.db")
print(json.dumps({name: result.table[name].tolist() for name in result.table if name.endswith("score")}, default=str))
print(json.dumps(result.metrics))
"""


@pytest.mark.long
def test_with_the_packages_there_are_values_without_the_network(tmp_path: Path) -> None:
    """Installs what the extra has into a folder of its own; tokens are those of OpenAI's published examples."""
    packages = ["textstat==0.7.4", "setuptools<81", "rs-bpe"]
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(tmp_path), *packages]
    subprocess.run(install, check=True)
    texts = ["tiktoken is great!", "antidisestablishmentarianism", "2 + 2 = 4", "お誕生日おめでとう"]
    printed = subprocess.run(
        [sys.executable, "-c", PROBE, json.dumps(texts)],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    scores, metrics = json.loads(printed[0]), json.loads(printed[1])
    assert scores["token_count/v1/score"] == [6, 6, 7, 9]
    assert metrics["token_count/v1/mean"] == 7
    # one word in one sentence: 0.39 + 11.8 · syllables − 15.59, which textstat rounds to a tenth
    syllables = [(grade + 15.59 - 0.39) / 11.8 for grade in scores["flesch_kincaid_grade_level/v1/score"]]
    assert syllables[1] == pytest.approx(10, abs=0.01)
    assert "toxicity/v1/mean" not in metrics
