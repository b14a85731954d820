"""
What every rival does with a registration, however it reads and answers it: clean the answers, and
write them once, unless they are there already.

The same libraries as ours check address and number. Ours does more beside it (municipalities of a
postcode, 39 kinds of errors, how it came): that is not taken off.
"""

import hashlib
import json
import os
import re
from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3
import email_validator
import phonenumbers
from botocore.exceptions import ClientError

REQUIRED = ("name", "email", "postcode", "consent")
LENGTHS = {"name": 100, "email": 254, "phone": 40, "postcode": 4, "about": 2000, "consent": 3}
POSTCODE = re.compile(r"[1-9][0-9]{3}")


class InvalidError(ValueError):
    """Names the fields that are wrong."""


def email(text: str) -> str:
    return email_validator.validate_email(text, check_deliverability=False).normalized


def phone(text: str) -> str:
    number = phonenumbers.parse(text, "BE")
    if not phonenumbers.is_valid_number(number):
        raise ValueError(text)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def postcode(text: str) -> str:
    if not POSTCODE.fullmatch(text):
        raise ValueError(text)
    return text


def consent(text: str) -> str:
    if text != "yes":
        raise ValueError(text)
    return text


CLEANED = {"email": email, "phone": phone, "postcode": postcode, "consent": consent}


def cleaned(posted: dict[str, str]) -> dict[str, str]:
    wrong = [name for name in posted if name not in LENGTHS]
    wrong += [name for name in REQUIRED if not posted.get(name, "").strip()]
    answers = {}
    for name, value in posted.items():
        text = " ".join(value.split())
        if len(text) > LENGTHS.get(name, 0):
            wrong.append(name)
            continue
        try:
            answers[name] = CLEANED.get(name, str)(text) if text else ""
        except (ValueError, phonenumbers.NumberParseException):
            wrong.append(name)
    if wrong:
        raise InvalidError(sorted(set(wrong)))
    return answers


@cache
def table() -> Any:
    return boto3.client("dynamodb")


def keep(answers: dict[str, str]) -> str:
    """The one write; returns the reference."""
    digest = hashlib.sha256(json.dumps(answers, sort_keys=True).encode()).hexdigest()
    reference = f"MB-{digest[:8].upper()}"
    item = {
        "pk": {"S": f"REGISTRATION#{reference}"},
        "sk": {"S": "REGISTRATION"},
        "registered_at": {"S": datetime.now(UTC).isoformat()},
        "answers": {"M": {name: {"S": value} for name, value in answers.items() if value}},
    }
    try:
        table().put_item(
            TableName=os.environ["TABLE_NAME"],
            Item=item,
            ConditionExpression="attribute_not_exists(pk)",
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
    return reference
