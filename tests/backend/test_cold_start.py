"""What is imported before it can take in a registration: somebody waits for it."""

import subprocess
import sys
from pathlib import Path

START = """
import sys
import app
print(*sys.modules)
"""
TAKEN_IN = """
import sys
import app
from chalicelib.domain.form import parse
posted = {"name": "Griet", "email": "griet@example.com", "postcode": "9300", "consent": "yes"}
parse({name: [value] for name, value in posted.items()})
print(*sys.modules)
"""
BACKEND = Path("backend").resolve()


def imported(program: str) -> set[str]:
    """The modules of a new process at the end of the program."""
    command = (sys.executable, "-c", program)
    told = subprocess.run(command, cwd=BACKEND, check=True, capture_output=True, text=True)
    return set(told.stdout.split())


def test_start() -> None:
    """
    Of the table only the registrations; nothing of a desk, a letter or another form; nothing that
    makes pages, reads numbers or opens clients.
    """
    modules = imported(START)
    others = {
        f"chalicelib.{name}"
        for name in ("store", "contact_form", "searching", "suggestion_post", "emails", "forward")
    } | {
        f"chalicelib.domain.{name}"
        for name in ("suggestion", "contacts", "candidates", "course", "figures", "finder", "names")
    }

    assert "chalicelib.registrations" in modules
    assert set() == modules & (others | {"jinja2", "phonenumbers", "xlsxwriter", "botocore.client"})


def test_plain_answers() -> None:
    """
    Who gives an ordinary address, and no number, waits for no library that would read others.
    """
    assert set() == imported(TAKEN_IN) & {"email_validator", "phonenumbers", "idna"}
