"""
SES's events as AWS writes them (Amazon SES Developer Guide, «Examples of event data that Amazon
SES publishes to Amazon SNS»), about one mail of ours.
"""

import json
from typing import Any

PARTS = {
    "Delivery": "delivery",
    "DeliveryDelay": "deliveryDelay",
    "Bounce": "bounce",
    "Complaint": "complaint",
}


def event(
    kind: str,
    at: str,
    *,
    reference: str = "MB-7K3F-9Q4D",
    mail: str = "forwarding",
    receiver: str = "41002",
    route: str = "41002-1",
    message_id: str = "0107-message",
    **more: Any,
) -> str:
    """An event of this kind that happened at `at`; `more` goes in its own part."""
    to = "buddy@aalst.example"
    document: dict[str, Any] = {
        "eventType": kind,
        "mail": {
            "timestamp": "2026-11-23T09:30:01.000Z",
            "source": "mijnbuddy <buddy@mijnbuddy.example>",
            "sourceArn": "arn:aws:ses:eu-central-1:123456789012:identity/mijnbuddy.example",
            "sendingAccountId": "123456789012",
            "messageId": message_id,
            "destination": [to],
            "headersTruncated": False,
            "headers": [{"name": "Subject", "value": "Nieuwe kandidaat-buddy"}],
            "commonHeaders": {"to": [to], "subject": "Nieuwe kandidaat-buddy"},
            "tags": {
                "ses:configuration-set": ["mijnbuddy-test"],
                "reference": [reference],
                "mail": [mail],
                "receiver": [receiver],
                "route": [route],
            },
        },
    }
    parts: dict[str, dict[str, Any]] = {
        "Delivery": {
            "processingTimeMillis": 546,
            "recipients": [to],
            "smtpResponse": "250 2.6.0 Message received",
            "reportingMTA": "a8-53.smtp-out.amazonses.com",
        },
        "DeliveryDelay": {
            "delayType": "TransientCommunicationFailure",
            "expirationTime": "2026-11-23T23:25:18.111Z",
            "delayedRecipients": [{"emailAddress": to, "status": "4.4.1"}],
        },
        "Bounce": {
            "bounceType": "Permanent",
            "bounceSubType": "General",
            "bouncedRecipients": [{"emailAddress": to, "action": "failed", "status": "5.1.1"}],
            "feedbackId": "0102017-feedback",
            "reportingMTA": "dsn; a27-33.smtp-out.us-west-2.amazonses.com",
        },
        "Complaint": {
            "complainedRecipients": [{"emailAddress": to}],
            "complaintSubType": None,
            "complaintFeedbackType": "abuse",
        },
    }
    if kind in PARTS:
        document[PARTS[kind]] = parts[kind] | {"timestamp": at} | more
    if kind == "Reject":
        document["reject"] = {"reason": "Bad content"}
    return json.dumps(document)
