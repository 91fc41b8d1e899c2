"""Real traces to look at: ten agents recorded with Langfuse, five evaluation logs of Inspect AI.

Where they are from, and their licences, is in the README.md beside this file.
"""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).parent


def sample_files() -> list[Path]:
    """The sample files, in the order of their names, Inspect's before Langfuse's.

    >>> len(sample_files())
    15
    """
    return [
        file
        for folder in ("inspect", "langfuse")
        for file in sorted((_HERE / folder).iterdir())
        if file.suffix in (".eval", ".json")
    ]
