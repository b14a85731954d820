import pytest

from chalicelib.content_types import content_type
from chalicelib.document_files import FORMATS
from chalicelib.domain.figures_files import ADDRESSES


@pytest.mark.parametrize("name", [*(f"report-2022-11-02.{one}" for one in FORMATS), *ADDRESSES])
def test_known(name: str) -> None:
    """
    Each kind of file that is handed out has a type; a text says how it is written down.
    """
    kind = content_type(name)

    assert kind.endswith("; charset=utf-8") or name.endswith(".xlsx")


def test_schema() -> None:
    """
    A schema is told from other JSON, in whatever folder it is.
    """
    assert "application/schema+json; charset=utf-8" == content_type("/a.b/figures.schema.json")


def test_unknown() -> None:
    """
    An ending that is not in the list is a mistake of ours, and is no guess.
    """
    with pytest.raises(KeyError):
        content_type("page.exe")
