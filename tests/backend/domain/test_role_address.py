"""Which addresses look like one colleague's."""

import pytest

from chalicelib.domain.role_address import looks_personal


@pytest.mark.parametrize(
    "email",
    [
        "jan.peeters@aalst.be",
        "j.peeters@aalst.be",
        "Jan.Van.den.Berghe@aalst.be",
        "an_de-smet@aalst.be",
        "griet.d'hondt@aalst.be",
        "jan.peeters+buddy@aalst.be",
        "céline.dubois@aalst.be",
    ],
)
def test_personal(email: str) -> None:
    """
    Two words or more, none of an office: a name.
    """
    assert looks_personal(email)


@pytest.mark.parametrize(
    "email",
    [
        "inburgering@aalst.be",
        "buddy@aalst.be",
        "buddy.project@aalst.be",
        "sociale.dienst@aalst.be",
        "info.onthaal@aalst.be",
        "dienst-welzijn@aalst.be",
        "integratie_aalst@aalst.be",
        "buddy+jan.peeters@aalst.be",
        "team.9300@aalst.be",
        "jan@aalst.be",
        "peetersj@aalst.be",
        ".jan@aalst.be",
    ],
)
def test_role(email: str) -> None:
    """
    A word of an office, one word, or what we can't tell: not called a person's.
    """
    assert not looks_personal(email)
