"""What no browser sends: bodies, types, encodings, sizes, methods and headers out of the way."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import app as entry_points
from chalicelib import bootstrap
from chalicelib.domain.finder import MAX_QUERY
from chalicelib.domain.form import MAX_BODY, MAX_VALUES
from chalicelib.domain.site import (
    CANDIDATE,
    CONFIRM,
    NEW_ADDRESS,
    OWN,
    QUESTION,
)
from chalicelib.intake import FORM, JSON
from tests.backend.samples import SITE_URL, posted
from tests.corpus.application import Application, complaints
from tests.corpus.markup import differences

GOOD = {name: values[0] for name, values in posted().items()}
AS_FORM = urlencode(GOOD).encode()
AS_JSON = json.dumps(GOOD).encode()
PART = b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nJan\r\n--x--\r\n'


@dataclass(frozen=True)
class Case:
    """A request, and the status that it must get."""

    status: int
    body: bytes = AS_FORM
    content_type: str = FORM
    headers: dict[str, str] = field(default_factory=dict)


def changed(**changes: Any) -> bytes:
    return json.dumps(GOOD | changes).encode()


CASES = {
    # Types
    "a form": Case(303),
    "json": Case(201, AS_JSON, JSON),
    "no type": Case(415, content_type=""),
    "no type, json": Case(415, AS_JSON, ""),
    "no type and no body": Case(415, b"", ""),
    "type in capitals": Case(303, content_type=FORM.upper()),
    "json in capitals": Case(201, AS_JSON, "Application/JSON"),
    "type with a parameter": Case(303, content_type=f"{FORM}; charset=utf-8"),
    "type with another charset": Case(303, content_type=f"{FORM}; charset=iso-8859-1"),
    "json with parameters": Case(201, AS_JSON, f'{JSON} ; charset="utf-8"; x=y'),
    "two types": Case(415, content_type=f"{FORM}, {JSON}"),
    "two types the other way": Case(415, AS_JSON, f"{JSON}, {FORM}"),
    "type with a line break": Case(415, content_type=f"{FORM}\r\nX-Other: y"),
    "type of a thousand characters": Case(415, content_type="a/" + "b" * 1_000),
    "type with a tag": Case(415, content_type="<script>alert(1)</script>"),
    "any type": Case(415, content_type="*/*"),
    "a file": Case(415, PART, "multipart/form-data; boundary=x"),
    "a file without boundary": Case(415, PART, "multipart/form-data"),
    "text": Case(415, content_type="text/plain"),
    "xml": Case(
        415, b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>", "text/xml"
    ),
    "octets": Case(415, bytes(range(256)), "application/octet-stream"),
    "a picture": Case(415, b"\x89PNG\r\n\x1a\n\xff", "image/png"),
    "problem": Case(415, AS_JSON, "application/problem+json"),
    "the form as json": Case(400, AS_FORM, JSON),
    "json as a form": Case(422, AS_JSON, FORM),
    # JSON
    "empty": Case(400, b"", JSON),
    "null": Case(400, b"null", JSON),
    "a number": Case(400, b"1", JSON),
    "a text": Case(400, b'"name"', JSON),
    "a list": Case(400, b"[" + AS_JSON + b"]", JSON),
    "cut off": Case(400, AS_JSON[:-1], JSON),
    "two documents": Case(400, AS_JSON * 2, JSON),
    "a comment": Case(400, AS_JSON + b"// x", JSON),
    "single quotes": Case(400, AS_JSON.replace(b'"', b"'"), JSON),
    "a comma too many": Case(400, AS_JSON[:-1] + b",}", JSON),
    "NaN": Case(400, AS_JSON[:-1] + b', "about": NaN}', JSON),
    "infinity": Case(400, AS_JSON[:-1] + b', "phone": -Infinity}', JSON),
    "a number without end": Case(400, b'{"name": ' + b"9" * 20_000 + b"}", JSON),
    "a number too large for a float": Case(422, changed(name=1)[:-1] + b', "x": 1e400}', JSON),
    "a name twice": Case(400, AS_JSON[:-1] + b', "name": "Piet"}', JSON),
    "a name twice, written otherwise": Case(400, AS_JSON[:-1] + rb', "n\u0061me": "Piet"}', JSON),
    "an object for a text": Case(422, changed(name={"$ne": ""}), JSON),
    "a list in a list": Case(422, changed(name=[["Jan"]]), JSON),
    "a truth": Case(422, changed(consent=True), JSON),
    "a list of one": Case(201, changed(name=["Jan"]), JSON),
    "a list of two": Case(422, changed(name=["Jan", "Piet"]), JSON),
    "four municipalities": Case(
        422, changed(municipality=["41002", "44021", "11002", "24062"]), JSON
    ),
    "no answers but null": Case(422, json.dumps(dict.fromkeys(GOOD)).encode(), JSON),
    "optional ones null": Case(201, changed(phone=None, about=None), JSON),
    "only brackets": Case(400, b"[" * 30_000, JSON),
    "an unknown name": Case(422, changed(gender="x"), JSON),
    "a name of objects": Case(422, changed(__proto__={"admin": True}), JSON),
    "an empty name": Case(422, changed(**{"": "x"}), JSON),
    "a name with a tag": Case(422, changed(**{"<img src=x>": "x"}), JSON),
    "a name that is a lone surrogate": Case(422, changed(**{"\ud800": "x"}), JSON),
    "40 names too many": Case(422, changed(**{f"x{i}": "x" for i in range(MAX_VALUES)}), JSON),
    "2,000 names": Case(422, changed(**{f"x{i}": "" for i in range(2_000)}), JSON),
    "2,000 answers": Case(422, changed(municipality=["41002"] * 2_000), JSON),
    # Encodings
    "byte order mark": Case(400, b"\xef\xbb\xbf" + AS_JSON, JSON),
    "utf-16": Case(400, AS_JSON.decode().encode("utf-16"), JSON),
    "utf-16 without mark": Case(400, AS_JSON.decode().encode("utf-16-le"), JSON),
    "utf-32": Case(400, AS_JSON.decode().encode("utf-32"), JSON),
    "latin-1": Case(
        400, json.dumps(GOOD, ensure_ascii=False).replace("’", "'").encode("latin-1"), JSON
    ),
    "utf-7": Case(422, changed(name="+ADw-script+AD4-"), JSON),
    "a lone surrogate": Case(422, changed(about="\ud800"), JSON),
    "half a pair, twice": Case(422, changed(about="\udc00\ud800"), JSON),
    "a pair": Case(201, changed(about="\U0001f600"), JSON),
    "a surrogate in three octets": Case(400, AS_JSON[:-2] + b'\xed\xa0\x80"}', JSON),
    "an overlong slash": Case(400, AS_JSON[:-2] + b'\xc0\xaf"}', JSON),
    "NUL": Case(422, changed(about="a\x00b"), JSON),
    "NUL in a name": Case(422, changed(name="Jan\x00"), JSON),
    "escape codes": Case(422, changed(about="\x1b]0;x\x07\x1b[2J"), JSON),
    "noncharacters": Case(422, changed(about="\uffff"), JSON),
    # Forms
    "nothing": Case(422, b""),
    "only signs": Case(422, b"&&&==&=&"),
    "percent at the end": Case(303, AS_FORM.replace(b"about=", b"about=100%25+%")),
    "broken percents": Case(303, AS_FORM.replace(b"about=", b"about=%zz%4%u0041")),
    "percent-encoded NUL": Case(422, AS_FORM.replace(b"about=", b"about=%00")),
    "percent-encoded latin-1": Case(400, AS_FORM.replace(b"name=", b"name=%e9")),
    "percent-encoded surrogate": Case(400, AS_FORM.replace(b"about=", b"about=%ED%A0%80")),
    "raw octets": Case(400, AS_FORM.replace(b"about=", b"about=\xff\xfe")),
    "raw utf-8": Case(303, AS_FORM.replace(b"about=", "about=ïş李".encode())),
    "raw line breaks": Case(303, AS_FORM.replace(b"about=", b"about=a\r\nb\rc\n")),
    "a semicolon between": Case(422, AS_FORM.replace(b"&", b";")),
    "an answer twice": Case(422, AS_FORM + b"&name=Piet"),
    "the same answer twice": Case(422, AS_FORM + b"&consent=yes"),
    "names in brackets": Case(422, AS_FORM.replace(b"name=", b"name[]=")),
    "an unknown name in a form": Case(422, AS_FORM + b"&gender=x"),
    "a name with a tag in a form": Case(
        422, AS_FORM + b"&" + quote("<img src=x>").encode() + b"=x"
    ),
    "a name in capitals": Case(422, AS_FORM.replace(b"email=", b"Email=")),
    "40 fields too many": Case(422, AS_FORM + b"".join(b"&x%d=y" % i for i in range(MAX_VALUES))),
    "90 fields": Case(400, AS_FORM + b"".join(b"&x%d=y" % i for i in range(90))),
    "20,000 signs": Case(400, b"&=" * 10_000),
    # Sizes
    "just small enough": Case(422, b"about=" + b"a" * (MAX_BODY - 6)),
    "just too large": Case(413, b"about=" + b"a" * (MAX_BODY - 5)),
    "a megabyte": Case(413, b"about=" + b"a" * 1_000_000),
    "a megabyte of json": Case(413, b'{"about": "' + b"a" * 1_000_000 + b'"}', JSON),
    "a megabyte of no type": Case(413, b"a" * 1_000_000, "text/plain"),
    "a megabyte of brackets": Case(413, b"[" * 1_000_000, JSON),
    "longest of all": Case(201, changed(name="a" * 100, about="é" * 1_000), JSON),
    "too long by an accent": Case(201, changed(about="e\u0301" * 1_000), JSON),
    # Headers
    "accepts nothing": Case(303, headers={"Accept": ""}),
    "accepts what there is not": Case(303, headers={"Accept": "image/webp;q=x"}),
    "another length": Case(303, headers={"Content-Length": "5"}),
    "a packed body": Case(
        400, b"\x1f\x8b\x08\x00\x00\x00\x00\x00", headers={"Content-Encoding": "gzip"}
    ),
    "another method in a header": Case(303, headers={"X-HTTP-Method-Override": "DELETE"}),
    "another host": Case(
        303, headers={"Host": "elders.example", "X-Forwarded-Host": "elders.example"}
    ),
    "another address": Case(303, headers={"X-Forwarded-For": "' OR 1=1, <script>"}),
    "a cookie": Case(303, headers={"Cookie": "a=b; " * 500}),
    "a header of 8 kB": Case(303, headers={"X-Long": "a" * 8_000}),
    "from another site": Case(403, headers={"Sec-Fetch-Site": "cross-site"}),
    "from another site, older": Case(403, AS_JSON, JSON, {"Origin": "https://elders.example"}),
    "from a file": Case(303, headers={"Origin": "null"}),
    "from ourselves": Case(303, headers={"Origin": SITE_URL, "Sec-Fetch-Site": "same-origin"}),
}


def test_size() -> None:
    """
    The issue asks for forty at least.
    """
    assert len(CASES) >= 100


def test_posted(application: Application) -> None:
    """
    Each gets the status that is its own, and stores one registration or none.
    """
    outcomes = {
        name: application.send(case.body, case.content_type, headers=case.headers)
        for name, case in CASES.items()
    }

    assert {name: case.status for name, case in CASES.items()} == {
        name: outcome.status for name, outcome in outcomes.items()
    }
    assert {} == {
        name: found
        for name, outcome in outcomes.items()
        if outcome.status != 403 and (found := complaints(outcome))
    }
    assert {"no-store"} == {one.headers.get("Cache-Control") for one in outcomes.values()}


def test_same_again(application: Application) -> None:
    """
    The id of a submission in any of its ways of writing is the same submission.
    """
    id_ = "0b9f3f3e-7c1b-4c59-9d0c-6c1f6f6d6a01"
    ways = [id_, id_.upper(), id_.replace("-", ""), f"{{{id_}}}", f"urn:uuid:{id_}"]
    references = {
        application.send(changed(submission_id=way), JSON).stored[0].reference for way in ways
    }

    assert 1 == len(references)


def test_deep(application: Application) -> None:
    """
    Nesting without end is refused as unreadable or as no text, whatever Python can read of it.
    """
    for body in (
        b'{"name": ' + b"[" * 5_000 + b"]" * 5_000 + b"}",
        b'{"name":' * 3_000 + b"1" + b"}" * 3_000,
    ):
        outcome = application.send(body, JSON)
        assert outcome.status in {400, 422}
        assert [] == complaints(outcome)


def test_methods(application: Application) -> None:
    """
    Another method than POST and GET does nothing.
    """
    for method in ("PUT", "PATCH", "DELETE", "HEAD", "TRACE", "X"):
        outcome = application.send(AS_FORM, method=method)
        assert (405, ()) == (outcome.status, outcome.stored)


def test_paths(application: Application) -> None:
    """
    Nothing is registered by its address alone, and there are no other addresses.
    """
    for path in (
        "/api/registrations/x",
        f"/api/registrations?{AS_FORM.decode()}",
        "/API/registrations",
        "/api//registrations",
        "/api/registrations%00",
        "/api/../api/registrations",
        "/dev/mail.json",
        "/.git/config",
        "/%",
        "/?" + "a=b&" * 2_000,
    ):
        outcome = application.send(b"", FORM, path=path)
        assert outcome.status in {403, 404, 422}
        assert () == outcome.stored


QUERIES = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onfocus=alert(1) autofocus '",
    "{{7*7}}",
    "{% include 'shell.html' %}",
    "&lt;b&gt;",
    "</title><b>",
    "\x1b[2J",
    "\u202eABC",
    "x\r\nLocation: https://elders.example",
    "../../etc/passwd",
    "' OR '1'='1",
    "a" * 5_000,
    "é" * 500,
    "(" * 500 + "+" * 500,
]


def test_search(application: Application) -> None:
    """
    What was searched for is shown as text, and leads nowhere but to our own pages.
    """
    mark = "@@q@@"
    plain = bootstrap.pages().search_page(mark, ())
    for query in QUERIES:
        outcome = application.send(b"", "", method="GET", path=f"/zoek?q={quote(query)}")
        assert 200 == outcome.status
        assert [] == list(differences(plain, outcome.answer, {mark: query[:MAX_QUERY]}))


def test_thanks(application: Application) -> None:
    """
    What is no reference is not shown: the page is the one without.
    """
    for query in QUERIES:
        outcome = application.send(b"", "", method="GET", path=f"/bedankt?ref={quote(query)}")
        assert 200 == outcome.status
        assert bootstrap.pages().thanks_page() == outcome.answer


def test_broken_queries(application: Application) -> None:
    """
    A query that is no query is one that was not asked.
    """
    for path in ("/zoek", "/bedankt"):
        for query in ("%", "%ff", "q", "q=%ff", "q=1&q=2", "ref=%zz", "=", "&&", "q[]=1"):
            outcome = application.send(b"", "", method="GET", path=f"{path}?{query}")
            assert outcome.status in {200, 303}


def test_links(application: Application) -> None:
    """
    What is no token is no link, for whoever looks and whoever presses.
    """
    tokens = (*QUERIES, ".", "a.b.c", "MB-7K3F-9Q4D.0.x", "x" * 5_000, "é.1.é", ".1.")
    kinds = (CONFIRM, CANDIDATE, OWN, NEW_ADDRESS, QUESTION)
    paths = [path + quote(token, safe="") for path in kinds for token in tokens]
    looked = {application.send(b"", "", method="GET", path=path).answer for path in paths}
    pressed = {application.send(b"decision=release", path=path).answer for path in paths}

    assert looked == pressed
    assert len(looked) <= len(kinds)  # one for each kind of link, whatever the token
    assert "alert" not in "".join(looked)


def test_body_of_half_characters(application: Application) -> None:
    """
    A gateway that hands over a text with half a character gets an answer, too.
    """
    request: dict[str, Any] = {
        "resource": "/api/registrations",
        "path": "/api/registrations",
        "httpMethod": "POST",
        "headers": {"Content-Type": FORM},
        "multiValueHeaders": {"Content-Type": [FORM]},
        "multiValueQueryStringParameters": None,
        "queryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": "/api/registrations",
            "httpMethod": "POST",
            "path": "/api/registrations",
        },
        "body": "name=\ud800",
        "isBase64Encoded": False,
    }

    assert 400 == entry_points.app(request, None)["statusCode"]
