"""The environment and the command line of `make run`."""

from pathlib import Path

import pytest

from infra.local.failure import CannotRunError
from infra.local.settings import read_settings


def test_defaults() -> None:
    """Without any variable the site is on 8000, the local AWS on 8001, the data in .local."""
    settings = read_settings([], {})

    assert "http://127.0.0.1:8000" == settings.url
    assert "http://127.0.0.1:8001" == settings.aws_endpoint
    assert settings.functions_aws_endpoint == settings.aws_endpoint
    assert settings.local_dir == Path(".local").absolute()
    assert settings.log_dir == Path(".local/log").absolute()
    assert settings.template == Path("build/backend/sam.json").absolute()
    assert not settings.is_fresh
    assert settings.has_ses_events


def test_variables() -> None:
    """Every default can be chosen otherwise, and empty means: not chosen."""
    settings = read_settings(
        ["--site", "elsewhere"],
        {
            "PORT": "9000",
            "AWS_PORT": "9001",
            "FRESH": "1",
            "FUNCTIONS_AWS_ENDPOINT": "http://127.0.0.1:9002",
            "LOCAL_DIR": "data",
            "LOG_DIR": "",
        },
    )

    assert (settings.port, settings.aws_port) == (9000, 9001)
    assert "http://127.0.0.1:9002" == settings.functions_aws_endpoint
    assert settings.log_dir == Path("data/log").absolute()
    assert settings.site == Path("elsewhere").absolute()
    assert settings.is_fresh


@pytest.mark.parametrize("port", ["0", "65536", "-1", "8000.5", "http", "٨٠"])
def test_wrong_port(port: str) -> None:
    """A port that can't be one is refused by the name of its variable."""
    with pytest.raises(CannotRunError, match="AWS_PORT must be a port"):
        read_settings([], {"AWS_PORT": port})


def test_ses_events() -> None:
    """The events of SES can be switched off; a word that is neither on nor off is refused."""
    assert not read_settings([], {"SES_EVENTS": "off"}).has_ses_events
    with pytest.raises(CannotRunError, match="SES_EVENTS must be on or off"):
        read_settings([], {"SES_EVENTS": "0"})


def test_requests_per_second() -> None:
    """The limit of the gateway is the template's, unless another one is asked for."""
    assert read_settings([], {}).requests_per_second is None
    assert 1000 == read_settings([], {"REQUESTS_PER_SECOND": "1000"}).requests_per_second
    with pytest.raises(CannotRunError, match="REQUESTS_PER_SECOND must be a number"):
        read_settings([], {"REQUESTS_PER_SECOND": "0"})
