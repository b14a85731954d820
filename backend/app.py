"""
The entry points of the functions: read the event, call one function, answer.

Chalice makes a Lambda function of each decorated function below, and `infra/template.yaml` gives
each its role, memory and time-out. This module is imported while packaging, without settings: it
reads nothing and opens nothing.
"""

import gc
from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

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
from chalicelib.domain.site import (
    AGENCY_DESK,
    AWAY,
    CANDIDATE,
    CANDIDATES,
    CANDIDATES_CSV,
    CANDIDATES_XLSX,
    CARD_OF,
    CONFIRM,
    CONFIRM_CONTACT,
    DESK_AGAIN,
    DESK_CONTACTS,
    DESK_EXPORTS,
    DESK_FIGURES,
    DESK_MAILS,
    DESK_OFFICERS,
    DESK_PLACE,
    DESK_REGISTRATION,
    DESK_SEARCH,
    DESK_SUGGESTION,
    DESK_VIEWS,
    DOWNLOAD,
    HEALTH,
    LAYOUT,
    MUNICIPALITY_DESK,
    NEW_ADDRESS,
    OWN,
    OWN_DATA,
    OWN_SUGGESTION,
    QUESTION,
    REGISTRATIONS,
    SEARCH,
    SIGN_IN,
    SIGN_OUT,
    STATUS,
    SUGGEST,
    SUGGESTIONS,
    THANKS,
    TOKEN,
    WORK_LIST,
)
from chalicelib.domain.suspicion import visitor_of
from chalicelib.registrations import is_registration, read_registration
from chalicelib.reviewing import Review

if TYPE_CHECKING:
    from chalicelib.agency_desk import AgencyDesk
    from chalicelib.candidate_link import Door
    from chalicelib.domain.candidate_list import Choice
    from chalicelib.domain.contact_code import Entered
    from chalicelib.entrance import Entrance
    from chalicelib.exports_desk import ExportsDesk
    from chalicelib.figures_desk import FiguresDesk
    from chalicelib.municipal_desk import MunicipalDesk
    from chalicelib.own_link import Door as OwnDoor
    from chalicelib.suggestion_link import SuggestionDoor
    from chalicelib.suggestions_desk import SuggestionsDesk

GARBAGE_AFTER = 100_000
"""
Objects made and kept until Python looks for garbage. What a cold start makes stays: to look through
it again and again would take a tenth of it.
"""

app = Chalice(app_name="mijnbuddy", configure_logs=False)
log = logs.Log("chalicelib.app")
if function := bootstrap.function_name():  # while packaging, and in tests, logs are not ours
    logs.set_up(function)
    gc.set_threshold(GARBAGE_AFTER)

# The real address of the stream comes from infra/template.yaml, by CloudFormation.
STREAM = "arn:aws:dynamodb:eu-central-1:000000000000:table/placeholder/stream/placeholder"
# The same goes for the queue of SES's events.
MAIL_EVENTS = "arn:aws:sqs:eu-central-1:000000000000:placeholder"
SPARE_SECONDS = 40
"""A run takes no new work this long before its end: sending a mail may take 33."""


class BinaryResponse(Response):
    """
    An answer that is no text. Chalice would give one only to who accepts that very type, which no
    browser that follows a link says; API Gateway passes it on to anybody (infra/template.yaml).
    """

    def to_dict(self, binary_types: list[str] | None = None) -> dict[str, Any]:
        response: dict[str, Any] = super().to_dict(binary_types)
        encoded = b64encode(self.body).decode()
        return response | {"body": encoded, "isBase64Encoded": True}


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
            bootstrap.registrations(),
            bootstrap.pages(),
            bootstrap.signing_keys,
            bootstrap.now(),
        )
    )


@app.route(REGISTRATIONS, methods=["GET"])
def form() -> Response:
    """Where a visitor arrives who asks again for the page with her errors."""
    return _respond(lambda: api.to_the_form(bootstrap.pages()))


@app.route(SUGGESTIONS, methods=["POST"], content_types=["*/*"])
def suggestions() -> Response:
    from chalicelib.suggestion_post import post_suggestion

    return _respond(
        lambda: post_suggestion(
            _request(),
            bootstrap.store(),
            bootstrap.pages(),
            bootstrap.signing_keys,
            bootstrap.now(),
        )
    )


