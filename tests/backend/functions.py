"""Calls our functions as API Gateway, the stream, the queues and the schedules do."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from chalice.test import Client

import app as entry_points
from tests.backend import aws as aws_in_memory
from tests.backend.samples import Changes, posted

FORM = "application/x-www-form-urlencoded"
Record = dict[str, Any]


class Functions:
    """All of them, in one process."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._number = 0

    def get(self, path: str, headers: dict[str, str] | None = None) -> Any:
        return self._client.http.get(path, headers=headers or {})

    def request(self, method: str, path: str, headers: dict[str, str] | None = None) -> Any:
        return self._client.http.request(method, path, headers=headers or {})

    def press(self, path: str, **values: str) -> Any:
        """A button, with what is filled in beside it."""
        body = urlencode(values).encode()
        return self._client.http.post(path, headers={"Content-Type": FORM}, body=body)

    def post(
        self, body: bytes, content_type: str = FORM, accept: str = "text/html", came_by: str = ""
    ) -> Any:
        headers = {"Content-Type": content_type, "Accept": accept, "X-Forwarded-For": came_by}
        return self._client.http.post("/api/registrations", headers=headers, body=body)

    def sign_up(self, came_by: str = "", /, **changes: Changes) -> Any:
        return self.post(urlencode(posted(**changes), doseq=True).encode(), came_by=came_by)

    def stream(self, name: str, *records: Record) -> Any:
        """Wake a function with a batch of the table's stream."""
        return self._client.lambda_.invoke(name, {"Records": list(records)}).payload

    def queue(self, name: str, *messages: str) -> Any:
        """Wake a function with a batch of a queue."""
        batch = self._client.events.generate_sqs_event(list(messages))
        return self._client.lambda_.invoke(name, batch).payload

    def record(self, new: Record | None, old: Record | None = None) -> Record:
        """A change of an item as the stream tells it."""
        self._number += 1
        item: Record = new or old or {}
        images = {"NewImage": new, "OldImage": old}
        return {
            "eventID": f"{self._number:032}",
            "eventName": "REMOVE" if not new else "MODIFY" if old else "INSERT",
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": aws_in_memory.REGION,
            "eventSourceARN": "arn:aws:dynamodb:eu-central-1:123456789012:table/x/stream/y",
            "dynamodb": {
                "ApproximateCreationDateTime": 1795426200,
                "Keys": {"pk": item["pk"], "sk": item["sk"]},
                "SequenceNumber": f"{self._number:021}",
                "SizeBytes": 1234,
                "StreamViewType": "NEW_AND_OLD_IMAGES",
                **{name: image for name, image in images.items() if image},
            },
        }

    def schedule(self, name: str, at: datetime | None = None) -> Any:
        event = self._client.events.generate_cw_event("aws.events", "Scheduled Event", {}, [])
        event["time"] = f"{at or later():%Y-%m-%dT%H:%M:%SZ}"
        # Not through the client: its context leaves a function three seconds.
        function: Any = getattr(entry_points, name)
        return function(event, Context())


class Context:
    """What a function sees of Lambda: here it always has a minute left."""

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


def later(**step: float) -> datetime:
    """A moment from now; some seconds on, if no other is given."""
    return datetime.now(UTC) + timedelta(**step or {"seconds": 2})
