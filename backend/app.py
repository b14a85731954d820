"""
The entry points of the functions: read the event, call one function, answer.

Chalice makes a Lambda function of each decorated function below, and `infra/template.yaml` gives
each its role, memory and time-out. This module is imported while packaging, without settings: it
reads nothing and opens nothing.
"""

import logging
import traceback
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from chalice.app import (
    Chalice,
    CloudWatchEvent,
    DynamoDBEvent,
    DynamoDBRecord,
    Rate,
    Request,
    Response,
)

from chalicelib import api, bootstrap
from chalicelib.domain.site import HEALTH, REGISTRATIONS, SEARCH, THANKS
from chalicelib.store import is_registration, read_registration

app = Chalice(app_name="mijnbuddy")
app.log.setLevel(logging.INFO)

log = logging.getLogger("chalicelib")
log.setLevel(logging.INFO)
if not logging.getLogger().handlers:  # Lambda's runtime has one, a local one may not
    logging.basicConfig(format="%(levelname)s %(name)s %(message)s")

# The real address of the stream comes from infra/template.yaml, by CloudFormation.
STREAM = "arn:aws:dynamodb:eu-central-1:000000000000:table/placeholder/stream/placeholder"
SPARE_SECONDS = 40  # a sweep takes no new work this long before its end: a send may take 33


@app.route(REGISTRATIONS, methods=["POST"], content_types=["*/*"])
def registrations() -> Response:
    return _respond(
        lambda: api.post_registration(
            _request(), bootstrap.store(), bootstrap.pages(), bootstrap.now()
        )
    )


@app.route(REGISTRATIONS, methods=["GET"])
def form() -> Response:
    """Where a visitor arrives who asks again for the page with her errors."""
    return _respond(lambda: api.to_the_form(bootstrap.pages()))


@app.route(HEALTH)
def health() -> Response:
    return _respond(lambda: api.health(bootstrap.store().check))


@app.route(THANKS.rstrip("/"))  # API Gateway takes the slash off an address
def thanks() -> Response:
    return _respond(lambda: api.thanks(_query("ref"), bootstrap.pages()))


@app.route(SEARCH.rstrip("/"))
def search() -> Response:
    return _respond(lambda: api.search(_query("q"), bootstrap.pages()))


@app.on_dynamodb_record(stream_arn=STREAM, name="forward")
def forward(event: DynamoDBEvent) -> dict[str, Any]:
    """Woken by each new registration; one that fails is offered again, alone."""
    from chalicelib.forward import forward as forward_one

    desk = bootstrap.desk(bootstrap.now)
    return _each(event, lambda record: forward_one(read_registration(record.new_image), desk))


@app.on_dynamodb_record(stream_arn=STREAM, name="project")
def project(event: DynamoDBEvent) -> dict[str, Any]:
    """Woken by each change of a registration: writes what happened to the ledger."""
    from chalicelib.projection import project as project_one

    def write(record: DynamoDBRecord) -> None:
        before = read_registration(record.old_image) if record.old_image else None
        project_one(before, read_registration(record.new_image), bootstrap.store())

    return _each(event, write)


@app.schedule(Rate(1, unit=Rate.MINUTES), name="sweep")
def sweep(event: CloudWatchEvent) -> dict[str, int]:
    """Forwards whatever is due and was not: the guarantee behind the stream."""
    from chalicelib.forward import sweep as sweep_due

    context: Any = event.context

    def has_time() -> bool:
        return bool(context.get_remaining_time_in_millis() > SPARE_SECONDS * 1000)

    return {"due": sweep_due(bootstrap.desk(bootstrap.ticking(_moment(event))), has_time)}


@app.schedule(Rate(1, unit=Rate.DAYS), name="repair")
def repair(event: CloudWatchEvent) -> dict[str, int]:  # noqa: ARG001 (Chalice passes it)
    """Compares the ledger with the registrations and adds what the stream missed."""
    from chalicelib.projection import repair as repair_ledger

    return {"missing": repair_ledger(bootstrap.store(), bootstrap.now())}


def _each(event: DynamoDBEvent, act: Callable[[DynamoDBRecord], object]) -> dict[str, Any]:
    """
    Act on each registration in a batch, also after one that fails.

    Names the first failure, so that Lambda offers the batch again from there: acting twice on
    the others changes nothing.
    """
    failed: list[str] = []
    for record in event:
        if not is_registration(record.keys) or not record.new_image:
            continue
        try:
            act(record)
        except Exception as error:  # whatever it is, the others must go on
            log.error("stream record failed: %s", type(error).__name__)
            failed.append(record.sequence_number)
    return {"batchItemFailures": [{"itemIdentifier": number} for number in failed[:1]]}


def _current() -> Request:
    if app.current_request is None:
        raise RuntimeError("only a view has a request")
    return app.current_request


def _request() -> api.Request:
    body = _current().raw_body or b""
    return api.Request(
        headers={name.lower(): value for name, value in _current().headers.items()},
        body=body if isinstance(body, bytes) else body.encode(),
    )


def _query(name: str) -> str:
    parameters: Mapping[str, str] = _current().query_params or {}
    return parameters.get(name) or ""


def _respond(view: Callable[[], api.Answer]) -> Response:
    try:
        answer = view()
    except Exception as error:  # Chalice would log its message, which may quote what was typed
        place = traceback.extract_tb(error.__traceback__)[-1]
        log.error("request failed: %s (%s:%s)", type(error).__name__, place.name, place.lineno)
        answer = api.fault(_request(), bootstrap.pages())
    return Response(body=answer.body, status_code=answer.status, headers=dict(answer.headers))


def _moment(event: CloudWatchEvent) -> datetime:
    return datetime.fromisoformat(event.to_dict()["time"])
