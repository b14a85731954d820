"""Powertools for AWS Lambda: its router."""

from typing import Any
from urllib.parse import parse_qsl

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from registrations import InvalidError, cleaned, keep

app = APIGatewayRestResolver()


@app.post("/api/registrations")
def registrations() -> Response[str]:
    try:
        reference = keep(cleaned(dict(parse_qsl(app.current_event.decoded_body or ""))))
    except InvalidError as error:
        return Response(status_code=422, body=str(error))
    return Response(status_code=303, headers={"Location": f"/bedankt/?ref={reference}"}, body="")


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return app.resolve(event, context)
