"""`make export` and `make import` as typed; tests/backend/test_restore.py moves a table."""

import pytest

from infra import table


@pytest.mark.parametrize("what", ["export", "import"])
def test_no_file(what: str, capsys: pytest.CaptureFixture[str]) -> None:
    """
    Without FILE it is said how to name one, and AWS is not asked.
    """
    assert 1 == table.main([what, "dev", ""], lambda *_: pytest.fail("AWS was asked"))
    assert f"Say which file: make {what} STAGE=dev FILE=copy.jsonl.gz\n" == capsys.readouterr().err
