"""What must be so at the end of a run: each right was needed, and each need was met."""

from collections.abc import Iterable
from dataclasses import dataclass

from tests.rights.calls import OPERATOR, Call
from tests.rights.policies import Right, Rights, unused

OF_AWS: dict[str, frozenset[str]] = {
    # Lambda itself writes the lines of a function, under its role.
    "Logs": frozenset({"logs:CreateLogStream", "logs:PutLogEvents"}),
    # Lambda itself reads the stream, and asks first which streams there are; the latter knows no
    # resource.
    "Table.StreamArn": frozenset(
        {"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"}
    ),
    "*": frozenset({"dynamodb:ListStreams"}),
    # Lambda itself takes the events off their queue.
    "MailEvents": frozenset({"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}),
    # … and reads them.
    "SesEventsKey": frozenset({"kms:Decrypt"}),
    # Lambda itself leaves there what a function failed at for good.
    "StreamFailures": frozenset({"sqs:SendMessage"}),
    "ScheduleFailures": frozenset({"sqs:SendMessage"}),
}
"""
What AWS does under the role of a function, so that no run of our code shows it:
https://docs.aws.amazon.com/lambda/latest/dg/with-ddb-create-package.html (streams), …/with-sqs.html
(queues), …/invocation-async-retain-records.html (what failed), …/monitoring-cloudwatchlogs.html.
"""

OF_KEYS = {
    "SesEventsKey": frozenset({"kms:Decrypt", "kms:GenerateDataKey"}),
    "ExportsKey": frozenset({"kms:Decrypt", "kms:GenerateDataKey"}),
}
"""
What SQS asks of a key under the role of who takes a message off an encrypted queue, or puts one
there, and S3 of who reads or writes an encrypted file, also in pieces:
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
"""


@dataclass(frozen=True)
class Judgement:
    """What is wrong, a line each; without any, all is well."""

    problems: tuple[str, ...] = ()


def judge(rights: Rights, seen: Iterable[Call], *, is_whole: bool) -> Judgement:
    """What was refused, and, of a whole run, what is allowed and nobody needed."""
    calls = set(seen)
    refused = [f"refused: {one.role}: {one.need}" for one in calls if not one.is_allowed]
    superfluous = [
        f"not needed: {role}: {right}"
        for role, right in (not_needed(rights, calls) if is_whole else ())
    ]
    return Judgement((*sorted(refused), *sorted(superfluous)))


def not_needed(rights: Rights, seen: Iterable[Call]) -> list[tuple[str, Right]]:
    """What nobody would miss in each role, but for what AWS itself does."""
    calls = set(seen)
    return [
        (role, right)
        for role, its in rights.items()
        for right in unused(its, (one.need for one in calls if one.role == role))
        if not is_of_aws(role, right)
    ]


def is_of_aws(role: str, right: Right) -> bool:
    """Whether AWS itself needs it. For a person at the command line it runs no function."""
    for_function = role != OPERATOR and right.action in OF_AWS.get(right.resource, ())
    return for_function or right.action in OF_KEYS.get(right.resource, ())
