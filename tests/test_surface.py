"""The package's public surface: everything named, everything there, and quick to import."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import spanglass

SOURCE = Path(spanglass.__file__)


def test_every_public_name_is_there() -> None:
    for name in spanglass.__all__:
        assert getattr(spanglass, name) is not None, name


def test_type_checkers_and_python_see_the_same_names() -> None:
    (block,) = [node for node in ast.parse(SOURCE.read_text()).body if isinstance(node, ast.If)]
    checked = {
        (node.module, alias.name) for node in block.body if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    assert checked == {(room, name) for room, names in spanglass._ROOMS.items() for name in names}


def test_the_import_loads_nothing_heavy() -> None:
    heavy = ("pandas", "opentelemetry", "anywidget", "orjson")
    probe = f"import sys, spanglass; print([module for module in {heavy} if module in sys.modules])"
    printed = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == "[]"


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        _ = spanglass.nonsense