@app.route(SUGGESTIONS, methods=["GET"])
def project_form() -> Response:
    """Where a visitor arrives who asks again for the page with her errors."""
    return _respond(lambda: api.to_the_form(bootstrap.pages(), SUGGEST))


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


@app.route(f"{CANDIDATE}{{token}}", methods=["GET", "HEAD"])
def candidate(token: str) -> Response:
    return _respond(lambda: _candidate_link(token).shown())


@app.route(f"{CANDIDATE}{{token}}", methods=["POST"], content_types=["*/*"])
def candidate_acted(token: str) -> Response:
    return _respond(lambda: _candidate_link(token).acted(_request()))


@app.route(f"{OWN}{{token}}", methods=["GET", "HEAD"])
def own_page(token: str) -> Response:
    return _respond(lambda: _own_link(token).shown(_query("gedaan")))


@app.route(f"{OWN}{{token}}", methods=["POST"], content_types=["*/*"])
def own_page_acted(token: str) -> Response:
    return _respond(lambda: _own_link(token).acted(_request()))


@app.route(f"{OWN_DATA}{{token}}", methods=["GET", "HEAD"])
def own_data(token: str) -> Response:
    return _respond(lambda: _own_link(token).data(_query("formaat")))


@app.route(f"{NEW_ADDRESS}{{token}}", methods=["GET", "HEAD"])
def new_address(token: str) -> Response:
    return _respond(lambda: _own_link(token).new_address())


@app.route(f"{NEW_ADDRESS}{{token}}", methods=["POST"], content_types=["*/*"])
def new_address_confirmed(token: str) -> Response:
    return _respond(lambda: _own_link(token).address_confirmed(_request()))


@app.route(f"{QUESTION}{{token}}", methods=["GET", "HEAD"])
def question(token: str) -> Response:
    return _respond(lambda: _own_link(token).question())


@app.route(f"{QUESTION}{{token}}", methods=["POST"], content_types=["*/*"])
def question_answered(token: str) -> Response:
    return _respond(lambda: _own_link(token).answered(_request()))


@app.route(f"{OWN_SUGGESTION}{{token}}", methods=["GET", "HEAD"])
def own_suggestion(token: str) -> Response:
    return _respond(lambda: _suggestion_link(token).shown())


@app.route(f"{OWN_SUGGESTION}{{token}}", methods=["POST"], content_types=["*/*"])
def own_suggestion_acted(token: str) -> Response:
    return _respond(lambda: _suggestion_link(token).acted(_request()))


@app.route(AGENCY_DESK.rstrip("/"), methods=["GET"])
def agency_entrance() -> Response:
    return _respond(lambda: _agency_entrance().shown(_request()))


@app.route(AGENCY_DESK.rstrip("/"), methods=["POST"], content_types=["*/*"])
def agency_asked() -> Response:
    return _respond(lambda: _agency_entrance().asked(_request()))


@app.route(f"{AGENCY_DESK}{SIGN_IN}{{token}}", methods=["GET", "HEAD"])
def agency_link(token: str) -> Response:
    return _respond(lambda: _agency_entrance().link(token))


@app.route(f"{AGENCY_DESK}{SIGN_IN}{{token}}", methods=["POST"], content_types=["*/*"])
def agency_signed_in(token: str) -> Response:
    return _respond(lambda: _agency_entrance().opened(token, _request()))


@app.route(f"{AGENCY_DESK}{SIGN_OUT}".rstrip("/"), methods=["POST"], content_types=["*/*"])
def agency_left() -> Response:
    return _respond(lambda: _agency_entrance().left(_request()))


@app.route(WORK_LIST.rstrip("/"), methods=["GET"])
def work_list() -> Response:
    return _respond(lambda: _agency_desk().work_list())


@app.route(DESK_AGAIN.rstrip("/"), methods=["GET"])
def again() -> Response:
    from chalicelib.worklist import Filter

    only = Filter(_query("soort"), _query("reden"), _query("gemeente"))
    return _respond(lambda: _agency_desk().again(only))


@app.route(DESK_AGAIN.rstrip("/"), methods=["POST"], content_types=["*/*"])
def sent_again() -> Response:
    return _respond(lambda: _agency_desk().sent_again())


@app.route(f"{DESK_REGISTRATION}{{reference}}", methods=["GET"])
def desk_registration(reference: str) -> Response:
    return _respond(lambda: _agency_desk().registration(reference))


