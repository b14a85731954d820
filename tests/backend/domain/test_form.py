"""The form: every question once, every error at once, and answers that stay what they are."""

import unicodedata
from dataclasses import asdict, fields
from typing import get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.domain.form import (
    FIELDS,
    MAX_BODY,
    MAX_VALUES,
    SECTIONS,
    Answers,
    Form,
    InvalidFormError,
    Kind,
    Posted,
    parse,
)
from tests.backend.samples import Changes, posted

ID = "0b9f3f3e-7c1b-4c59-9d0c-6c1f6f6d6a01"
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=60)
REAL = {
    "name": ["Anaïs D’Hondt", "李"],
    "email": ["anais@example.be", "jan@münchen.de"],
    "phone": ["0470 12 34 56", "+31 6 12345678"],
    "postcode": ["9300", "B-1040", "9999"],
    "municipality": ["41002", "73009", "21004", "44021"],
    "about": ["Ik ga graag\r\nwandelen. 😀"],
    "consent": ["yes"],
    "source": ["infoavond-aalst"],
    "submission_id": [ID],
    "token": [".1795426200.c2lnbmF0dXJl_-"],
    "website": ["https://www.example.com/"],
}
TRAPS = {name for name, field in FIELDS.items() if field.kind == "trap"}


def refusal(form: Posted) -> Form:
    with pytest.raises(InvalidFormError) as caught:
        parse(form)
    return caught.value.form


def errors(form: Posted) -> dict[str, str]:
    return {error.field: error.message for error in refusal(form).errors}


def test_answers_are_the_questions() -> None:
    """
    Every question about the person has an attribute that keeps its answer, in the same order.
    """
    about_the_form = {"submission_id", "token", "website"}
    questions = [name for name in FIELDS if name not in about_the_form]

    assert questions == [field.name for field in fields(Answers)]


def test_why() -> None:
    """
    Every question says what its answer is for, also one that nobody sees.
    """
    assert [] == [field.name for field in FIELDS.values() if not field.why.endswith(".")]


def test_questions() -> None:
    """
    The contract's fields, each with a label, and a type that the templates know.
    """
    expected = (
        "name email phone postcode municipality about consent source submission_id token website"
    )

    assert expected.split() == list(FIELDS)
    assert {"name", "email", "postcode", "consent"} == {
        name for name, field in FIELDS.items() if field.required
    }
    assert all(field.label for field in FIELDS.values())
    assert {field.kind for field in FIELDS.values()} <= set(get_args(Kind))
    assert sum(len(section.fields) for section in SECTIONS) == len(FIELDS)


def test_longest_form_fits() -> None:
    """
    Every field at its longest, percent-encoded, is still read.
    """
    octets = sum(
        field.max_values * (len(field.name) + 2 + 12 * field.max_length)  # %F0%9F%98%80
        for field in FIELDS.values()
    )

    assert MAX_BODY >= octets


def test_parse() -> None:
    """
    A right form gives clean answers and the number of the form.
    """
    submission = parse(
        posted(
            name=" Anaïs  D’Hondt ",
            email="Anais@EXAMPLE.be",
            municipality=["41002", "44021"],
            about="Eén.\r\nTwee.\n",
            source="infoavond",
            submission_id=ID.upper(),
        )
    )

    assert submission.submission_id == ID
    assert submission.answers == Answers(
        name="Anaïs D’Hondt",
        email="Anais@example.be",
        phone="+32470123456",
        postcode="9300",
        municipality=("41002", "44021"),
        about="Eén.\nTwee.",
        consent="yes",
        source="infoavond",
    )


@pytest.mark.parametrize(
    "values", [["x"], ["x", "y"], ["\x00"], ["\ud800"], ["😀" * 2000], [" ", "https://example.com"]]
)
def test_trapped(values: list[str]) -> None:
    """
    What a program fills in where people don't look is never an error: nothing tells it so.
    """
    submission = parse({**posted(), "website": values})

    assert submission.is_trapped
    assert submission.answers == parse(posted()).answers


@pytest.mark.parametrize("values", [[], [""], [" \n", ""]])
def test_not_trapped(values: list[str]) -> None:
    """
    Left empty, as a browser sends it, it tells nothing.
    """
    assert not parse({**posted(), "website": values}).is_trapped


def test_token() -> None:
    """
    The token goes along as it is.
    """
    assert ".1.x-_Y" == parse(posted(token=".1.x-_Y")).token


def test_optional() -> None:
    """
    What is optional may be left out, or sent empty as a browser does.
    """
    form = posted(phone=None, about=None, municipality=["", ""], source="", submission_id="")
    submission = parse(form)
    answers = submission.answers

    assert ("", "", "") == (answers.phone, answers.about, answers.source)
    assert "" == submission.submission_id
    assert ("41002",) == answers.municipality


