"""The notebook that shows what the explorer can do, a cell for each: it runs from an empty folder."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

TOUR = Path(__file__).parents[2] / "notebooks" / "tour.ipynb"
WIDGET = "application/vnd.jupyter.widget-view+json"


@pytest.fixture(scope="module")
def cells(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """The notebook's cells, executed in an empty folder."""
    folder = tmp_path_factory.mktemp("tour")
    notebook = nbformat.read(TOUR, 4)
    client = NotebookClient(notebook, timeout=240, store_widget_state=False, resources={"metadata": {"path": folder}})
    client.execute()
    return list(notebook.cells)


def shown(cell: Any) -> set[str]:
    """The kinds of what a cell shows."""
    return {kind for output in cell.outputs for kind in output.get("data", {})}


def test_labels_are_declared_in_a_cell_that_shows_an_explorer(cells: list[Any]) -> None:
    (cell,) = [cell for cell in cells if cell.cell_type == "code" and "labels=" in cell.source]
    assert WIDGET in shown(cell)


def test_the_list_is_grouped_and_the_groups_are_a_frame(cells: list[Any]) -> None:
    grouped, frame = [cell for cell in cells if cell.cell_type == "code" and "group" in cell.source]
    assert WIDGET in shown(grouped)
    assert "gpt-4o-mini-2024-07-18" in frame.outputs[0]["data"]["text/plain"]


def test_two_traces_are_compared_in_an_explorer_and_as_a_frame(cells: list[Any]) -> None:
    shows, frame = [cell for cell in cells if cell.cell_type == "code" and cell.id in ("tour-31", "tour-33")]
    assert WIDGET in shown(shows)
    assert "duration_change" in frame.outputs[0]["data"]["text/plain"]


def test_a_trace_is_open_whose_graph_can_be_seen(cells: list[Any]) -> None:
    (cell,) = [cell for cell in cells if cell.id == "tour-35"]
    assert WIDGET in shown(cell)


def test_a_file_to_send_is_written(cells: list[Any]) -> None:
    (cell,) = [cell for cell in cells if "snapshot" in cell.source and cell.cell_type == "code"]
    assert "report.html" in cell.outputs[0]["data"]["text/plain"]


def test_nothing_is_warned_of(cells: list[Any]) -> None:
    said = [output["text"] for cell in cells for output in cell.get("outputs", []) if output.get("name") == "stderr"]
    assert said == []


def test_it_is_kept_without_outputs_and_each_step_is_told_in_words() -> None:
    notebook = nbformat.read(TOUR, 4)
    kinds = [cell.cell_type for cell in notebook.cells]
    assert all(cell.outputs == [] for cell in notebook.cells if cell.cell_type == "code")
    assert all(before == "markdown" for before, kind in pairwise(kinds) if kind == "code")
