"""Finds the browser that the tests drive, or installs one.

`python tests/browser/chromium.py` prints its path; with `--install` it gets one first if there is none:
Playwright's own build, or as root on Debian the package `chromium`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ARGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking"]
HOW_TO_GET_ONE = (
    "No Chromium was found, and without one the browser tests cannot run. Set CHROMIUM to the path of a Chromium "
    "or Chrome, run `playwright install chromium`, or on Debian `apt-get install chromium`."
)


class NoBrowser(RuntimeError):
    """There is no browser, and none could be installed."""


def playwrights_own() -> str | None:
    """The path of the Chromium that `playwright install` puts there, if it has been run."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def find() -> str:
    """The path of a Chromium: $CHROMIUM, then one on PATH, then Playwright's own."""
    named = os.environ.get("CHROMIUM")
    if named:
        found = shutil.which(named)
        if found is None:
            raise NoBrowser(f"CHROMIUM is set to {named!r}, which is not a program that can be run. {HOW_TO_GET_ONE}")
        return found
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return found
    own = playwrights_own()
    if own is None:
        raise NoBrowser(HOW_TO_GET_ONE)
    return own


def install() -> str:
    """Find a browser, else install one."""
    try:
        return find()
    except NoBrowser:
        if os.environ.get("CHROMIUM"):
            raise
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    if playwrights_own() is None and hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        packages = ["chromium", "fonts-dejavu-core"]
        subprocess.run(["apt-get", "update", "-q"], check=False)
        subprocess.run(["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages], check=False)
    return find()


if __name__ == "__main__":
    try:
        print(install() if "--install" in sys.argv[1:] else find())
    except NoBrowser as problem:
        sys.exit(str(problem))