@app.route(f"{DESK_REGISTRATION}{{reference}}", methods=["POST"], content_types=["*/*"])
def desk_decided(reference: str) -> Response:
    return _respond(lambda: _agency_desk().decided(reference))


@app.route(f"{DESK_REGISTRATION}{{reference}}/{{receiver}}", methods=["GET"])
def desk_handover(reference: str, receiver: str) -> Response:
    return _respond(lambda: _agency_desk().handover(reference, receiver))


@app.route(
    f"{DESK_REGISTRATION}{{reference}}/{{receiver}}", methods=["POST"], content_types=["*/*"]
)
def desk_acted(reference: str, receiver: str) -> Response:
    return _respond(lambda: _agency_desk().acted(reference, receiver))


@app.route(f"{DESK_SUGGESTION}{{suggestion}}", methods=["GET"])
def desk_suggestion(suggestion: str) -> Response:
    return _respond(lambda: _suggestions_desk().page(suggestion))


@app.route(f"{DESK_SUGGESTION}{{suggestion}}", methods=["POST"], content_types=["*/*"])
def desk_suggestion_decided(suggestion: str) -> Response:
    return _respond(lambda: _suggestions_desk().decided(suggestion))


@app.route(DESK_SEARCH.rstrip("/"), methods=["GET"])
def desk_search() -> Response:
    return _respond(lambda: _agency_desk().search())


@app.route(DESK_SEARCH.rstrip("/"), methods=["POST"], content_types=["*/*"])
def desk_searched() -> Response:
    return _respond(lambda: _agency_desk().searched())


@app.route(f"{DESK_PLACE}{{nis_code}}", methods=["GET"])
def desk_place(nis_code: str) -> Response:
    return _respond(lambda: _agency_desk().place(nis_code, _query("blad")))


@app.route(DESK_CONTACTS.rstrip("/"), methods=["GET"])
def desk_contacts() -> Response:
    return _respond(lambda: _agency_desk().contacts(_query("stand")))


@app.route(f"{DESK_CONTACTS}{{nis_code}}", methods=["GET"])
def desk_contact(nis_code: str) -> Response:
    return _respond(lambda: _agency_desk().contact(nis_code))


@app.route(f"{DESK_CONTACTS}{{nis_code}}", methods=["POST"], content_types=["*/*"])
def desk_contact_changed(nis_code: str) -> Response:
    return _respond(lambda: _agency_desk().contact_changed(nis_code))


@app.route(DESK_MAILS.rstrip("/"), methods=["GET"])
def desk_mails() -> Response:
    return _respond(lambda: _agency_desk().mails())


@app.route(f"{DESK_MAILS}{{kind}}", methods=["GET"])
def desk_mail(kind: str) -> Response:
    return _respond(lambda: _agency_desk().mail(kind))


@app.route(f"{DESK_MAILS}{{kind}}/{LAYOUT}", methods=["GET"])
def desk_mail_layout(kind: str) -> Response:
    return _respond(lambda: _agency_desk().layout(kind))


@app.route(DESK_FIGURES.rstrip("/"), methods=["GET"])
def desk_figures() -> Response:
    return _respond(lambda: _figures_desk().page(_current().query_params or {}))


@app.route(f"{DESK_FIGURES}{{name}}", methods=["GET"])
def desk_figures_file(name: str) -> Response:
    return _respond(lambda: _figures_desk().file(name, _current().query_params or {}))


@app.route(DESK_EXPORTS.rstrip("/"), methods=["GET"])
def desk_exports() -> Response:
    return _respond(lambda: _exports_desk().page())


@app.route(DESK_EXPORTS.rstrip("/"), methods=["POST"], content_types=["*/*"])
def desk_export_asked() -> Response:
    return _respond(lambda: _exports_desk().asked())


@app.route(f"{DESK_EXPORTS}{{export}}", methods=["GET"])
def desk_export_file(export: str) -> Response:
    return _respond(lambda: _exports_desk().file(export, bootstrap.exports_bucket))


@app.route(DESK_VIEWS.rstrip("/"), methods=["GET"])
def desk_views() -> Response:
    return _respond(lambda: _agency_desk().views(_query("dag")))


@app.route(DESK_OFFICERS.rstrip("/"), methods=["GET"])
def desk_officers() -> Response:
    return _respond(lambda: _agency_desk().officers())


