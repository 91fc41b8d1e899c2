"""The `spanglass` command: what it prints, and how it says what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from spanglass.cli import main
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
    assert shown.err.startswith("spanglass: no trace matches.")
    assert ".py" not in shown.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["search", "latncy > 2s"], "no field 'latncy'"),
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
