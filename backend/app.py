"""
The entry points of the functions: read the event, call one function, answer.

Chalice makes a Lambda function of each decorated function below, and `infra/template.yaml` gives
each its role, memory and time-out. This module is imported while packaging, without settings: it
reads nothing and opens nothing.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from chalice.app import (
    Chalice,
    CloudWatchEvent,
    Cron,
    DynamoDBEvent,
    DynamoDBRecord,
    Rate,
    Request,
    Response,
    SQSEvent,
)

from chalicelib import api, bootstrap, logs, web
from chalicelib.domain.contact_code import Entered
from chalicelib.domain.site import (
    CONFIRM,
    CONFIRM_CONTACT,
    HEALTH,
    REGISTRATIONS,
    REVIEW,
    SEARCH,
    STATUS,
    THANKS,
    TOKEN,
)
from chalicelib.domain.suspicion import visitor_of
from chalicelib.reviewing import Review
from chalicelib.store import is_outbox, is_registration, read_outbox, read_registration

app = Chalice(app_name="mijnbuddy", configure_logs=False)
log = logs.Log("chalicelib.app")
if function := bootstrap.function_name():  # while packaging, and in tests, logs are not ours
    logs.set_up(function)

# The real address of the stream comes from infra/template.yaml, by CloudFormation.
STREAM = "arn:aws:dynamodb:eu-central-1:000000000000:table/placeholder/stream/placeholder"
# The same goes for the queue of SES's events.
MAIL_EVENTS = "arn:aws:sqs:eu-central-1:000000000000:placeholder"
SPARE_SECONDS = 40
"""A run takes no new work this long before its end: sending a mail may take 33."""


class FunctionFailedError(Exception):
    """What leaves a function that failed: the type of the fault, without its text."""


@app.middleware("all")
def without_text(event: Any, get_response: Callable[[Any], Any]) -> Any:
    """Lambda logs the text of an exception that leaves a function: it may quote a person."""
    try:
        return get_response(event)
    except Exception as error:
        log.error("function failed", fault=error)
        raise FunctionFailedError(type(error).__name__) from None


@app.route(REGISTRATIONS, methods=["POST"], content_types=["*/*"])
def registrations() -> Response:
    return _respond(
        lambda: api.post_registration(
            _request(),
            bootstrap.store(),
            bootstrap.pages(),
            bootstrap.signing_keys,
            bootstrap.now(),
        )
    )


@app.route(REGISTRATIONS, methods=["GET"])
def form() -> Response:
    """Where a visitor arrives who asks again for the page with her errors."""
    return _respond(lambda: api.to_the_form(bootstrap.pages()))


@app.route(TOKEN)
def token() -> Response:
    return _respond(lambda: api.token(bootstrap.signing_keys, bootstrap.now()))


# A mail's links are opened by scanners too, also by HEAD: that shows the page, and no more.
@app.route(f"{CONFIRM}{{token}}", methods=["GET", "HEAD"])
def confirmation(token: str) -> Response:
    return _respond(lambda: api.confirmation(token, _review(), bootstrap.pages()))


@app.route(f"{CONFIRM}{{token}}", methods=["POST"], content_types=["*/*"])
def confirmed(token: str) -> Response:
    return _respond(lambda: api.confirmed(token, _request(), _review(), bootstrap.pages()))


@app.route(f"{REVIEW}{{token}}", methods=["GET", "HEAD"])
def review(token: str) -> Response:
    return _respond(lambda: api.review(token, _review(), bootstrap.pages()))


@app.route(f"{REVIEW}{{token}}", methods=["POST"], content_types=["*/*"])
def reviewed(token: str) -> Response:
    return _respond(lambda: api.reviewed(token, _request(), _review(), bootstrap.pages()))


@app.route(HEALTH)
def health() -> Response:
    return _respond(lambda: api.health(bootstrap.store().check))


@app.route(STATUS)
def status() -> Response:
    from chalicelib.watching import status_now

    return _respond(lambda: api.status(lambda: status_now(bootstrap.store(), bootstrap.now())))


@app.route(THANKS.rstrip("/"))  # API Gateway takes the slash off an address
def thanks() -> Response:
    return _respond(lambda: api.thanks(_query("ref"), bootstrap.pages()))


@app.route(SEARCH.rstrip("/"))
def search() -> Response:
    return _respond(lambda: api.search(_query("q"), bootstrap.pages()))


@app.route(CONFIRM_CONTACT.rstrip("/"), methods=["GET"])
def contact_form() -> Response:
    return _respond(lambda: api.contact_form(bootstrap.pages()))


@app.route(CONFIRM_CONTACT.rstrip("/"), methods=["POST"], content_types=["*/*"])
def confirm_contact() -> Response:
    from chalicelib.confirming import confirm

    def enter(typed: str) -> Entered | None:
        return confirm(typed, bootstrap.store(), bootstrap.signing_keys, bootstrap.now())

    return _respond(lambda: api.confirm_contact(_request(), enter, bootstrap.pages()))


@app.on_dynamodb_record(stream_arn=STREAM, name="forward")
def forward(event: DynamoDBEvent) -> dict[str, Any]:
    """Woken by each new registration or notice; one that fails is offered again, alone."""
    from chalicelib.forward import forward as forward_one

    desk = bootstrap.desk(bootstrap.now)
    return _each(event, is_outbox, lambda record: forward_one(read_outbox(record.new_image), desk))


@app.on_dynamodb_record(stream_arn=STREAM, name="project")
def project(event: DynamoDBEvent) -> dict[str, Any]:
    """Woken by each change of a registration: writes what happened to the ledger."""
    from chalicelib.projection import project as project_one

    def write(record: DynamoDBRecord) -> None:
        before = read_registration(record.old_image) if record.old_image else None
        project_one(before, read_registration(record.new_image), bootstrap.store())

    return _each(event, is_registration, write)


@app.on_sqs_message(queue_arn=MAIL_EVENTS, batch_size=10, name="receipts")
def receipts(event: SQSEvent) -> dict[str, Any]:
    """Told by SES what became of a mail; what can't be taken in is offered again, alone."""
    from chalicelib.receipts import take_in

    failed: list[str] = []
    for record in event:
        try:
            take_in(record.body, bootstrap.store(), bootstrap.now())
        except Exception as error:  # whatever it is, the others must go on
            log.error("mail event failed", fault=error)
            failed.append(record.to_dict()["messageId"])
    return {"batchItemFailures": [{"itemIdentifier": number} for number in failed]}


