"""Reads the golden filters."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.golden.traces import NOW, PARAMETERS, TRACES

FILE = Path(__file__).parent / "corpus.txt"
NEWEST_FIRST = [facts.trace_id for facts, *_ in TRACES]
NOW_MS = int(NOW.timestamp() * 1000)


@dataclass(frozen=True)
class Golden:
    """A filter and what is known of it."""

    section: str
    text: str
    means: str
    finds: list[str]
    says: str

    @property
    def params(self) -> dict[str, Any]:
        """The values of the parameters that it names."""
        return {name: value for name, value in PARAMETERS.items() if re.search(rf":{name}\b", self.text)}


def read(text: str) -> list[Golden]:
    """The filters of a text: lines at the margin are the filter, those behind a word belong to it."""
    found: list[Golden] = []
    section = ""
    for block in re.split(r"\n{2,}", text)[1:]:
        if block.startswith("##"):
            section = block.removeprefix("## ")
            continue
        lines = block.strip("\n").split("\n")
        known = {line[2:7]: line[9:] for line in lines if line.startswith("  ")}
        filter = "\n".join(line for line in lines if not line.startswith("  "))
        found.append(Golden(section, filter, known["means"], ids(known["finds"]), known.get("says ", "")))
    return found


def ids(said: str) -> list[str]:
    """Trace ids as they are written: each one, ``all``, ``none`` or ``all but …``."""
    words = said.split()
    if words == ["none"]:
        return []
    if words[0] == "all":
        return [trace_id for trace_id in NEWEST_FIRST if trace_id not in words[2:]]
    return words


GOLDEN = read(FILE.read_text(encoding="utf-8"))
