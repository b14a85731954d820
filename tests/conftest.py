"""
The running system and the built site, for every suite that needs them; repeatable random examples;
and what runs when.
"""

import gc
import logging
import os
from collections import Counter

import pytest
from hypothesis import HealthCheck, settings

from tests.built_site import site
from tests.rights.plugin import (
    pytest_configure,
    pytest_sessionfinish,
    pytest_terminal_summary,
    pytest_testnodedown,
)
from tests.stack import stack

# Pelican, which was just imported, makes every later logger one that says a thing only once.
logging.setLoggerClass(logging.Logger)

# The same examples in every run, and no deadline: a busy machine must not make a test fail.
settings.register_profile(
    "repeatable",
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("repeatable")

__all__ = [
    "pytest_configure",
    "pytest_sessionfinish",
    "pytest_terminal_summary",
    "pytest_testnodedown",
    "site",
    "stack",
]

# Thousands of tests make little that goes in circles: to look for it so often takes a fifth of the
# processor.
gc.set_threshold(20_000, 20, 50)

# Where one file may take a minute; what begins last must be short.
LONG = ("tests/chain/", "tests/browser/", "tests/site/", "tests/corpus/")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: the tests of the running system mostly wait."""
    return 1 + (os.cpu_count() or 1)


def pytest_collection_finish() -> None:
    """Modules and tests stay until the end: the collector need not go through them again."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take long, for no worker to be alone with one at the end."""
    file = {item: item.nodeid.partition("::")[0] for item in items}
    size = Counter(file.values())
    items.sort(key=lambda item: (_rank(file[item]), -size[file[item]], file[item]))


def _rank(file: str) -> int:
    return next((rank for rank, folder in enumerate(LONG) if file.startswith(folder)), len(LONG))
