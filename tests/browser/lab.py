"""A real JupyterLab, or Notebook 7, with a real kernel, driven through its own commands."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import nbformat
from playwright.sync_api import Locator, Page

TOKEN = "spanglass"
START_S = 60
CLASS = {"jupyterlab": "LabApp", "notebook": "JupyterNotebookApp"}
PAGE = {"jupyterlab": "lab/tree", "notebook": "notebooks"}


def free_port() -> int:
    """A port of the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Until the server answers; fails with its log if it ends or does not come up."""
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        if server.poll() is not None:
            break
        try:
            urllib.request.urlopen(url, timeout=2).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"the server did not come up:\n{log.read_text()[-3000:]}")


class Lab:
    """One server on a folder of its own, isolated from the user's settings.

    `subshells` is the value of JupyterLab's setting "Kernel Comms over subshells"; `application` is `jupyterlab`, or
    `notebook` for Notebook 7.
    """

    def __init__(
        self,
        folder: Path,
        *,
        subshells: str = "perCommTarget",
        save_widgets: bool = False,
        application: str = "jupyterlab",
    ) -> None:
        self.folder = folder
        self.application = application
        self.port = free_port()
        settings = folder / ".settings"
        self._setting(settings, "apputils-extension", "notification", {"fetchNews": "false", "checkForUpdates": False})
        self._setting(settings, "apputils-extension", "kernels-settings", {"commsOverSubshells": subshells})
        widgets = settings / "@jupyter-widgets" / "jupyterlab-manager" / "plugin.jupyterlab-settings"
        widgets.parent.mkdir(parents=True)
        widgets.write_text(json.dumps({"saveState": save_widgets}))
        self.environment = os.environ | {
            "JUPYTERLAB_SETTINGS_DIR": str(settings),
            "JUPYTERLAB_WORKSPACES_DIR": str(folder / ".workspaces"),
            "JUPYTER_RUNTIME_DIR": str(folder / ".runtime"),
            "IPYTHONDIR": str(folder / ".ipython"),
        }

    @staticmethod
    def _setting(root: Path, extension: str, plugin: str, values: dict[str, Any]) -> None:
        file = root / "@jupyterlab" / extension / f"{plugin}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values))

    def __enter__(self) -> Lab:
        log = self.folder / ".server.log"
        options = [
            "--no-browser",
            "--allow-root",
            f"--port={self.port}",
            "--port-retries=0",
            f"--IdentityProvider.token={TOKEN}",
            f"--ServerApp.root_dir={self.folder}",
            f"--{CLASS[self.application]}.expose_app_in_browser=True",
            "--ServerApp.disable_check_xsrf=True",
        ]
        with log.open("wb") as out:
            self.server = subprocess.Popen(
                [sys.executable, "-m", self.application, *options],
                env=self.environment,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        wait_for(f"http://127.0.0.1:{self.port}/api?token={TOKEN}", self.server, log)
        return self

    def __exit__(self, *_: object) -> None:
        self.server.terminate()
        self.server.wait(30)

    def open(self, page: Page, notebook: str) -> LabNotebook:
        """Open a notebook of the folder and wait until its kernel is idle."""
        page.goto(f"http://127.0.0.1:{self.port}/{PAGE[self.application]}/{notebook}?token={TOKEN}&reset")
        page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=60_000)
        opened = LabNotebook(page)
        page.wait_for_function("!!window.jupyterapp?.commands.hasCommand('notebook:run-all-cells')")
        opened.wait_idle()
        page.wait_for_selector("#jupyterlab-splash", state="detached", timeout=60_000)
        return opened


class LabNotebook:
    """The notebook that is open in the page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def command(self, name: str, arguments: dict[str, Any] | None = None) -> None:
        """Start a JupyterLab command without waiting for its end."""
        self.page.evaluate(
            "([name, args]) => { window.jupyterapp.commands.execute(name, args); }", [name, arguments or {}]
        )

    def wait_idle(self) -> None:
        """Until the kernel has nothing to do."""
        self.page.wait_for_function(
            "window.jupyterapp.shell.currentWidget?.context?.sessionContext?.session?.kernel?.status === 'idle'",
            timeout=120_000,
        )

    def run_above(self, index: int) -> None:
        """Run every cell above this one, and wait until all have run."""
        self._go_to(index)
        self.command("notebook:run-all-above")
        end = time.monotonic() + 120
        while (left := self._not_run(index)) and time.monotonic() < end:
            time.sleep(0.2)
            raised = [said for n in range(index) if "ERROR: " in (said := self.text(n))]
            assert not raised, raised
        assert not left, f"cells {left} have not run"
        self.wait_idle()

    def _not_run(self, end: int) -> list[int]:
        """The code cells before `end` that have not run to their end."""
        return self.page.evaluate(
            """(end) => window.jupyterapp.shell.currentWidget.content.widgets.slice(0, end)
                 .flatMap((cell, n) => cell.model.type === 'code' && cell.model.executionCount === null ? [n] : [])""",
            end,
        )

    def start(self, index: int) -> None:
        """Run one cell without waiting for its end, and without moving to it."""
        self.page.evaluate(
            """(index) => {
                 const { content, context } = window.jupyterapp.shell.currentWidget;
                 content.deselectAll(); content.activeCellIndex = index;
                 window.jupyterapp.commands.execute('notebook:run-cell');
               }""",
            index,
        )

    def show(self, index: int) -> Locator:
        """Scroll a cell into view (JupyterLab takes cells out of the page that are not), and give it."""
        self._go_to(index)
        return self.cell(index)

    def cell(self, index: int) -> Locator:
        """A cell that is in view."""
        return self.page.locator(f'.jp-Notebook .jp-Cell[data-windowed-list-index="{index}"]')

    def text(self, index: int) -> str:
        """What a cell has printed or raised, whether it is in view or not."""
        return self.page.evaluate(
            """(index) => {
                 const { outputs } = window.jupyterapp.shell.currentWidget.content.widgets[index].model;
                 return [...Array(outputs?.length ?? 0).keys()].map((n) => outputs.get(n).toJSON())
                   .map(({ text, evalue }) => [text ?? '', evalue ? `ERROR: ${evalue}` : ''].flat().join('')).join('');
               }""",
            index,
        )

    def wait_text(self, index: int, part: str, timeout_s: float = 60) -> str:
        """Until a cell has printed this, or raised; gives all that it has printed."""
        end = time.monotonic() + timeout_s
        while part not in (said := self.text(index)):
            assert time.monotonic() < end, f"cell {index} did not print {part!r} but {said!r}"
            time.sleep(0.05)
        return said

    def _go_to(self, index: int) -> None:
        self.page.evaluate(
            """async (index) => {
                 const { content } = window.jupyterapp.shell.currentWidget;
                 content.deselectAll(); content.activeCellIndex = index;
                 await content.scrollToItem(index, 'start');
               }""",
            index,
        )


def write_notebook(path: Path, *cells: str) -> Path:
    """A notebook of these code cells."""
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )
    nbformat.write(notebook, path)
    return path
