"""Keeps what was measured in `docs/benchmarks.md`: each part replaces what it said before."""

import os
import platform
import re
from datetime import UTC, datetime
from pathlib import Path


def machine() -> str:
    """What was measured on, and how busy it was: ratios hold elsewhere too, seconds do not."""
    processor = _processor()
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {platform.system()} {platform.machine()}, "
        f"{processor}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, "
        f"Python {platform.python_version()}"
    )


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    names = re.findall(r"model name\s*: (.+)", info.read_text()) if info.exists() else []
    return names[0] if names else platform.processor() or "processor not known"


def replaced(document: str, part: str, text: str) -> str:
    """
    The document with another text in a part.

    Raises ValueError where it has no such part.
    """
    begin, end = f"<!-- {part}: written by make bench -->", f"<!-- end of {part} -->"
    before, found, rest = document.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"the document has no part {part}")
    return f"{before}{begin}\n\n```text\n{text.strip()}\n```\n\n{end}{after}"
