"""The running system and the built site, for every suite that needs them."""

import logging

from tests.built_site import site
from tests.stack import stack

# Pelican, which was just imported, makes every later logger one that says a thing only once.
logging.setLoggerClass(logging.Logger)

__all__ = ["site", "stack"]
