"""The words on more than one sheet or picture; the steps are those of the site."""

HEADLINE = ("Ga een eindje", "mee met iemand", "die nieuw is.")  # broken as it is set large
TITLE = "Ga een eindje mee met iemand die nieuw is"
LEAD = (
    "Een buddy gaat op stap met iemand die hier nog maar pas woont. "
    "Jullie spreken Nederlands met elkaar."
)
STEPS_TITLE = "Zo gaat het"
ASKED_TITLE = "Wat vragen we?"
ASKED = (
    "Je bent 18 jaar of ouder.",
    "Je maakt geregeld tijd voor elkaar.",
    "Je praat Nederlands, rustig en gewoon.",
)
UNPAID = "Je bent vrijwilliger: je krijgt er geen loon voor."
ADDRESS = "www.mijnbuddy.be"
SCAN = "Scan de code of surf naar"
SITE = f"https://{ADDRESS}"
POSTER, FLYER = "affiche", "flyer"
"""The campaigns of their QR codes (`chalicelib.domain.campaigns`)."""
LICENCE = "mijnbuddy, CC BY 4.0"


def sentences(text: str) -> list[str]:
    """One sentence a line, where words are set large."""
    return [one if one.endswith(".") else f"{one}." for one in text.split(". ")]
