"""The live reload of `make site-dev`, running on a copy of the tree that may be edited."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.stack import free_port

ROOT = Path(__file__).parents[1]
TREE = ("backend", "docs", "infra", "media", "site")
WAIT = 60  # seconds: what a busy machine may need for a build or two


class Server:
    """The server on its own copy of the tree, which is made in an empty folder."""

    def __init__(self, tree: Path) -> None:
        for folder in TREE:
            shutil.copytree(ROOT / folder, tree / folder)
        shutil.copy(ROOT / "pelicanconf.py", tree)
        self.tree, self.port = tree, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.output = tree / "output"

    def start(self) -> None:
        paths = (self.tree / "backend", self.tree / "site/plugins", self.tree)
        environment = {
            "PATH": os.environ["PATH"],
            "PORT": str(self.port),
            "PYTHONPATH": os.pathsep.join(map(str, paths)),  # before the tree that is installed
        }
        with self.output.open("wb") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "infra.site_dev"],
                cwd=self.tree,
                env=environment,
                stdout=said,
                stderr=said,
            )
        self.wait_for("Built")

    def stop(self) -> int:
        """As Ctrl-C does; how it ended."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(10)

    @property
    def said(self) -> str:
        return self.output.read_text(encoding="utf-8")

    def wait_for(self, words: str) -> None:
        end = time.monotonic() + WAIT
        while words not in self.said:
            assert self.process.poll() is None, self.said
            assert time.monotonic() < end, self.said
            time.sleep(0.05)

    @contextmanager
    def edited(self, file: Path, before: str, after: str) -> Iterator[None]:
        """A file with something else in it, and as it was afterwards."""
        path = self.tree / file
        was = path.read_text(encoding="utf-8")
        path.write_text(was.replace(before, after), encoding="utf-8")
        try:
            yield
        finally:
            path.write_text(was, encoding="utf-8")
