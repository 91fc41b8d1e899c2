"""The rooms of the house import one way only."""

from __future__ import annotations

import ast
from pathlib import Path

import spanglass

HOUSE = Path(spanglass.__file__).parent

# Each room may import itself, the rooms of the lines above its own, and those that stand in the same line with it.
ORDER = [
    {"limits"},
    {"entities"},
    {"filters"},
    {"store"},
    {"engines"},
    {"capture", "formats", "frames", "client", "samples"},
    {"evaluation"},
    {"explorer"},
    {"cli"},
]
LEVEL = {room: level for level, rooms in enumerate(ORDER) for room in rooms}

# What a room must not know of, wherever it may come from.
UNKNOWN_TO = {
    "entities": {"pandas", "sqlite3", "opentelemetry"},
    "filters": {"sqlite3", "sqlite_utils", "pandas"},
    "explorer": {"sqlite3", "sqlite_utils"},
}


def room_of(file: Path) -> str:
    return file.relative_to(HOUSE).parts[0].removesuffix(".py")


def imports(file: Path) -> set[str]:
    """The modules that a file imports, also inside functions."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


FILES = [file for file in HOUSE.rglob("*.py") if room_of(file) in LEVEL]


def test_every_room_has_its_place() -> None:
    rooms = {room_of(file) for file in HOUSE.rglob("*.py")} - {"__init__", "__main__"}
    assert rooms == set(LEVEL)


def test_imports_run_one_way() -> None:
    wrong = []
    for file in FILES:
        rooms = {parts[1] for module in imports(file) if (parts := module.split("."))[0] == "spanglass" and parts[1:]}
        above = sorted(room for room in rooms & LEVEL.keys() if LEVEL[room] > LEVEL[room_of(file)])
        wrong += [f"{file.relative_to(HOUSE)} imports {room}" for room in above]
    assert wrong == []


def test_rooms_do_not_know_what_is_not_theirs() -> None:
    wrong = []
    for file in FILES:
        unknown = UNKNOWN_TO.get(room_of(file), set())
        wrong += [f"{file.relative_to(HOUSE)} imports {m}" for m in imports(file) if m.split(".")[0] in unknown]
    assert wrong == []
