"""Builds the front end into the package, so that an installed wheel needs no Node."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
BUNDLE = ROOT / "src" / "spanglass" / "explorer" / "static" / "widget.js"


def is_stale() -> bool:
    """Whether a source of the bundle is newer than the bundle. Without sources the bundle is taken as it is."""
    if not BUNDLE.exists():
        return True
    built = BUNDLE.stat().st_mtime
    sources = [*(ROOT / "js").rglob("*.ts*"), *(ROOT / "js").rglob("*.css"), ROOT / "package-lock.json"]
    return any(path.stat().st_mtime > built for path in sources if path.exists())


class BuildFrontEnd(BuildHookInterface):  # type: ignore[type-arg]
    """Runs `npm ci` and `npm run build` when the bundle is missing or older than its sources."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if not is_stale():
            return
        npm = shutil.which("npm")
        if npm is None:
            raise RuntimeError(
                "Building spanglass from source needs Node 20 or later: npm was not found on PATH. "
                "Install Node, or install a released wheel, which holds the built front end."
            )
        subprocess.run([npm, "ci", "--no-audit", "--no-fund"], cwd=ROOT, check=True)
        subprocess.run([npm, "run", "build"], cwd=ROOT, check=True)