@app.route(DESK_OFFICERS.rstrip("/"), methods=["POST"], content_types=["*/*"])
def desk_officer_changed() -> Response:
    return _respond(lambda: _agency_desk().officer_changed())


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
    from chalicelib.domain.campaigns import PARAMETER
    from chalicelib.searching import found

    return _respond(lambda: found(_query("q"), bootstrap.pages(), _query(PARAMETER)))


# A program that only looks, by HEAD, is shown the way, and not counted.
@app.route(f"{DOWNLOAD}/{{section}}/{{item}}/{{file}}", methods=["GET", "HEAD"])
def download(section: str, item: str, file: str) -> Response:
    from chalicelib.downloading import counted_by
    from chalicelib.downloading import download as download_file

    path, count = f"/{section}/{item}/{file}", counted_by(bootstrap.store, bootstrap.now)
    method = _current().method
    return _respond(lambda: download_file(path, method, _request(), bootstrap.pages(), count))


@app.route(CONFIRM_CONTACT.rstrip("/"), methods=["GET"])
def contact_form() -> Response:
    from chalicelib.contact_form import shown

    return _respond(lambda: shown(bootstrap.pages()))


@app.route(CONFIRM_CONTACT.rstrip("/"), methods=["POST"], content_types=["*/*"])
def confirm_contact() -> Response:
    from chalicelib.confirming import confirm
    from chalicelib.contact_form import entered

    def enter(typed: str) -> "Entered | None":
        return confirm(typed, bootstrap.store(), bootstrap.signing_keys, bootstrap.now())

    return _respond(lambda: entered(_request(), enter, bootstrap.pages()))


# API Gateway takes the slash off the end of an address.
@app.route(MUNICIPALITY_DESK.rstrip("/"), methods=["GET"])
def municipal_desk() -> Response:
    return _respond(lambda: _municipal_desk().entrance.shown(_request()))


@app.route(MUNICIPALITY_DESK.rstrip("/"), methods=["POST"], content_types=["*/*"])
def municipal_desk_asked() -> Response:
    return _respond(lambda: _municipal_desk().entrance.asked(_request()))


@app.route(f"{MUNICIPALITY_DESK}{SIGN_IN}{{token}}", methods=["GET", "HEAD"])
def municipal_desk_link(token: str) -> Response:
    return _respond(lambda: _municipal_desk().entrance.link(token))


@app.route(f"{MUNICIPALITY_DESK}{SIGN_IN}{{token}}", methods=["POST"], content_types=["*/*"])
def municipal_desk_opened(token: str) -> Response:
    return _respond(lambda: _municipal_desk().entrance.opened(token, _request()))


@app.route(f"{MUNICIPALITY_DESK}{SIGN_OUT}".rstrip("/"), methods=["POST"], content_types=["*/*"])
def municipal_desk_left() -> Response:
    return _respond(lambda: _municipal_desk().entrance.left(_request()))


@app.route(CANDIDATES.rstrip("/"), methods=["GET"])
def candidates() -> Response:
    return _respond(lambda: _municipal_desk().listed(_request(), _choice()))


@app.route(CANDIDATES_CSV, methods=["GET"])
def candidates_csv() -> Response:
    from chalicelib.candidate_files import CSV, MAX_FILE

    return _respond(lambda: _municipal_desk().file(_request(), _choice(), CSV, MAX_FILE))


@app.route(CANDIDATES_XLSX, methods=["GET"])
def candidates_xlsx() -> Response:
    from chalicelib.candidate_files import MAX_FILE, XLSX

    return _respond(lambda: _municipal_desk().file(_request(), _choice(), XLSX, MAX_FILE))


@app.route(f"{CANDIDATES}{{reference}}", methods=["GET"])
def desk_candidate(reference: str) -> Response:
    return _respond(lambda: _municipal_desk().candidate(_request(), reference))


@app.route(f"{CANDIDATES}{{reference}}", methods=["POST"], content_types=["*/*"])
def desk_candidate_acted(reference: str) -> Response:
    return _respond(lambda: _municipal_desk().acted(_request(), reference))


@app.route(f"{CANDIDATES}{{reference}}{CARD_OF}", methods=["GET"])
def desk_candidate_card(reference: str) -> Response:
    return _respond(lambda: _municipal_desk().card(_request(), reference))


@app.route(AWAY.rstrip("/"), methods=["GET"])
def away() -> Response:
    return _respond(lambda: _municipal_desk().away(_request()))


