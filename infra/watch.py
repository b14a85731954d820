"""
The alarms of each function and each queue, and the dashboard: made of the template that they watch,
so that nothing new goes unwatched. The others that are told are in infra/templates/watch.yaml.

What missing data mean is said for each: a function that nobody calls has no errors, a schedule that
did not run has no run.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

FUNCTION = "AWS::Serverless::Function"
QUEUE = "AWS::SQS::Queue"
ALARM = "AWS::CloudWatch::Alarm"

FINE = "notBreaching"
WRONG = "breaching"
AS_BEFORE = "ignore"

MINUTE = 60
EVERY = {
    "rate(1 minute)": 5 * MINUTE,
    "rate(5 minutes)": 30 * MINUTE,
    "rate(15 minutes)": 60 * MINUTE,
    "rate(1 hour)": 180 * MINUTE,
}
"""
A schedule, with the seconds after which a function that never ran is missed. Not those that run
once a day or on working days: such an alarm would ring a day late, and each Saturday.
"""

WITHOUT_COPY = 36
"""
Hours without a copy of the table: one is begun each night and may take until the end of its windows
(infra/templates/backup.yaml), so two may be 31 apart.
"""

STREAM_BEHIND = 300_000
"""Milliseconds: the sweep has found by then what the stream was slow to tell."""
MAIL_EVENTS_BEHIND = 900
"""Seconds: a receipt is not urgent, but a quarter of an hour of them is a fault."""
SLOW_ANSWER = 3_000
"""Milliseconds within which 95 of 100 answers come. A cold start takes less, a stop of AWS more."""
# SES warns an account at 5 and 0.1 per cent, and stops it at 10 and 0.5 (its developer guide,
# «Reputation», read in November 2026). We want to know before it does.
BOUNCE_RATE = 0.04
COMPLAINT_RATE = 0.0008


def resources(template: Mapping[str, Any]) -> dict[str, Any]:
    """The alarms for what is in the template, and a dashboard."""
    found: dict[str, Any] = template["Resources"]
    alarms = dict(_alarms(found))
    return {**alarms, "Dashboard": _dashboard(found, alarms)}


def _alarms(found: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, function in _of_type(found, FUNCTION):
        yield from _of_function(name, function["Properties"])
    for name in dead_letters(found):
        yield _alarm(
            f"{name}Held",
            "Something failed for good, and waits in a queue.",
            _metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", _queue(name), "Maximum"),
            above=0,
            missing=FINE,  # an empty queue that nobody touches tells nothing
        )
    yield _alarm(
        "MailEventsBehind",
        "What SES tells of mails is not taken in.",
        _metric("AWS/SQS", "ApproximateAgeOfOldestMessage", _queue("MailEvents"), "Maximum"),
        above=MAIL_EVENTS_BEHIND,
        missing=FINE,
    )
    yield _alarm(
        "ApiFails",
        "The API answers with errors.",
        _metric("AWS/ApiGateway", "5XXError", _api(), "Sum"),
        above=4,
        missing=FINE,
    )
    yield _alarm(
        "ApiSlow",
        "The API is slow: people press again.",
        _metric("AWS/ApiGateway", "Latency", _api(), "p95"),
        above=SLOW_ANSWER,
        missing=FINE,
        times=3,
    )
    for name, why, metric, limit in (
        ("MailsBounce", "Too many mails come back.", "Reputation.BounceRate", BOUNCE_RATE),
        ("MailsAnnoy", "Too many call us spam.", "Reputation.ComplaintRate", COMPLAINT_RATE),
    ):
        # Of the whole account: SES keeps no rate of a domain. It tells one when mails go out only.
        yield _alarm(
            name,
            f"{why} SES stops accounts for it.",
            _metric("AWS/SES", metric, {}, "Maximum", period=60 * MINUTE),
            above=limit,
            missing=AS_BEFORE,
        )
    # By the hour: AWS Backup counts nothing in an hour without a copy, and a day that goes by the
    # clock would miss one that took longer than the night before. As Ref, a vault is its name.
    yield _alarm(
        "BackupMissed",
        "There is no copy of the table of the last night.",
        _metric(
            "AWS/Backup",
            "NumberOfBackupJobsCompleted",
            {"BackupVaultName": {"Ref": "BackupVault"}},
            "Sum",
            period=60 * MINUTE,
        ),
        below=1,
        missing=WRONG,
        times=WITHOUT_COPY,
    )
    yield _alarm(
        "IncidentOpened",
        "Nobody registers any more, or our own test does not arrive.",
        _metric({"Fn::Sub": "mijnbuddy/${Stage}"}, "IncidentsOpened", {}, "Sum"),
        above=0,
        missing=FINE,
    )


def _of_function(name: str, function: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    dimensions = {"FunctionName": {"Ref": name}}
    yield _alarm(
        f"{name}Fails",
        f"The function {name} ended with an error.",
        _metric("AWS/Lambda", "Errors", dimensions, "Sum"),
        above=0,
        missing=FINE,
    )
    yield _alarm(
        f"{name}Throttled",
        f"There was no room to run the function {name}.",
        _metric("AWS/Lambda", "Throttles", dimensions, "Sum"),
        above=0,
        missing=FINE,
        times=3,
    )
    for event in function.get("Events", {}).values():
        if event["Type"] == "DynamoDB":
            yield _alarm(
                f"{name}Behind",
                f"The function {name} is behind on the changes of the table.",
                _metric("AWS/Lambda", "IteratorAge", dimensions, "Maximum"),
                above=STREAM_BEHIND,
                missing=FINE,
                times=3,
            )
        within = EVERY.get(event["Properties"].get("Schedule", ""))
        if event["Type"] == "Schedule" and within:
            yield _alarm(
                f"{name}Missed",
                f"The schedule of the function {name} did not run.",
                _metric("AWS/Lambda", "Invocations", dimensions, "Sum", period=within),
                below=1,
                missing=WRONG,
            )


def dead_letters(found: Mapping[str, Any]) -> list[str]:
    """The queues where something ends that failed for good: those that hand nothing on."""
    return [
        name for name, one in _of_type(found, QUEUE) if "RedrivePolicy" not in one["Properties"]
    ]


def _of_type(found: Mapping[str, Any], kind: str) -> list[tuple[str, Mapping[str, Any]]]:
    return [(name, one) for name, one in found.items() if one["Type"] == kind]


def _queue(name: str) -> dict[str, Any]:
    return {"QueueName": {"Fn::GetAtt": [name, "QueueName"]}}


def _api() -> dict[str, Any]:
    return {"ApiName": {"Fn::Sub": "mijnbuddy-${Stage}"}, "Stage": {"Ref": "RestAPI.Stage"}}


def _metric(
    namespace: object,
    name: str,
    dimensions: Mapping[str, Any],
    statistic: str,
    period: int = 5 * MINUTE,
) -> dict[str, Any]:
    how = "ExtendedStatistic" if statistic.startswith("p") else "Statistic"
    return {
        "Namespace": namespace,
        "MetricName": name,
        "Dimensions": [{"Name": one, "Value": value} for one, value in dimensions.items()],
        how: statistic,
        "Period": period,
    }


def _alarm(
    name: str,
    why: str,
    metric: Mapping[str, Any],
    *,
    missing: str,
    above: float | None = None,
    below: float | None = None,
    times: int = 1,
) -> tuple[str, dict[str, Any]]:
    operator = "LessThanThreshold" if above is None else "GreaterThanThreshold"
    told = [{"Ref": "Alerts"}]
    return f"{name}Alarm", {
        "Type": ALARM,
        "Properties": {
            "AlarmName": {"Fn::Sub": f"mijnbuddy-${{Stage}}-{name}"},
            "AlarmDescription": f"{why} See docs/runbook.md, {name}.",
            **metric,
            "ComparisonOperator": operator,
            "Threshold": below if above is None else above,
            "EvaluationPeriods": times,
            "DatapointsToAlarm": times,
            "TreatMissingData": missing,
            "AlarmActions": told,
            "OKActions": told,
        },
    }


def _dashboard(found: Mapping[str, Any], alarms: Mapping[str, Any]) -> dict[str, Any]:
    functions = [name for name, _ in _of_type(found, FUNCTION)]
    names = {f"{name}Name": {"Ref": name} for name in functions}
    queues = {f"{name}Name": {"Fn::GetAtt": [name, "QueueName"]} for name in dead_letters(found)}
    arns = {f"{name}Arn": {"Fn::GetAtt": [name, "Arn"]} for name in alarms}

    def of_functions(metric: str, statistic: str) -> list[list[Any]]:
        return [
            [
                "AWS/Lambda",
                metric,
                "FunctionName",
                f"${{{name}Name}}",
                {"stat": statistic, "label": name},
            ]
            for name in functions
        ]

    graphs = (
        (
            "Aanvragen en fouten van de API",
            [
                [
                    "AWS/ApiGateway",
                    metric,
                    "ApiName",
                    "mijnbuddy-${Stage}",
                    "Stage",
                    "${ApiStage}",
                    {"stat": "Sum"},
                ]
                for metric in ("Count", "4XXError", "5XXError")
            ],
        ),
        (
            "Hoe lang de API erover doet (ms)",
            [
                [
                    "AWS/ApiGateway",
                    "Latency",
                    "ApiName",
                    "mijnbuddy-${Stage}",
                    "Stage",
                    "${ApiStage}",
                    {"stat": one},
                ]
                for one in ("p50", "p95", "p99")
            ],
        ),
        ("Fouten van de functies", of_functions("Errors", "Sum")),
        ("Hoe vaak de functies lopen", of_functions("Invocations", "Sum")),
        (
            "Achterstand op de tabel (ms)",
            [
                [
                    "AWS/Lambda",
                    "IteratorAge",
                    "FunctionName",
                    f"${{{name}Name}}",
                    {"stat": "Maximum", "label": name},
                ]
                for name in functions
                if f"{name}BehindAlarm" in alarms
            ],
        ),
        (
            "Wat blijvend mislukte",
            [
                [
                    "AWS/SQS",
                    "ApproximateNumberOfMessagesVisible",
                    "QueueName",
                    f"${{{name}Name}}",
                    {"stat": "Maximum", "label": name},
                ]
                for name in dead_letters(found)
            ],
        ),
        (
            "Mails die terugkomen of als spam gemeld zijn (deel van alle)",
            [
                ["AWS/SES", one, {"stat": "Maximum"}]
                for one in ("Reputation.BounceRate", "Reputation.ComplaintRate")
            ],
        ),
        (
            "Wat de databank las en schreef",
            [
                ["AWS/DynamoDB", one, "TableName", "${Table}", {"stat": "Sum"}]
                for one in ("ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits")
            ],
        ),
    )
    widgets: list[dict[str, Any]] = [
        {
            "type": "alarm",
            "x": 0,
            "y": 0,
            "width": 24,
            "height": 6,
            "properties": {"title": "Alarmen", "alarms": [f"${{{name}Arn}}" for name in alarms]},
        }
    ]
    for number, (title, metrics) in enumerate(graphs):
        widgets.append(
            {
                "type": "metric",
                "x": 12 * (number % 2),
                "y": 6 + 6 * (number // 2),
                "width": 12,
                "height": 6,
                "properties": {
                    "title": title,
                    "region": "${AWS::Region}",
                    "period": 300,
                    "metrics": metrics,
                },
            }
        )
    body = json.dumps({"widgets": widgets}, ensure_ascii=False, separators=(",", ":"))
    stage = {"ApiStage": {"Ref": "RestAPI.Stage"}}
    return {
        "Type": "AWS::CloudWatch::Dashboard",
        "Properties": {
            "DashboardName": {"Fn::Sub": "mijnbuddy-${Stage}"},
            "DashboardBody": {"Fn::Sub": [body, {**names, **queues, **arns, **stage}]},
        },
    }