@app.schedule(Rate(1, unit=Rate.MINUTES), name="sweep")
def sweep(event: CloudWatchEvent) -> dict[str, int]:
    """Forwards whatever is due and was not: the guarantee behind the stream."""
    from chalicelib.forward import sweep as sweep_due

    desk = bootstrap.desk(bootstrap.ticking(_moment(event)))
    return {"due": sweep_due(desk, _has_time(event))}


@app.schedule(Rate(1, unit=Rate.DAYS), name="contacts")
def contacts(event: CloudWatchEvent) -> dict[str, int]:
    """Asks the contact addresses for a code that must be asked (again), and lets others lapse."""
    from chalicelib.confirming import keep_current

    return keep_current(bootstrap.store(), bootstrap.ticking(_moment(event))())


@app.schedule(Rate(1, unit=Rate.DAYS), name="repair")
def repair(event: CloudWatchEvent) -> dict[str, int]:
    """Adds to the ledger what the stream missed, and frees mails that have no next step."""
    from chalicelib.projection import repair as repair_ledger
    from chalicelib.watching import free_stuck

    now = bootstrap.ticking(_moment(event))()
    missing = repair_ledger(bootstrap.store(), now)
    return {"missing": missing, "stuck": free_stuck(bootstrap.store(), now)}


