"""
What the site and the Lambda's pages have in common: the addresses, the menu, and the words and
objects that their templates show.

Every path is written down here and nowhere else. The templates live in `chalicelib/templates`,
the rest of the site in `site/`.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from chalicelib.domain import form, suggestion_form
from chalicelib.domain.calendar import date_in_words
from chalicelib.domain.campaigns import AGAIN, tagged
from chalicelib.domain.municipalities import ATTRIBUTION, Municipality, by_province, moves
from chalicelib.domain.wording import listed, thousands

NAME = "mijnbuddy"
ADDRESS = "https://www.mijnbuddy.be"
"""Where the public finds the site, as it stands on posters (question 48 names it)."""

# Pages that Pelican builds
HOME = "/"
WORD_BUDDY = "/word-buddy/"
SIGN_UP = "/aanmelden/"
ROUTES = "/vind-wat-bij-je-past/"
STORIES = "/verhalen/"
FILMS = "/films/"
QUESTIONS = "/veelgestelde-vragen/"
TOOLKIT = "/toolkit/"
PROJECTS = "/projecten/"
PROGRAMMES = "/projecten/programma/"  # … and a name
PROJECTS_BY_YEAR = "/projecten/overzicht/"
PROJECT_STUDIES = "/projecten/evaluaties/"
PROJECT_GAPS = "/projecten/volledigheid/"
PROJECT_DATA = "/projecten/data/"
SUGGEST = "/projecten/meld/"
EVENTS = "/agenda/"
NEWS = "/nieuws/"
FIGURES = "/cijfers/"  # published by a function, with its files; until then a page of the site
FIGURES_OF_OTHERS = "/cijfers/anderen/"
ABOUT = "/over-ons/"
CONTACT = "/contact/"
PRIVACY = "/privacy/"
ACCESSIBILITY = "/toegankelijkheid/"
SITEMAP = "/sitemap/"

# Pages that the API shows: they depend on what was asked or posted
SEARCH = "/zoek/"
DOWNLOAD = "/download"  # … and the address of a file: counts it (downloads.py)
THANKS = "/bedankt/"
CONFIRM_CONTACT = "/gemeente/bevestigen/"
REGISTRATIONS = "/api/registrations"
SUGGESTIONS = "/api/suggestions"
HEALTH = "/api/health"
STATUS = "/api/status"
TOKEN = "/api/token"  # noqa: S105 (a path, no secret)
CONFIRM = "/mijn/bevestigen/"  # … and a token: the volunteer's button
WORK_LIST = "/beheer/werklijst/"
DESK_AGAIN = "/beheer/opnieuw/"  # sending many mails again
DESK_REGISTRATION = "/beheer/aanmelding/"  # … and a reference; … and a receiver
DESK_SUGGESTION = "/beheer/melding/"  # … and a reference: a project that somebody told us of
DESK_SEARCH = "/beheer/zoeken/"
DESK_PLACE = "/beheer/gemeente/"  # … and a NIS code: the candidates of a municipality
DESK_CONTACTS = "/beheer/adressen/"  # … and a NIS code
DESK_MAILS = "/beheer/mails/"  # … and a kind
LAYOUT = "opmaak"  # … below that: its stylesheet
DESK_OFFICERS = "/beheer/medewerkers/"
DESK_FIGURES = "/beheer/cijfers/"  # … and the name of a file
DESK_EXPORTS = "/beheer/bestanden/"  # … and an id: one of them
DESK_VIEWS = "/beheer/inzage/"  # who looked at whom
CANDIDATE = "/gemeente/kandidaat/"  # … and a token: the buttons of a municipality
MUNICIPALITY_DESK = "/gemeente/"
AGENCY_DESK = "/beheer/"
SIGN_IN = "aanmelden/"  # below a desk; … and a token: opens it
SIGN_OUT = "afmelden/"  # below a desk
CANDIDATES = "/gemeente/kandidaten/"  # … and a reference: one of them
CANDIDATES_CSV = "/gemeente/kandidaten.csv"
CANDIDATES_XLSX = "/gemeente/kandidaten.xlsx"
CARD_OF = "/kaartje.vcf"  # below a candidate
AWAY = "/gemeente/afwezig/"
OWN = "/mijn/aanmelding/"  # … and a token: the volunteer's own page
OWN_DATA = "/mijn/gegevens/"  # … and a token: all that we know of her
NEW_ADDRESS = "/mijn/adres/"  # … and a token: the button of her new e-mail address
OWN_SUGGESTION = "/mijn/melding/"  # … and a token: what somebody told us of a project
QUESTION = "/mijn/vraag/"  # … and a token: one question, some time later

# Files beside the pages
STYLESHEET = "/theme/style.css"
DESK_STYLESHEET = "/theme/desk.css"
"""What only the desks and her own page need besides."""
SCRIPT = "/theme/site.js"
MAP = "/theme/map.svg"
"""The outlines of all municipalities, which the page of the figures points into."""
MAP_BOX = "-1 -1 2002 771"
"""The part of that drawing that has something in it, as the viewBox of an SVG."""
ICON = "/theme/icon.svg"
CARD = "/toolkit/social/liggend-eindje.png"
CARD_ALT = "Ga een eindje mee met iemand die nieuw is. Twee lijnen komen samen."
"""What is on the picture that social media show beside a link."""
FINDER = "/finder.json"
NEWS_FEED = "/nieuws/feed.xml"

TEMPLATE_OPTIONS: dict[str, Any] = {"autoescape": True, "trim_blocks": True, "lstrip_blocks": True}
"""How both sides read the templates, so that a shared one gives the same HTML."""


@dataclass(frozen=True)
class Link:
    """A way on: what it says and where it leads (a path of this site, without the base)."""

    label: str
    path: str


@dataclass(frozen=True)
class Step:
    """One of the steps between signing up and going out together."""

    title: str
    text: str


@dataclass(frozen=True)
class LinkGroup:
    """Ways on that belong together, under their heading."""

    title: str
    links: tuple[Link, ...]


NAVIGATION = (
    Link("Word buddy", WORD_BUDDY),
    Link("Verhalen", STORIES),
    Link("Wat past bij je?", ROUTES),
    Link("Voor gemeenten", TOOLKIT),
    Link("Meld je aan", SIGN_UP),
)

FOOTER = (
    LinkGroup(
        "Meedoen",
        (
            Link("Word buddy", WORD_BUDDY),
            Link("Meld je aan", SIGN_UP),
            Link("Wat past bij je?", ROUTES),
            Link("Verhalen", STORIES),
            Link("Films", FILMS),
            Link("Veelgestelde vragen", QUESTIONS),
        ),
    ),
    LinkGroup(
        "Voor gemeenten",
        (
            Link("Toolkit", TOOLKIT),
            Link("Buddyprojecten", PROJECTS),
            Link("Agenda", EVENTS),
            Link("Nieuws", NEWS),
            Link("Cijfers", FIGURES),
            Link("Bekijk je kandidaten", MUNICIPALITY_DESK),
        ),
    ),
    LinkGroup(
        "Over deze site",
        (
            Link("Over ons", ABOUT),
            Link("Contact", CONTACT),
            Link("Privacy", PRIVACY),
            Link("Toegankelijkheid", ACCESSIBILITY),
            Link("Alle pagina’s", SITEMAP),
        ),
    ),
)

STEPS = (
    Step("Je meldt je aan", "Dat duurt twee minuten. Je hebt geen account nodig."),
    Step(
        "Je gemeente belt of mailt", "Binnen 10 werkdagen. Samen bekijken jullie wat bij je past."
    ),
    Step("Jullie gaan op stap", "Jij en iemand die nieuw is. In het Nederlands."),
)

STEPS_AFTER = (
    Step(
        "Kijk in je mailbox",
        "Je krijgt nu een bevestiging. Soms vragen we je om in die mail op een knop te drukken. "
        "Zie je geen mail? Kijk dan bij je ongewenste mail.",
    ),
    Step(
        "Je gemeente belt of mailt",
        "Dat gebeurt binnen 10 werkdagen. Samen bekijken jullie wat bij je past.",
    ),
    Step(
        "Hoor je niets?",
        "Antwoord dan op onze bevestiging. Wij zoeken uit wat er scheelt.",
    ),
)


def download_path(path: str) -> str:
    """Where a file of the toolkit is downloaded, and counted (downloads.py)."""
    return DOWNLOAD + path


def municipality_path(slug: str) -> str:
    """Where a municipality's page is, of today or from before a merger."""
    return f"{WORD_BUDDY}{slug}/"


