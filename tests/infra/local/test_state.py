"""Ports and data that belong to one run at a time."""

import socket
from dataclasses import replace

import pytest

from infra.local import state
from infra.local.failure import CannotRunError
from infra.local.settings import HOST, Settings


def test_free_ports(settings: Settings) -> None:
    """Nothing is said when both ports are free."""
    state.require_free_ports(settings)


def test_taken_port(settings: Settings) -> None:
    """One line says which port is taken and by which variable to choose another."""
    with (
        socket.create_server((HOST, settings.aws_port)),
        pytest.raises(CannotRunError) as failure,
    ):
        state.require_free_ports(settings)

    assert str(failure.value).startswith(f"Port {settings.aws_port} is taken")
    assert "AWS_PORT=" in str(failure.value)
    assert "\n" not in str(failure.value)


def test_port_of_all_interfaces(settings: Settings) -> None:
    """A port that another program has on every address is taken too."""
    with (
        socket.create_server(("", settings.port)),
        pytest.raises(CannotRunError, match=f"Port {settings.port} is taken"),
    ):
        state.require_free_ports(settings)


def test_one_port_for_both(settings: Settings) -> None:
    """The site and the local AWS can't have the same port."""
    with pytest.raises(CannotRunError, match="both"):
        state.require_free_ports(replace(settings, aws_port=settings.port))


def test_claimed_twice(settings: Settings) -> None:
    """A second run on the same data is refused, until the first has ended."""
    with (
        state.claimed(settings),
        pytest.raises(CannotRunError, match="Another run uses"),
        state.claimed(settings),
    ):
        pass

    with state.claimed(settings):
        pass


def test_forget(settings: Settings) -> None:
    """A fresh start removes what earlier runs kept, not the logs nor what else lies there."""
    for name in ("aws/state/dynamodb.json", "mail/1.eml", "log/aws.log", "notes.txt", "env"):
        path = settings.local_dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    state.forget(settings)

    left = sorted(p.name for p in settings.local_dir.rglob("*") if p.is_file())
    assert ["aws.log", "notes.txt"] == left


def test_forget_nothing(settings: Settings) -> None:
    """A fresh start may be the first one."""
    state.forget(settings)
