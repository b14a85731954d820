"""A project that somebody tells us of, from the form to the inventory, on the running system."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import requests

from chalicelib.domain.session import MANAGE
from tests.stack import Stack, eventually

ROOT = Path(__file__).parents[2]
ASKED = {"Content-Type": "application/x-www-form-urlencoded"}
EMAIL = "melder@example.com"
PROJECT = {
    "project": "Samen op Stap",
    "organiser": "vzw Samen",
    "municipality": "41002",
    "domain": ["inburgering", "eenzaamheid"],
    "about": "Buddy’s gaan op stap.",
    "since": "maart 2019",
    "duos": "25",
    "duos_year": "2023",
    "found": "het jaarverslag",
    "remark": "Bel me gerust.",
    "name": "Mieke Melder",
    "email": EMAIL,
    "consent": "yes",
}


def signed_in(stack: Stack) -> Callable[..., requests.Response]:
    """What sends a request of an officer who may see who looked."""
    cookie = stack.officer("lists", MANAGE)

    def ask(path: str, **posted: str) -> requests.Response:
        return requests.request(
            "POST" if posted else "GET",
            f"{stack.url}{path}",
            data=posted or None,
            headers=cookie,
            allow_redirects=False,
            timeout=60,
        )

    return ask


def export(stack: Stack, site: Path) -> str:
    """What the command writes, and prints."""
    settings = os.environ | {"LOCAL_DIR": str(stack.directory)}
    command = [sys.executable, "-m", "mijnbuddy", "--local", "projects", "export"]
    ran = subprocess.run(
        [*command, "--site", str(site), "--json"],
        env=settings,
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout


def test_into_the_inventory(stack: Stack, tmp_path: Path) -> None:
    """
    Told by the form, stored, mailed, on the work list, accepted, mailed again after the hour,
    written into the inventory without the person, and shown by a build; then erased by the link.
    """
    answer = requests.post(
        f"{stack.url}/api/suggestions", data=PROJECT, allow_redirects=False, timeout=60
    )
    assert 303 == answer.status_code
    reference = answer.headers["Location"].rpartition("=")[2]
    assert reference in requests.get(stack.url + answer.headers["Location"], timeout=60).text
    (received,) = stack.wait_for_mails(reference, 1)
    assert [EMAIL] == received["to"]
    ask = signed_in(stack)
    eventually(lambda: reference in ask("/beheer/werklijst/").text)
    page = f"/beheer/melding/{reference}/"
    assert "Mieke Melder" in ask(page).text
    assert reference in ask("/beheer/inzage/").text
    assert 303 == ask(page, do="accept", project="", decided="0").status_code
    stack.move_clock(timedelta(minutes=61))
    accepted = stack.wait_for_mails(reference, 2)[1]
    assert "komt in onze lijst" in accepted["subject"]

    site = tmp_path / "site"
    for part in ("content/projecten", "content/programmas", "content/evaluaties", "data"):
        shutil.copytree(ROOT / "site" / part, site / part)
    assert '"outcome": "written"' in export(stack, site)
    assert '"outcome": "unchanged"' in export(stack, site)
    written = (site / "content/projecten/samen-op-stap.yaml").read_text(encoding="utf-8")
    assert "vzw Samen" in written
    everything = written + (site / "data/sources.yaml").read_text(encoding="utf-8")
    assert not re.search("Mieke|melder@|Bel me", everything)
    build(site, tmp_path / "built")
    shown = (tmp_path / "built/projecten/samen-op-stap/index.html").read_text(encoding="utf-8")
    assert reference in shown
    assert "Onzeker" in shown

    (link,) = set(re.findall(r"http\S+/mijn/melding/\S+", accepted["text"]))
    pressed = requests.post(link, headers=ASKED, data={"do": "erase"}, timeout=60)
    assert "zijn gewist" in pressed.text
    assert "Mieke Melder" not in str(stack.items("SUGGESTION"))
    assert "vzw Samen" in str(stack.items("SUGGESTION"))


def build(site: Path, output: Path) -> None:
    """The site of the project, with these files of the inventory."""
    settings = output.parent / "settings.py"
    settings.write_text(
        "from pelicanconf import *\n"
        f"INVENTORY = {str(site / 'content')!r}\n"
        f"SOURCES = {str(site / 'data/sources.yaml')!r}\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "pelican", "-s", str(settings)]
    subprocess.run(
        [*command, "-o", str(output), "--fatal=warnings", str(ROOT / "site/content")],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
    )
