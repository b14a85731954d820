"""The pages that the benchmark makes."""

from pathlib import Path

import pytest

from bench.pages import LENGTH, Material, material, page, write
from publishing import front_matter

ROOT = Path(__file__).parents[2]
THOSE = Material(("Een kop", "Nog een kop"), ("Eerste alinea.", "Tweede.", "- een\n- lijst"))


def test_material() -> None:
    """
    It is made of our own content, without what only our reader knows.
    """
    those = material(ROOT / "site/content")

    assert [] == [block for block in those.blocks if "bron:" in block or "<" in block]
    assert all(those.headings)
    assert "---" not in those.blocks


def test_no_material(tmp_path: Path) -> None:
    """
    Without content there is nothing to measure with.
    """
    with pytest.raises(ValueError, match="no headings"):
        material(tmp_path)


def test_page() -> None:
    """
    A number always gives the same page, another number another one, of about the same length.
    """
    assert page(7, THOSE) == page(7, THOSE)
    assert page(7, THOSE) != page(8, THOSE)
    assert LENGTH < len(page(7, THOSE)) < 2 * LENGTH


def test_front_matter() -> None:
    """
    Our own reader takes it.
    """
    file = Path("meting-00007.md")
    front, _ = front_matter.split(page(7, THOSE), file)

    assert "Pagina 7" == front_matter.decode(front, front_matter.Page, file).title


def test_write(tmp_path: Path) -> None:
    """
    As many files as were asked for.
    """
    write(tmp_path / "pages", 3, THOSE)

    names = [file.name for file in sorted((tmp_path / "pages").iterdir())]
    assert ["meting-00000.md", "meting-00001.md", "meting-00002.md"] == names
