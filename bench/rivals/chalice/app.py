"""Chalice, as its own `chalice package` ships it."""

from urllib.parse import parse_qsl

from chalice import Chalice, Response
from registrations import InvalidError, cleaned, keep

app = Chalice(app_name="rival")


@app.route(
    "/api/registrations", methods=["POST"], content_types=["application/x-www-form-urlencoded"]
)
def registrations() -> Response:
    try:
        reference = keep(cleaned(dict(parse_qsl(app.current_request.raw_body.decode()))))
    except InvalidError as error:
        return Response(str(error), status_code=422)
    return Response("", status_code=303, headers={"Location": f"/bedankt/?ref={reference}"})
