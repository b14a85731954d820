"""
How Pelican builds the site; `make site` calls it.

The templates that the Lambda shows as well (page shell, form, components) live with the backend,
and so does everything the domain knows. Two settings come from the environment: `SITEURL`, the
address that the site gets ("" for the root of any host, a path such as «/buddy», or a full
address), and `TODAY`, the day of the build where it is another one than today.
"""

import datetime
import os
from zoneinfo import ZoneInfo

from jinja2 import StrictUndefined

from chalicelib.domain.site import (
    ADDRESS,
    DESK_STYLESHEET,
    FINDER,
    NAME,
    STYLESHEET,
    TEMPLATE_OPTIONS,
    base_of,
    origin_of,
    template_globals,
)

PLACE = os.environ.get("SITEURL", "").rstrip("/")
BASE, ORIGIN = base_of(PLACE), origin_of(PLACE)
TODAY = datetime.date.fromisoformat(
    os.environ.get("TODAY") or datetime.datetime.now(ZoneInfo("Europe/Brussels")).date().isoformat()
)

SITENAME = NAME
SITEURL = PLACE if ORIGIN else ADDRESS + BASE  # Pelican itself only uses it for the feeds
DEFAULT_LANG = "nl"
TIMEZONE = "Europe/Brussels"

PATH = "site/content"
OUTPUT_PATH = "build/site"
DELETE_OUTPUT_DIRECTORY = True  # a page that is gone from the sources is gone from the site
CACHE_CONTENT = LOAD_CONTENT_CACHE = False

# What has a date is an article to Pelican, in the folder of its kind; the rest is a page. The
# reader gives each its address. Everything else that a blog has and we don't is off.
PAGE_PATHS = ["pages", "toolkit"]
ARTICLE_PATHS = ["verhalen", "nieuws", "agenda"]
ARTICLE_ORDER_BY = "reversed-date"
WITH_FUTURE_DATES = True  # the day of an event is its date
STATIC_PATHS = ["films", "toolkit"]
IGNORE_FILES = [".*", "*.yaml", "*.json", "*.wav", "*.mp3", "*.m4a"]  # sources of the media
DIRECT_TEMPLATES: list[str] = []
AUTHOR_SAVE_AS = CATEGORY_SAVE_AS = TAG_SAVE_AS = ""
CATEGORY_FEED_ATOM = "{slug}/feed.xml"
FEED_ALL_ATOM = TRANSLATION_FEED_ATOM = None
AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = None

THEME = "site/theme"
THEME_TEMPLATES_OVERRIDES = ["backend/chalicelib/templates"]
THEME_STATIC_PATHS = ["static/assets"]  # the stylesheets go through the plugin

# An explicit list: without it Pelican loads whatever plugin happens to be installed.
PLUGINS = [
    "publishing.reader",
    "publishing.api_description",
    "publishing.collected",
    "publishing.feed",
    "publishing.files",
    "publishing.films",
    "publishing.downloads",
    "publishing.figures",
    "publishing.inventory",
    "publishing.inventory_pages",
    "publishing.notices",
    "publishing.owed",
    "publishing.municipality_pages",
    "publishing.stylesheet",
    "publishing.sitemap",
]
SOURCES = "site/data/sources.yaml"
INVENTORY = "site/content"  # below it: projecten, programmas, evaluaties
HOUSE_STYLE = os.environ.get("HOUSE_STYLE", "")  # a folder with tokens.css and perhaps logo.svg
API_DESCRIPTION = "docs/openapi.yaml"
STYLESHEET_SAVE_AS = STYLESHEET.lstrip("/")
DESK_STYLESHEET_SAVE_AS = DESK_STYLESHEET.lstrip("/")
FINDER_SAVE_AS = FINDER.lstrip("/")
OUTLINES = "site/data/map-paths.json"

# A misspelt variable stops the build instead of printing nothing.
JINJA_ENVIRONMENT = {**TEMPLATE_OPTIONS, "undefined": StrictUndefined}
JINJA_GLOBALS = template_globals(PLACE)