@app.route(AWAY.rstrip("/"), methods=["POST"], content_types=["*/*"])
def away_set() -> Response:
    return _respond(lambda: _municipal_desk().away_set(_request()))


@app.on_dynamodb_record(stream_arn=STREAM, name="forward")
def forward(event: DynamoDBEvent) -> dict[str, Any]:
    """Woken by each registration or notice with something due now; who fails is offered again."""
    from chalicelib.forward import forward as forward_one
    from chalicelib.store import is_outbox, read_outbox

    desk = bootstrap.desk(bootstrap.now)

    def mail(record: DynamoDBRecord) -> None:
        if record.new_image:
            forward_one(read_outbox(record.new_image), desk)

    return _each(event, is_outbox, mail)


@app.on_dynamodb_record(stream_arn=STREAM, name="project")
def project(event: DynamoDBEvent) -> dict[str, Any]:
    """Woken by each change of a registration: writes what happened to the ledger."""
    from chalicelib.names import index
    from chalicelib.projection import ended
    from chalicelib.projection import project as project_one

    def write(record: DynamoDBRecord) -> None:
        before = read_registration(record.old_image) if record.old_image else None
        if record.new_image:
            after = read_registration(record.new_image)
            project_one(before, after, bootstrap.store())
            key = bootstrap.signing_keys()[0]
            index(before, after, key, bootstrap.store(), bootstrap.now())
        elif before:
            ended(before, bootstrap.now(), bootstrap.store())

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
    """
    Adds to the ledger what the stream missed, frees mails that have no next step, and deletes what
    has expired.
    """
    from chalicelib.counting import repaired
    from chalicelib.expiring import clean_up
    from chalicelib.names import repair as repair_names
    from chalicelib.projection import repair as repair_ledger
    from chalicelib.watching import free_stuck

    now, has_time = bootstrap.ticking(_moment(event))(), _has_time(event)
    missing = repair_ledger(bootstrap.store(), now)
    missing += repair_names(bootstrap.store(), bootstrap.signing_keys()[0], now)
    stuck = free_stuck(bootstrap.store(), now)
    expired = clean_up(bootstrap.store(), now, has_time)
    if has_time():  # nothing was left for tomorrow: the figures of before this run can be final
        repaired(bootstrap.store(), now)
    return {"missing": missing, "stuck": stuck, "expired": expired}


@app.schedule(Rate(5, unit=Rate.MINUTES), name="measure")
def measure(event: CloudWatchEvent) -> dict[str, object]:
    """Measures how the whole is doing, for `/api/status`."""
    from chalicelib.watching import Gauge
    from chalicelib.watching import measure as measure_now

    gauge = Gauge(bootstrap.store(), bootstrap.queues())
    measured = measure_now(gauge, bootstrap.ticking(_moment(event))(), _has_time(event))
    return {"incidents": list(measured.incidents), "dead_letters": measured.dead_letters}


@app.schedule(Rate(15, unit=Rate.MINUTES), name="count")
def count(event: CloudWatchEvent) -> dict[str, int]:
    """Counts the days that are not final: the figures of each, and the totals."""
    from chalicelib.counting import count as count_days
    from chalicelib.domain.course import REGISTERED

    sheet = count_days(bootstrap.store(), bootstrap.ticking(_moment(event))(), _has_time(event))
    return {"registered": sheet.total.total.get(REGISTERED, 0) if sheet else 0}


@app.schedule(Rate(1, unit=Rate.MINUTES), name="export")
def export(event: CloudWatchEvent) -> dict[str, int]:
    """Makes the file that an officer asked for, says that it is there, deletes the old ones."""
    from chalicelib.exporting import run

    clock = bootstrap.ticking(_moment(event))
    return run(bootstrap.store(), bootstrap.exports_bucket(), clock)


@app.schedule(Rate(1, unit=Rate.HOURS), name="publish")
def publish(event: CloudWatchEvent) -> dict[str, int | None]:
    """Publishes the figures, as they are at that moment, for everybody."""
    from chalicelib.publishing import publish as publish_figures

    published = publish_figures(
        bootstrap.store(), bootstrap.pages(), bootstrap.published_bucket(), _moment(event)
    )
    return {"registered": published.registered}


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


