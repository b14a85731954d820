"""
Whether what answered is AWS: botocore takes any text with status 200 for an empty answer.

A proxy's page in the place of DynamoDB's answer would so count as a write.
"""

import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError


class WrongAnswerError(BotoCoreError):
    """Something answered that is not AWS, or not whole: nobody knows what was done."""

    fmt = "The answer is not one of AWS."


def require_answer(response_dict: Mapping[str, Any], **_: Any) -> None:
    """
    Raises `WrongAnswerError` for a success that is no JSON, as all of ours are.

    For botocore's event `before-parse`: its parser fails on what is no text at all.
    """
    is_success = response_dict["status_code"] < 300  # noqa: PLR2004 (botocore raises an error itself)
    if is_success and not _is_json(response_dict["body"]):
        raise WrongAnswerError


def _is_json(content: bytes) -> bool:
    try:
        json.loads(content or b"{}")
    except ValueError:
        return False
    return True
