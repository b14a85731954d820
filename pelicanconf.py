"""
How Pelican builds the site; `make site` calls it.

The templates that the Lambda shows as well (page shell, form, components) live with the backend,
and so does everything the domain knows. `SITEURL` is the address the site gets: "" for the root
of any host, a path such as «/buddy», or a full address.
"""

import os

from jinja2 import StrictUndefined

from chalicelib.domain.site import FINDER, NAME, STYLESHEET, TEMPLATE_OPTIONS, template_globals

SITEURL = os.environ.get("SITEURL", "").rstrip("/")
SITENAME = NAME
DEFAULT_LANG = "nl"
TIMEZONE = "Europe/Brussels"

PATH = "site/content"
OUTPUT_PATH = "build/site"
DELETE_OUTPUT_DIRECTORY = True  # a page that is gone from the sources is gone from the site
CACHE_CONTENT = LOAD_CONTENT_CACHE = False

# Pages only, each in its own folder. Everything that a blog has and we don't is off.
PAGE_PATHS = ["pages"]
PAGE_URL = "{slug}/"
PAGE_SAVE_AS = "{slug}/index.html"
ARTICLE_PATHS: list[str] = []
STATIC_PATHS: list[str] = []
DIRECT_TEMPLATES: list[str] = []
AUTHOR_SAVE_AS = CATEGORY_SAVE_AS = TAG_SAVE_AS = ""
FEED_ALL_ATOM = CATEGORY_FEED_ATOM = TRANSLATION_FEED_ATOM = None
AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = None
MARKDOWN = {"output_format": "html5"}  # plain Markdown: any engine would read our content alike

THEME = "site/theme"
THEME_TEMPLATES_OVERRIDES = ["backend/chalicelib/templates"]
THEME_STATIC_PATHS = ["static/assets"]  # the stylesheets go through the plugin

# An explicit list: without it Pelican loads whatever plugin happens to be installed.
PLUGIN_PATHS = ["site/plugins"]
PLUGINS = ["municipality_pages", "stylesheet", "sitemap"]
STYLESHEET_SAVE_AS = STYLESHEET.lstrip("/")
FINDER_SAVE_AS = FINDER.lstrip("/")
OUTLINES = "site/data/map-paths.json"

# A misspelt variable stops the build instead of printing nothing.
JINJA_ENVIRONMENT = {**TEMPLATE_OPTIONS, "undefined": StrictUndefined}
JINJA_GLOBALS = template_globals(SITEURL)
