"""The description of the API stands on the site that it describes."""

from tests.built_site import ROOT, Site


def test_published(site: Site) -> None:
    """
    It is the file that is held to the code, as it is.
    """
    assert (ROOT / "docs/openapi.yaml").read_text(encoding="utf-8") == site.read("openapi.yaml")
