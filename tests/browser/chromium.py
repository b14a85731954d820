"""
Finds a Chromium for the browser tests, and installs one where there is none.

The one there, else Playwright's own, else Debian's. `python tests/browser/chromium.py` prints
where it is, or says how to get one.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


# Chromium asks the network for updates and more at its start, and imitates a graphics card where
# there is none: not here.
QUIET = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--disable-gpu",
]


@contextmanager
def launched() -> Iterator[Browser]:
    """A running Chromium, without a window."""
    path = find()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


def find() -> str | None:
    """The path of a Chromium on this machine; `CHROMIUM` names another one."""
    for name in filter(None, (os.environ.get("CHROMIUM"), *NAMES)):
        if found := shutil.which(name):
            return found
    return _playwrights()


def _playwrights() -> str | None:
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def install() -> None:
    """Try Playwright's download, then Debian's package; says nothing when both fail."""
    attempts: list[list[list[str]]] = [
        [[sys.executable, "-m", "playwright", "install", "chromium-headless-shell", "chromium"]],
        [
            ["apt-get", "update", "-qq"],
            ["apt-get", "install", "-qq", "-y", "--no-install-recommends", "chromium"],
        ],
    ]
    for commands in attempts:
        if all(_succeeds(command) for command in commands) and find():
            return


def _succeeds(command: list[str]) -> bool:
    if not shutil.which(command[0]):
        return False
    done = subprocess.run(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
    )
    return done.returncode == 0


if __name__ == "__main__":
    if not find():
        print("No Chromium here: installing one for the browser tests.", file=sys.stderr)
        install()
    if not find():
        sys.exit("No Chromium could be installed. Install one, or set CHROMIUM to its path.")