def test_nfc() -> None:
    """
    A name typed on a Mac (NFD) is kept, and counted, in NFC.
    """
    typed = unicodedata.normalize("NFD", "é" * 100)

    assert "é" * 100 == parse(posted(name=typed)).answers.name


def test_all_at_once() -> None:
    """
    Everything that is missing is said at once, in the page's order.
    """
    form = refusal({})

    assert ["name", "email", "postcode", "consent"] == [error.field for error in form.errors]
    assert [FIELDS[error.field].missing for error in form.errors] == [
        error.message for error in form.errors
    ]


def test_order() -> None:
    """
    Errors stand in the page's order, whatever the order of what was posted.
    """
    form = refusal({"consent": ["no"], "about": ["\x00"], "phone": ["x"], "zzz": ["1"]})

    expected = ["name", "email", "phone", "postcode", "about", "consent", "zzz"]
    assert expected == [error.field for error in form.errors]


@pytest.mark.parametrize("name", ["name", "email", "postcode", "consent"])
@pytest.mark.parametrize("value", [None, [], "", "   ", "\u00a0\n", ["", " "]])
def test_missing(name: str, value: Changes) -> None:
    """
    A required answer that is absent, empty or blank is asked for.
    """
    assert {name: FIELDS[name].missing} == errors(posted(**{name: value}))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", "é" * 101),
        ("email", f"{'a' * 60}@{'b' * 63}.{'c' * 63}.{'d' * 63}.be"),
        ("phone", "0" * 41),
        ("about", "😀" * 1001),
        ("source", "a" * 41),
    ],
)
def test_too_long(name: str, value: str) -> None:
    """
    An answer that is too long is told how long it may be and how long it is.
    """
    expected = (
        f"Maak dit korter: hoogstens {FIELDS[name].max_length} tekens. Je hebt er nu {len(value)}."
    )

    assert {name: expected} == errors(posted(**{name: value}))


def test_longest() -> None:
    """
    The longest message counts characters as a browser does: a line break is one.
    """
    about = "a\r\n" * 499 + "😀😀"

    assert 1000 == len(parse(posted(about=about)).answers.about)


@pytest.mark.parametrize("name", [name for name in FIELDS if name not in {"municipality", *TRAPS}])
def test_repeated(name: str) -> None:
    """
    A question that is answered twice is refused, even with the same answer.
    """
    twice = REAL[name][0]

    assert {name: "Vul dit maar één keer in."} == errors(posted(**{name: [twice, twice]}))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["41002"], ("41002",)),
        (["44021", "41002", "21004"], ("44021", "41002", "21004")),
        (["41002", "", "44021", " "], ("41002", "44021")),
        (["41002", "41002"], ("41002",)),
        (["73009", "73083"], ("73111",)),  # Borgloon and Tongeren are one now
    ],
)
def test_municipalities(given: list[str], expected: tuple[str, ...]) -> None:
    """
    Up to three municipalities, in their order, once each, as they are today.
    """
    assert expected == parse(posted(municipality=given)).answers.municipality


def test_too_many_municipalities() -> None:
    """
    Four municipalities are one too many.
    """
    four = ["41002", "44021", "21004", "11002"]

    assert {"municipality": "Kies er hoogstens 3."} == errors(posted(municipality=four))


@pytest.mark.parametrize("code", ["62063", "Aalst", "00000", "41002x"])
def test_no_municipality(code: str) -> None:
    """
    What is not in the list is refused, beside one that is.
    """
    assert ["municipality"] == list(errors(posted(municipality=["41002", code])))


@pytest.mark.parametrize(
    ("postcode", "expected"),
    [("9300", "Aalst"), ("3840", "Tongeren-Borgloon"), ("B-1000", "Brussel")],
)
def test_own_municipality(postcode: str, expected: str) -> None:
    """
    Without a choice it is the municipality of the postcode.
    """
    submission = parse(posted(postcode=postcode))

    assert [expected] == [one.name for one in submission.answers.municipalities]


@pytest.mark.parametrize(
    ("postcode", "names"),
    [
        ("1040", ["Brussel", "Etterbeek"]),
        ("1050", ["Brussel", "Elsene"]),
        ("1804", ["Vilvoorde", "Zemst"]),
    ],
)
def test_shared_postcode(postcode: str, names: list[str]) -> None:
    """
    A shared postcode asks which municipality, and offers those that share it.
    """
    form = refusal(posted(postcode=postcode))

    assert names == [str(choice) for choice in form.choices]
    assert form.error("municipality") == (
        f"Postcode {postcode} hoort bij meer dan één gemeente. Kies {names[0]} of {names[1]}."
    )
    chosen = parse(posted(postcode=postcode, municipality=form.choices[1].nis_code))
    assert (form.choices[1],) == chosen.answers.municipalities


