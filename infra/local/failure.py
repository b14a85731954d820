"""The one way in which `make run` gives up."""


class CannotRunError(Exception):
    """The message says to whoever ran it what is wrong and what to do; no traceback needed."""
