"""
Publishes the description of the API, which lives with the docs, at `/openapi.yaml`: a program finds
it on the site that it describes. Its type is `application/yaml` (RFC 9512).
"""

import shutil
from pathlib import Path
from typing import Any

from pelican import signals


def publish(pelican: Any) -> None:
    """Copy the file when the site has been written."""
    description = Path(pelican.settings["API_DESCRIPTION"])
    shutil.copyfile(description, Path(pelican.output_path, description.name))


def register() -> None:
    signals.finalized.connect(publish)
