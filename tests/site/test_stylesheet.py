"""The one stylesheet, and the house style that an agency puts on it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from publishing.stylesheet import LAYERS, ORDER, HouseStyleError, bundle, bundle_desk, compact
from tests.built_site import ROOT

OURS = ROOT / "site/theme/static/css"
EXAMPLE = ROOT / "site/theme/house-style-example"


def test_order() -> None:
    """
    The layers come in the order of the cascade, each once, and all of ours are in them.
    """
    css = bundle(OURS)
    of_desks = bundle_desk(OURS)

    assert list(LAYERS) == re.findall(r"^@layer (\w+) \{", css, re.MULTILINE)
    for sheet in OURS.rglob("*.css"):
        bundled = of_desks if sheet.parent.name == "desk" else css
        assert sheet.read_text("utf-8") in bundled, sheet.name
    assert of_desks.startswith(ORDER)
    assert css.startswith(ORDER)


@pytest.mark.parametrize(
    ("css", "same"),
    [
        ("a {\n  color: red;\n}\n", "a{color:red}"),
        ('/* why: "so" */\na,\nb > c {\n  margin: 0 -1px;\n}', "a,b > c{margin:0 -1px}"),
        ("a :hover {\n  top: calc(1px + 2px);\n}", "a :hover{top:calc(1px + 2px)}"),
        ('a::before {\n  content: " ; { : ";\n}', 'a::before{content:" ; { : "}'),
        ("@media (min-width: 1px) and (width) {\n}", "@media (min-width:1px) and (width){}"),
    ],
)
def test_compact(css: str, same: str) -> None:
    """
    Comments and needless spaces go; a space that means something, or is shown, stays.
    """
    assert f"{same}\n" == compact(css)


def test_house_style() -> None:
    """
    The tokens of a house style come after ours in the same layer, so that they win, and its logo
    takes the place of the drawn one.
    """
    css = bundle(OURS, EXAMPLE)
    tokens = css[css.index("@layer tokens {") : css.index("@layer base {")]
    ours = (OURS / "tokens.css").read_text("utf-8")
    theirs = (EXAMPLE / "tokens.css").read_text("utf-8")

    assert 0 < tokens.index(ours) < tokens.index(theirs)
    assert 'url("logo.svg")' in css
    assert 'url("logo.svg")' not in bundle(OURS)


def test_example() -> None:
    """
    The example only names tokens that we have.
    """
    names = re.compile(r"(--[\w-]+):")
    theirs = set(names.findall((EXAMPLE / "tokens.css").read_text("utf-8")))

    assert theirs <= set(names.findall((OURS / "tokens.css").read_text("utf-8")))


def test_without_logo(tmp_path: Path) -> None:
    """
    A house style without a logo keeps ours.
    """
    shutil.copy(EXAMPLE / "tokens.css", tmp_path)

    assert "logo.svg" not in bundle(OURS, tmp_path)


def test_misspelt(tmp_path: Path) -> None:
    """
    A house style that isn't there stops the build, and is named.
    """
    with pytest.raises(HouseStyleError, match=re.escape(str(tmp_path / "tokens.css"))):
        bundle(OURS, tmp_path)


def test_build(tmp_path: Path) -> None:
    """
    A build in a house style has its tokens and its logo beside the stylesheet.
    """
    subprocess.run(
        [sys.executable, "-m", "pelican", "--settings", "pelicanconf.py", "--output", tmp_path],
        cwd=ROOT,
        env={**os.environ, "SITEURL": "", "HOUSE_STYLE": str(EXAMPLE)},
        capture_output=True,
        check=True,
    )
    style = (tmp_path / "theme/style.css").read_text("utf-8")

    assert compact(bundle(OURS, EXAMPLE)) == style
    assert (EXAMPLE / "logo.svg").read_bytes() == (tmp_path / "theme/logo.svg").read_bytes()
