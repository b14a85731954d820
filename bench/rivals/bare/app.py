"""A handler without any framework."""

import base64
from typing import Any
from urllib.parse import parse_qsl

from registrations import InvalidError, cleaned, keep


def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    body = event["body"] or ""
    if event.get("isBase64Encoded"):
        body = base64.b64decode(body).decode()
    try:
        reference = keep(cleaned(dict(parse_qsl(body))))
    except InvalidError as error:
        return {"statusCode": 422, "body": str(error)}
    return {"statusCode": 303, "headers": {"Location": f"/bedankt/?ref={reference}"}, "body": ""}