# Eight in the morning in Brussels is six or seven in UTC; made twice it is made once.
@app.schedule(Cron(0, "6,7", "?", "*", "MON-FRI", "*"), name="remind")
def remind(event: CloudWatchEvent) -> dict[str, int]:
    """Makes the mails to the municipalities about the candidates that nobody there opened."""
    from chalicelib.reminding import remind as remind_all

    return {"made": remind_all(bootstrap.store(), bootstrap.ticking(_moment(event))())}


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
        if not is_wanted(record.keys):
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


def _agency_entrance() -> "Entrance":
    from chalicelib.agency_pages import FRONT
    from chalicelib.domain.session import AGENCY
    from chalicelib.entrance import Entrance, EntrancePages
    from chalicelib.officers import Officers
    from chalicelib.signing_in import Reception

    store, now = bootstrap.store(), bootstrap.now()
    reception = Reception(AGENCY, Officers(store), store, bootstrap.signing_keys, now)
    return Entrance(reception, EntrancePages(bootstrap.pages(), FRONT))


def _agency_desk() -> "AgencyDesk":
    from chalicelib.agency_desk import AgencyDesk, Tools
    from chalicelib.agency_pages import AgencyPages
    from chalicelib.previews import Previews

    settings, now = bootstrap.settings(), bootstrap.now()
    tools = Tools(
        bootstrap.store(),
        bootstrap.signing_keys,
        lambda: Previews(settings.site_url, settings.agency, now),
        settings.agency,
        now,
    )
    return AgencyDesk(_request(), _agency_entrance(), AgencyPages(bootstrap.pages()), tools)


def _suggestions_desk() -> "SuggestionsDesk":
    from chalicelib.suggestions_desk import SuggestionsDesk

    return SuggestionsDesk(_agency_desk(), bootstrap.store(), bootstrap.now())


def _suggestion_link(token: str) -> "SuggestionDoor":
    from chalicelib.suggestion_link import SuggestionDoor

    store, pages = bootstrap.store(), bootstrap.pages()
    return SuggestionDoor(token, store, bootstrap.signing_keys, pages, bootstrap.now())


def _figures_desk() -> "FiguresDesk":
    from chalicelib.figures_desk import FiguresDesk

    return FiguresDesk(_agency_desk(), bootstrap.store(), bootstrap.now())


def _exports_desk() -> "ExportsDesk":
    from chalicelib.exports_desk import ExportsDesk

    return ExportsDesk(_agency_desk(), bootstrap.store(), bootstrap.now())


def _candidate_link(token: str) -> "Door":
    from chalicelib.candidate_link import Door
    from chalicelib.candidate_pages import CandidatePages

    pages = CandidatePages(bootstrap.pages())
    return Door(token, bootstrap.store(), bootstrap.signing_keys, pages, bootstrap.now())


def _own_link(token: str) -> "OwnDoor":
    from chalicelib.granting import Means
    from chalicelib.own_link import Door
    from chalicelib.own_pages import OwnPages

    means = Means(bootstrap.store(), bootstrap.signing_keys, bootstrap.now())
    return Door(token, means, bootstrap.links(), OwnPages(bootstrap.pages()))


def _municipal_desk() -> "MunicipalDesk":
    from chalicelib.municipal_desk import MunicipalDesk

    return MunicipalDesk(
        bootstrap.store(), bootstrap.pages(), bootstrap.signing_keys, bootstrap.now()
    )


def _choice() -> "Choice":
    """What somebody wants to see of a list, from the address."""
    from chalicelib.domain.candidate_list import choice

    return choice(_query("stand"), _query("volgorde"), _query("blad"))


def _query(name: str) -> str:
    parameters: Mapping[str, str] = _current().query_params or {}
    return parameters.get(name) or ""


def _respond(view: Callable[[], web.Answer]) -> Response:
    try:
        answer = view()
    except Exception as error:  # Chalice would log its message, which may quote what was typed
        log.error("request failed", fault=error)
        answer = api.fault(_request(), bootstrap.pages())
    kind = BinaryResponse if answer.content else Response
    body = answer.content or answer.body
    return kind(body=body, status_code=answer.status, headers=dict(answer.headers))


def _has_time(event: CloudWatchEvent) -> Callable[[], bool]:
    context: Any = event.context
    return lambda: bool(context.get_remaining_time_in_millis() > SPARE_SECONDS * 1000)


def _moment(event: CloudWatchEvent) -> datetime:
    return datetime.fromisoformat(event.to_dict()["time"])
