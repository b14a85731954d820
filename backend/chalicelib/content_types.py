"""What a browser is told of a file of ours, by how its name ends."""

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "schema.json": "application/schema+json; charset=utf-8",
    "vcf": "text/vcard; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def content_type(name: str) -> str:
    """
    Of a name or a path: the ending is all from its first dot. Raises KeyError for an ending that
    is not in the list.
    """
    return CONTENT_TYPES[name.rpartition("/")[2].partition(".")[2]]
