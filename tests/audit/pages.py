"""
Writes the pages that only the Lambda shows, for the HTML checker (`make audit`).
"""

import sys
from pathlib import Path

from chalicelib.domain.finder import find
from chalicelib.domain.form import FieldError, Form, InvalidFormError, parse
from chalicelib.pages import Pages


def examples() -> dict[str, str]:
    """The pages by name, each in the states that a visitor can meet."""
    pages = Pages("")
    unavailable = Form({"name": ["Griet"]}, (FieldError("form", "Het lukte niet."),))
    return {
        "errors-empty": pages.registration_page(_refused({})),
        "errors-shared-postcode": pages.registration_page(
            _refused({"postcode": ["1040"], "name": ["<b>\"'&"], "about": ["</textarea>"]})
        ),
        "errors-unknown-postcode": pages.registration_page(_refused({"postcode": ["1005"]})),
        "errors-unknown-field": pages.registration_page(_refused({"onbekend": ["veld"]})),
        "errors-unavailable": pages.registration_page(unavailable, "b5d7"),
        "thanks": pages.thanks_page("MB-7K3F-9Q4D"),
        "thanks-without-reference": pages.thanks_page(""),
        "search-choice": pages.search_page("Aalst", find("Aalst")),
        "search-nothing": pages.search_page("<xyz>", ()),
        "notice": pages.notice_page("Dit lukte niet", "Probeer het opnieuw."),
    }


def _refused(posted: dict[str, list[str]]) -> Form:
    try:
        parse(posted)
    except InvalidFormError as error:
        return error.form
    raise AssertionError("these answers should be refused")


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, html in examples().items():
        (folder / f"{name}.html").write_text(html, encoding="utf-8")


if __name__ == "__main__":
    main()
