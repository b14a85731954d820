"""The site built a second time, and once below a path."""

import pytest

from tests.built_site import BELOW_A_PATH, Site, build, shared

__all__ = ["BELOW_A_PATH", "Site"]


@pytest.fixture(scope="session")
def site_again(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return build(tmp_path_factory.mktemp("again") / "site")


@pytest.fixture(scope="session")
def site_below_a_path(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return shared(tmp_path_factory, "below", BELOW_A_PATH)
