"""What is installed: a wheel that holds the built front end, and needs no Node."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder], cwd=ROOT, check=True)
    (built,) = folder.glob("*.whl")
    return zipfile.ZipFile(built)


def test_it_holds_the_bundle_the_samples_and_the_quickstart(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    for name in (
        "explorer/static/widget.js",
        "explorer/static/widget.css",
        "samples/quickstart.ipynb",
        "samples/evaluation.ipynb",
        "py.typed",
    ):
        assert f"spanglass/{name}" in names
    assert len([name for name in names if name.startswith("spanglass/samples/langfuse/")]) == 10
    assert wheel.getinfo("spanglass/explorer/static/widget.js").file_size > 50_000


def test_it_holds_no_sources_of_the_front_end_and_no_tests(wheel: zipfile.ZipFile) -> None:
    folders = {name.split("/")[0] for name in wheel.namelist()}
    assert {folder for folder in folders if not folder.endswith(".dist-info")} == {"spanglass"}


def test_installed_alone_it_shows_an_explorer(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    site, empty = tmp_path / "site", tmp_path / "empty"
    wheel.extractall(site)
    empty.mkdir()
    show = "import spanglass as sg; ex = sg.explore(); print(sg.__file__, len(str(ex._esm)), ex.boot['wire'])"
    shown = subprocess.run(
        [sys.executable, "-c", show],
        cwd=empty,
        env={"PYTHONPATH": str(site), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert shown.returncode == 0, shown.stderr
    place, size, wire = shown.stdout.split()
    assert place.startswith(str(site))
    assert int(size) > 50_000
    assert wire == "1"
