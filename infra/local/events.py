"""What happens in AWS by itself, made to happen now: an SES event, a scheduled moment."""

import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.config import Config

from infra.local.deployment import Deployment, client
from infra.local.settings import ACCOUNT, REGION, Settings

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_sns import SNSClient

# A function may run for 15 minutes; and asking twice would run it twice.
PATIENT = Config(read_timeout=900, retries={"total_max_attempts": 1})


@dataclass(frozen=True)
class Run:
    """What one scheduled function gave back, or how it failed."""

    function: str
    result: Any
    has_failed: bool


class Events:
    def __init__(self, deployment: Deployment, settings: Settings) -> None:
        self._deployment = deployment
        self._sns: SNSClient = client("sns", settings)
        self._lambda: LambdaClient = client("lambda", settings, PATIENT)

    def publish_ses_event(self, message: str) -> str:
        """Publish the event as SES does, and return the id of the message."""
        topic = self._deployment.ses_events_topic
        return self._sns.publish(TopicArn=topic, Message=message)["MessageId"]

    def run_schedules(self, now: datetime) -> list[Run]:
        """Run every scheduled function, one after the other, as if it were that moment."""
        schedules = self._deployment.template.schedules
        return [self._run(function, rule, now) for function, rule in schedules.items()]

    def _run(self, function: str, rule: str, now: datetime) -> Run:
        names = self._deployment.names
        answer = self._lambda.invoke(
            FunctionName=names[function],
            Payload=json.dumps(scheduled_event(names[rule], now)).encode(),
        )
        return Run(
            function=function,
            result=json.loads(answer["Payload"].read() or "null"),
            has_failed="FunctionError" in answer,
        )


def scheduled_event(rule: str, now: datetime) -> dict[str, Any]:
    """The event that EventBridge sends to the target of a scheduled rule."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT,
        "time": f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "region": REGION,
        "resources": [f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{rule}"],
        "detail": {},
    }
