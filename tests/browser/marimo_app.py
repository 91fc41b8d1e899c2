"""A real marimo server that runs one notebook."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.browser.lab import free_port, wait_for


class Marimo:
    """`marimo run` on a notebook, in the notebook's folder, on a loopback port."""

    def __init__(self, notebook: Path) -> None:
        self.notebook = notebook
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/"

    def __enter__(self) -> Marimo:
        folder = self.notebook.parent
        log = folder / "marimo.log"
        options = ["--headless", "--host=127.0.0.1", f"--port={self.port}", "--no-token"]
        with log.open("wb") as out:
            self.server = subprocess.Popen(
                [sys.executable, "-m", "marimo", "-q", "-y", "run", str(self.notebook), *options],
                cwd=folder,
                env=os.environ | {"XDG_CONFIG_HOME": str(folder / ".config"), "XDG_CACHE_HOME": str(folder / ".cache")},
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        wait_for(self.url, self.server, log)
        return self

    def __exit__(self, *_: object) -> None:
        self.server.terminate()
        self.server.wait(30)
