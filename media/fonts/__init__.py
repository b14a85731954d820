"""The fonts that are drawn into films, posters and documents, cut to the letters that we use."""

from pathlib import Path

FOLDER = Path(__file__).parent

SERIF = FOLDER / "mijnbuddy-serif-bold.otf"
SANS = FOLDER / "mijnbuddy-sans-regular.ttf"
SANS_BOLD = FOLDER / "mijnbuddy-sans-semibold.ttf"

ALL = (SERIF, SANS, SANS_BOLD)
