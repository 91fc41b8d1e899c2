"""The `spanglass` command: what it prints, and how it says what is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from spanglass.cli import lay_notebooks, main
from spanglass.entities import Batch, Span
from spanglass.store import Store

FILE = Path(__file__).parent / "data" / "formats" / "logfire.otlp.json"


@pytest.fixture
def store(tmp_path: Path) -> str:
    """The path of a store with a trace that is well and one that is not."""
    path = str(tmp_path / "s.db")
    with Store(path) as opened:
        opened.write(
            Batch(
                [
                    Span("a", "1", "fine", status="OK", end_time_ns=10**9),
                    Span("b", "2", "broken", status="ERROR", start_time_ns=10**9, end_time_ns=10**9),
                ]
            )
        )
    return path


def test_import_says_what_came_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", str(FILE), "--store", str(tmp_path / "new.db")]) == 0
    assert "4 traces, 8 spans" in capsys.readouterr().out


def test_the_demo_has_both_notebooks_and_keeps_what_was_written_into_one(tmp_path: Path) -> None:
    (tmp_path / "evaluation.ipynb").write_text("mine")
    lay_notebooks(tmp_path)
    assert (tmp_path / "evaluation.ipynb").read_text() == "mine"
    (tmp_path / "evaluation.ipynb").unlink()
    lay_notebooks(tmp_path)
    for name in ("quickstart.ipynb", "evaluation.ipynb"):
        assert json.loads((tmp_path / name).read_text())["cells"]


def test_search_prints_each_column_once(store: str, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["search", "status = 'ERROR'", "--store", store, "--field", "status", "--field", "root.name", "--csv"]
    assert main(arguments) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines == ["request_id,timestamp_ms,status,execution_time_ms,root.name", "b,1000,ERROR,0,broken"]


def test_a_search_that_finds_nothing_says_why_without_a_place_in_the_code(
    store: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["search", "status = 'IN_PROGRESS'", "--store", store]) == 0
    shown = capsys.readouterr()
    assert shown.out == "no traces\n"
    assert shown.err == "spanglass: nothing matches: status = 'IN_PROGRESS' 0\n"
    assert ".py" not in shown.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["search", "latncy > 2s"], "\nlatncy > 2s\n^^^^^^ no field 'latncy'\ndid you mean latency?\n"),
        (["explain", "latncy > 2s"], "\nlatncy > 2s\n^^^^^^ no field 'latncy'\ndid you mean latency?\n"),
        (["search", "--store", "{tmp}"], "is a folder"),
        (["search", "--store", "{tmp}/none/s.db"], "there is no folder"),
        (["import", "{tmp}/none.json"], "there is no such file"),
    ],
)
def test_what_is_wrong_is_said_in_words(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([argument.format(tmp=tmp_path) for argument in arguments]) == 1
    error = capsys.readouterr().err
    assert error.startswith("spanglass: ")
    assert said in error


def test_a_limit_that_is_no_number_of_rows(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["search", "--limit", "0"])
    assert "--limit: a whole number of at least 1, not '0'" in capsys.readouterr().err


def test_a_search_says_what_may_not_be_meant(store: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "status = 'error'", "--store", store]) == 0
    said = capsys.readouterr().err
    assert "\nstatus = 'error'\n         ^^^^^^^ case counts\ndid you mean 'ERROR'?\n" in said
    assert "nothing matches: status = 'error' 0" in said


def test_explain_says_what_is_meant_and_what_would_be_done(store: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "status = 'ERROR'", "--store", store]) == 0
    meaning, plan, sql, *_ = capsys.readouterr().out.split("\n\n")
    assert "ERROR" in meaning
    assert "index trace_" in plan
    assert "SELECT" in sql


def test_check_says_what_is_wrong_or_not_meant(store: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "status = 'OK'", "--store", store]) == 0
    assert capsys.readouterr().out == ""
    assert main(["check", "status = 'ok'", "--store", store]) == 0
    warned = "warning (case):\nstatus = 'ok'\n         ^^^^ case counts\ndid you mean 'OK'?\n"
    assert capsys.readouterr().out == f"{warned}  did you mean 'OK'?: status = 'OK'\n"
    assert main(["check", "status = OK", "--store", store]) == 1
    assert capsys.readouterr().out.startswith("error (unquoted):\nstatus = OK\n         ^^ text needs quotes\n")