def test_shared_postcode_beside_errors() -> None:
    """
    The choice is offered together with the other errors.
    """
    form = refusal(posted(postcode="1040", name=""))

    assert ["name", "municipality"] == [error.field for error in form.errors]
    assert 2 == len(form.choices)


def test_unknown_postcode() -> None:
    """
    An unknown postcode asks to choose; with a choice it is accepted.
    """
    form = refusal(posted(postcode="9999"))

    assert "We kennen postcode 9999 niet. Kies zelf je gemeente." == form.error("municipality")
    assert () == form.choices
    assert ("41002",) == parse(posted(postcode="9999", municipality="41002")).answers.municipality


def test_unusable_postcode() -> None:
    """
    Of a postcode that is none, nothing follows for the municipality.
    """
    assert ["postcode"] == list(errors(posted(postcode="12")))


def test_unknown_field() -> None:
    """
    A field that we don't have is refused by its name, if that is a plain word.
    """
    assert ["gender"] == list(errors({**posted(), "gender": ["x"]}))
    assert ["form"] == list(errors({**posted(), "<script>": ["x"]}))
    assert ["form"] == list(errors({**posted(), "\ud800": ["x"]}))


def test_too_many_answers() -> None:
    """
    More answers than the form can have are refused.
    """
    assert "form" in errors(posted(municipality=["41002"] * (MAX_VALUES + 1)))


def test_values_kept() -> None:
    """
    A refused form keeps what was typed, also what is wrong.
    """
    form = refusal(posted(name="Jan 😀", email="jan", municipality=["41002", "44021"]))

    assert "Jan 😀" == form.value("name")
    assert "jan" == form.value("email")
    assert ("41002", "44021") == form.values("municipality")
    assert "9300" == form.value("postcode")
    assert "" == form.value("source")


def test_values_are_printable() -> None:
    """
    What is shown again can't break the page: no control character, no endless text.
    """
    form = refusal(posted(name="J\x00a\ud800n\u202e", about="a\tb\r\nc" + "x" * 9000))

    assert "Jan" == form.value("name")
    assert form.value("about").startswith("a\tb\nc")
    assert 2000 == len(form.value("about"))


@pytest.mark.parametrize("name", [name for name in FIELDS if name not in {"about", *TRAPS}])
@pytest.mark.parametrize(
    "hostile",
    ["a\x00", "a\nBcc: x@example.be", "<script>", "😀", "\u202ea", "\ud800", "a\u2028b"],
    ids=ascii,
)
def test_hostile(name: str, hostile: str) -> None:
    """
    What could break a header, a page or a mail is refused in every field of one line.
    """
    assert {name} == set(errors(posted(**{name: hostile})))


@given(
    st.dictionaries(
        st.sampled_from(list(FIELDS)) | st.text(max_size=8),
        st.lists(ANY_TEXT, max_size=5),
        max_size=12,
    )
)
@example({"email": ["a@\ud800.be"]})
@example({"submission_id": ["0x" + "1" * 30]})
@example({"phone": ["+" * 40]})
def test_any_form(form: dict[str, list[str]]) -> None:
    """
    Whatever is posted is accepted or refused with errors that can be shown.
    """
    try:
        parse(form)
    except InvalidFormError as refused:
        assert refused.form.errors  # noqa: PT017
        for error in refused.form.errors:
            f"{error.field}: {error.message}".encode()
        for name in FIELDS:
            "".join(refused.form.values(name)).encode()


@given(
    st.fixed_dictionaries(
        {
            name: st.lists(
                st.sampled_from(values), min_size=name in {"name", "consent"}, max_size=1
            )
            for name, values in REAL.items()
            if name != "municipality"
        }
        | {"municipality": st.lists(st.sampled_from(REAL["municipality"]), max_size=3)}
    )
)
def test_accepted_again(form: dict[str, list[str]]) -> None:
    """
    Answers that are accepted are accepted again as they are kept, unchanged.
    """
    try:
        kept = parse(form).answers
    except InvalidFormError:
        return

    again = {
        name: list(value) if isinstance(value, tuple) else [value]
        for name, value in asdict(kept).items()
    }
    assert kept == parse(again).answers


@given(name=ANY_TEXT, about=ANY_TEXT, phone=ANY_TEXT)
def test_texts_accepted_again(name: str, about: str, phone: str) -> None:
    """
    Any name, message and number that is accepted is in NFC and stays what it is.
    """
    try:
        kept = parse(posted(name=name, about=about, phone=phone)).answers
    except InvalidFormError:
        return

    again = parse(posted(name=kept.name, about=kept.about, phone=kept.phone)).answers
    assert kept == again
    assert unicodedata.is_normalized("NFC", kept.name + "\n" + kept.about)