def moved_pages() -> dict[str, str]:
    """The page of each former municipality, with the page of the municipality of today."""
    return {
        municipality_path(former.slug): municipality_path(municipality.slug)
        for former, municipality in moves()
    }


def base_of(site_url: str) -> str:
    """The path below which the site lives: "" or, say, «/buddy»."""
    return urlsplit(site_url).path.rstrip("/")


def origin_of(site_url: str) -> str:
    """Scheme and host of the site, or "" when they are not known: then nothing needs them."""
    parts = urlsplit(site_url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def template_globals(site_url: str) -> dict[str, Any]:
    """
    What every template may use; `site_url` is "", a path, or a full address.

    Links are paths, so that one build works behind any host; only what must be absolute
    (canonical address, sitemap) uses `origin`.
    """
    base = base_of(site_url)

    def url(path: str) -> str:
        return base + path

    def page_of(municipality: Municipality) -> str:
        return base + municipality_path(municipality.slug)

    return {
        "url": url,
        "page_of": page_of,
        "origin": origin_of(site_url),
        "NAME": NAME,
        "ATTRIBUTION": ATTRIBUTION,
        "NAVIGATION": NAVIGATION,
        "FOOTER": FOOTER,
        "STEPS": STEPS,
        "STEPS_AFTER": STEPS_AFTER,
        "HOME": HOME,
        "WORD_BUDDY": WORD_BUDDY,
        "SIGN_UP": SIGN_UP,
        "ROUTES": ROUTES,
        "STORIES": STORIES,
        "FILMS": FILMS,
        "TOOLKIT": TOOLKIT,
        "PROJECTS": PROJECTS,
        "PROJECTS_BY_YEAR": PROJECTS_BY_YEAR,
        "PROJECT_STUDIES": PROJECT_STUDIES,
        "PROJECT_GAPS": PROJECT_GAPS,
        "PROJECT_DATA": PROJECT_DATA,
        "SUGGEST": SUGGEST,
        "EVENTS": EVENTS,
        "NEWS": NEWS,
        "NEWS_FEED": NEWS_FEED,
        "FIGURES": FIGURES,
        "FIGURES_OF_OTHERS": FIGURES_OF_OTHERS,
        "MAP": MAP,
        "MAP_BOX": MAP_BOX,
        "PRIVACY": PRIVACY,
        "MUNICIPALITY_DESK": MUNICIPALITY_DESK,
        "SEARCH": SEARCH,
        "REGISTRATIONS": REGISTRATIONS,
        "SUGGESTIONS": SUGGESTIONS,
        "AGAIN": AGAIN,
        "tagged": tagged,
        "STYLESHEET": STYLESHEET,
        "DESK_STYLESHEET": DESK_STYLESHEET,
        "SCRIPT": SCRIPT,
        "ICON": ICON,
        "CARD": CARD,
        "CARD_ALT": CARD_ALT,
        "FINDER": FINDER,
        "SECTIONS": form.SECTIONS,
        "FIELDS": form.FIELDS,
        "MAX_MUNICIPALITIES": form.MAX_MUNICIPALITIES,
        "EMPTY_FORM": form.Form(),
        "PROJECT_SECTIONS": suggestion_form.SECTIONS,
        "EMPTY_PROJECT_FORM": form.Form(fields=suggestion_form.FIELDS),
        "by_province": by_province,
        "date_in_words": date_in_words,
        "listed": listed,
        "thousands": thousands,
    }
