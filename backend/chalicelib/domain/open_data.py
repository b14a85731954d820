"""What all open data of ours share: the licence, and how a search engine for data is told of it."""

from collections.abc import Mapping
from typing import Any

LICENCE = "CC BY 4.0"
LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"
PACKAGE_LICENCE = {"name": "CC-BY-4.0", "title": LICENCE, "path": LICENCE_URL}
"""The same in the words of a Frictionless data package."""


def dataset_of(title: str, what: str, files: Mapping[str, str], **more: object) -> dict[str, Any]:
    """Open data of ours in the words of schema.org (and DCAT): each address with its type."""
    return {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": title,
        "description": what,
        "license": LICENCE_URL,
        "inLanguage": "nl",
        "isAccessibleForFree": True,
        "spatialCoverage": ["Vlaanderen", "Brussel"],
        **more,
        "distribution": [
            {"@type": "DataDownload", "encodingFormat": kind, "contentUrl": address}
            for address, kind in files.items()
        ],
    }
