"""Where things are in the repository, seen from this package."""

from pathlib import Path

SOURCES = Path(__file__).parent
ROOT = SOURCES.parents[1]
CONTENT = ROOT / "site" / "content" / "toolkit"
FONTS = ROOT / "media" / "fonts"
TOKENS = ROOT / "site" / "theme" / "static" / "css" / "tokens.css"
SOURCES_OF_FACTS = ROOT / "site" / "data" / "sources.yaml"
RECORD = CONTENT / "media.json"
POSTERS = ROOT / "build" / "posters"
