"""What the profile of a build counts for what."""

import pytest

from bench.profile import OTHER, part_of

RENDER = "/x/jinja2/environment.py:render"
WRITE = "/x/pelican/writers.py:_write_file"


@pytest.mark.parametrize(
    ("stack", "part"),
    [
        (["shell.html:root", RENDER, WRITE], "templates: render"),
        ([WRITE, "/x/pelican/__init__.py:run"], "Pelican: write files"),
        (["/x/site/plugins/publishing/files.py:image_size", RENDER], "our plugins: the rest"),
        (["/x/docutils/core.py:<module>", "<frozen importlib._bootstrap>:load"], "start: imports"),
        (["/x/other.py:main"], OTHER),
    ],
)
def test_part(stack: list[str], part: str) -> None:
    """
    The innermost frame that tells anything decides.
    """
    assert part == part_of(stack)
