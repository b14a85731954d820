"""The running system, for every suite that needs it."""

from tests.stack import stack

__all__ = ["stack"]