@app.schedule(Rate(5, unit=Rate.MINUTES), name="measure")
def measure(event: CloudWatchEvent) -> dict[str, object]:
    """Measures how the whole is doing, for `/api/status`."""
    from chalicelib.watching import Gauge
    from chalicelib.watching import measure as measure_now

    gauge = Gauge(bootstrap.store(), bootstrap.queues())
    measured = measure_now(gauge, bootstrap.ticking(_moment(event))(), _has_time(event))
    return {"incidents": list(measured.incidents), "dead_letters": measured.dead_letters}


@app.schedule(Rate(1, unit=Rate.HOURS), name="watch")
def watch(event: CloudWatchEvent) -> dict[str, object]:
    """Tells the agency when nobody registers any more; what is expected is usual for the hour."""
    from chalicelib.watching import watch_silence

    return {"expected": watch_silence(bootstrap.store(), bootstrap.ticking(_moment(event))())}


@app.schedule(Rate(1, unit=Rate.HOURS), name="probe")
def probe(event: CloudWatchEvent) -> dict[str, str]:
    """Sends a registration of our own through all of it, and looks what became of the last."""
    from chalicelib.probing import poster, probe_chain

    now = bootstrap.ticking(_moment(event))()
    post = poster(bootstrap.settings().site_url)
    return {"wrong": probe_chain(bootstrap.store(), post, bootstrap.probe_token(now), now)}


# Half past seven in Brussels is half past five or six in UTC; made twice it is made once.
@app.schedule(Cron(30, "5,6", "?", "*", "MON-FRI", "*"), name="digest")
def digest(event: CloudWatchEvent) -> dict[str, bool]:
    """Makes the mail to the agency about what waits for a person, when there is something."""
    from chalicelib.digest import make

    return {"made": make(bootstrap.store(), bootstrap.ticking(_moment(event))())}


def _each(
    event: DynamoDBEvent,
    is_wanted: Callable[[Mapping[str, Any]], bool],
    act: Callable[[DynamoDBRecord], object],
) -> dict[str, Any]:
    """
    Act on each wanted item in a batch, also after one that fails.

    Names the first failure, so that Lambda offers the batch again from there: acting twice on
    the others changes nothing.
    """
    failed: list[str] = []
    for record in event:
        if not is_wanted(record.keys) or not record.new_image:
            continue
        try:
            act(record)
        except Exception as error:  # whatever it is, the others must go on
            log.error("stream record failed", fault=error)
            failed.append(record.sequence_number)
    return {"batchItemFailures": [{"itemIdentifier": number} for number in failed[:1]]}


def _current() -> Request:
    if app.current_request is None:
        raise RuntimeError("only a view has a request")
    return app.current_request


def _request() -> web.Request:
    current = _current()
    headers = {name.lower(): value for name, value in current.headers.items()}
    connection = current.context.get("identity", {}).get("sourceIp") or ""
    return web.Request(
        headers=headers,
        body=_body(current),
        address=visitor_of(headers.get("x-forwarded-for", ""), connection),
    )


def _body(request: Request) -> bytes:
    try:
        body = request.raw_body or b""
    except UnicodeEncodeError:  # half a character: refused like any body that is not UTF-8
        return b"\xff"
    return body if isinstance(body, bytes) else body.encode()


def _review() -> Review:
    return Review(bootstrap.store(), bootstrap.signing_keys, bootstrap.now())


def _query(name: str) -> str:
    parameters: Mapping[str, str] = _current().query_params or {}
    return parameters.get(name) or ""


def _respond(view: Callable[[], web.Answer]) -> Response:
    try:
        answer = view()
    except Exception as error:  # Chalice would log its message, which may quote what was typed
        log.error("request failed", fault=error)
        answer = api.fault(_request(), bootstrap.pages())
    return Response(body=answer.body, status_code=answer.status, headers=dict(answer.headers))


def _has_time(event: CloudWatchEvent) -> Callable[[], bool]:
    context: Any = event.context
    return lambda: bool(context.get_remaining_time_in_millis() > SPARE_SECONDS * 1000)


def _moment(event: CloudWatchEvent) -> datetime:
    return datetime.fromisoformat(event.to_dict()["time"])
