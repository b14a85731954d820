"""What is put together from the environment."""

import os

import pytest

from chalicelib import bootstrap
from tests.backend.aws import secrets

pytestmark = pytest.mark.usefixtures("aws")


class TestSigningKeys:
    def test_never_rotated(self) -> None:
        """
        A new secret is the one key.
        """
        assert (b"k" * 64,) == bootstrap.signing_keys()

    def test_rotated(self) -> None:
        """
        After a rotation the new key is the first, and the previous one is still there.
        """
        secrets().put_secret_value(SecretId=os.environ["SIGNING_KEY_ARN"], SecretString="n" * 64)

        assert (b"n" * 64, b"k" * 64) == bootstrap.signing_keys()

    def test_kept(self) -> None:
        """
        A warm function asks once, and again when the keys it knows are old.
        """
        this_time, next_time = 1, 2
        bootstrap._signing_keys(this_time)
        secrets().put_secret_value(SecretId=os.environ["SIGNING_KEY_ARN"], SecretString="n" * 64)

        assert (b"k" * 64,) == bootstrap._signing_keys(this_time)
        assert (b"n" * 64, b"k" * 64) == bootstrap._signing_keys(next_time)
