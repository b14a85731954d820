"""Whatever can fail has somebody who is told."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.retention import BACKUP_TERM
from infra import watch

ALARMS = "AWS::CloudWatch::Alarm"
FUNCTION = "AWS::Serverless::Function"


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path("build/backend/sam.json").read_text())
    return found


@pytest.fixture(scope="module")
def resources(template: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = template["Resources"]
    return found


@pytest.fixture(scope="module")
def alarms(resources: dict[str, Any]) -> dict[str, Any]:
    return {
        name.removesuffix("Alarm"): one["Properties"]
        for name, one in resources.items()
        if one["Type"] == ALARMS
    }


def of_type(resources: dict[str, Any], kind: str) -> dict[str, Any]:
    return {name: one["Properties"] for name, one in resources.items() if one["Type"] == kind}


def test_functions(resources: dict[str, Any], alarms: dict[str, Any]) -> None:
    """
    Each function that fails, or finds no room, is told of; one that nobody calls has no errors.
    """
    for name in of_type(resources, FUNCTION):
        for kind, metric in (("Fails", "Errors"), ("Throttled", "Throttles")):
            alarm = alarms[f"{name}{kind}"]

            assert metric == alarm["MetricName"]
            assert [{"Name": "FunctionName", "Value": {"Ref": name}}] == alarm["Dimensions"]
            assert "notBreaching" == alarm["TreatMissingData"]


def test_schedules(resources: dict[str, Any], alarms: dict[str, Any]) -> None:
    """
    A function that should run within hours and does not is told of: no data means no run. Others
    run once a day, and are not watched so.
    """
    scheduled = {
        name: event["Properties"]["Schedule"]
        for name, one in of_type(resources, FUNCTION).items()
        for event in one.get("Events", {}).values()
        if event["Type"] == "Schedule"
    }
    for name, schedule in scheduled.items():
        daily = schedule == "rate(1 day)" or schedule.startswith("cron(")
        assert daily == (f"{name}Missed" not in alarms), name
    missed = [one for name, one in alarms.items() if name.endswith("Missed")]
    assert {"breaching"} == {one["TreatMissingData"] for one in missed}
    assert {("LessThanThreshold", 1)} == {
        (one["ComparisonOperator"], one["Threshold"]) for one in missed
    }


def test_streams(resources: dict[str, Any], alarms: dict[str, Any]) -> None:
    """
    Who reads the changes of the table and falls behind is told of.
    """
    reading = {
        name
        for name, one in of_type(resources, FUNCTION).items()
        if "DynamoDB" in {event["Type"] for event in one.get("Events", {}).values()}
    }
    behind = {name for name in alarms if name.endswith("Behind")} - {"MailEventsBehind"}

    assert {f"{name}Behind" for name in reading} == behind
    assert {"Forward", "Project"} <= reading


def test_dead_letters(resources: dict[str, Any], alarms: dict[str, Any]) -> None:
    """
    Each queue where something ends that failed for good is told of at its first message.
    """
    targets = set(
        re.findall(r'"deadLetterTargetArn": \{"Fn::GetAtt": \["(\w+)"', json.dumps(resources))
    )
    targets |= set(re.findall(r'"Destination": \{"Fn::GetAtt": \["(\w+)"', json.dumps(resources)))

    assert set(watch.dead_letters(resources)) == targets
    for name in targets:
        alarm = alarms[f"{name}Held"]
        assert ("GreaterThanThreshold", 0) == (alarm["ComparisonOperator"], alarm["Threshold"])


def test_mails(alarms: dict[str, Any]) -> None:
    """
    We know before SES does that too many mails come back or annoy: it warns at 5 and at 0.1 per
    cent. No mail, no change.
    """
    for name, limit in (("MailsBounce", 0.05), ("MailsAnnoy", 0.001)):
        assert 0 < alarms[name]["Threshold"] < limit
        assert "ignore" == alarms[name]["TreatMissingData"]


def test_told(resources: dict[str, Any], alarms: dict[str, Any]) -> None:
    """
    One topic tells the agency of each alarm, and when it is over; each has a place in the runbook.
    """
    for name, alarm in alarms.items():
        assert [{"Ref": "Alerts"}] == alarm["AlarmActions"] == alarm["OKActions"]
        assert alarm["AlarmDescription"].endswith(f"See docs/runbook.md, {name}.")
        assert "TreatMissingData" in alarm
    (subscription,) = resources["Alerts"]["Properties"]["Subscription"]
    assert {"Protocol": "email", "Endpoint": {"Ref": "AgencyAddress"}} == subscription


def test_incidents(resources: dict[str, Any], alarms: dict[str, Any]) -> None:
    """
    Silence and a probe that does not arrive are read from the line that is logged when they begin:
    the words are those of the code.
    """
    pattern = resources["IncidentsOpened"]["Properties"]["FilterPattern"]
    (words,) = re.findall(r'\$\.event = "([^"]+)"', pattern)

    assert f'"{words}"' in Path("backend/chalicelib/watching.py").read_text()
    (made,) = resources["IncidentsOpened"]["Properties"]["MetricTransformations"]
    alarm = alarms["IncidentOpened"]
    assert (made["MetricNamespace"], made["MetricName"]) == (
        alarm["Namespace"],
        alarm["MetricName"],
    )


def test_budget(resources: dict[str, Any]) -> None:
    """
    What it costs is told before it is spent: at 80 per cent, and when a month will go beyond.
    """
    budget = resources["Budget"]["Properties"]
    told = {
        (one["Notification"]["NotificationType"], one["Notification"]["Threshold"])
        for one in budget["NotificationsWithSubscribers"]
    }

    assert {("ACTUAL", 80), ("FORECASTED", 100)} == told
    assert {"Ref": "MonthlyBudget"} == budget["Budget"]["BudgetLimit"]["Amount"]


def test_dashboard(resources: dict[str, Any], alarms: dict[str, Any]) -> None:
    """
    The dashboard is what CloudWatch can read, and shows every alarm and every function.
    """
    body, names = resources["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    first, *graphs = json.loads(body)["widgets"]

    assert len(alarms) == len(first["properties"]["alarms"]) <= 100
    assert {f"{name}Name" for name in of_type(resources, FUNCTION)} <= set(names)
    assert set(re.findall(r"\$\{(\w+)\}", body)) - {"Table", "Stage"} == set(names)
    for graph in graphs:
        assert graph["properties"]["metrics"], graph["properties"]["title"]
    assert len({(one["x"], one["y"]) for one in graphs}) == len(graphs)


def test_backup(resources: dict[str, Any]) -> None:
    """
    Copies of the table are kept as long as the page about privacy says, encrypted with a key of
    ours; one that was not made is told.
    """
    (rule,) = resources["BackupPlan"]["Properties"]["BackupPlan"]["BackupPlanRule"]
    kept = resources["Table"]["Properties"]["PointInTimeRecoverySpecification"]

    assert BACKUP_TERM == timedelta(days=rule["Lifecycle"]["DeleteAfterDays"])
    assert BACKUP_TERM == timedelta(days=kept["RecoveryPeriodInDays"])
    assert {"Fn::GetAtt": ["BackupKey", "Arn"]} == (
        resources["BackupVault"]["Properties"]["EncryptionKeyArn"]
    )
    failed = resources["BackupFailed"]["Properties"]
    assert {"FAILED", "ABORTED", "EXPIRED"} == set(failed["EventPattern"]["detail"]["state"])
    assert [{"Ref": "Alerts"}] == [one["Arn"] for one in failed["Targets"]]


def test_may_tell(resources: dict[str, Any]) -> None:
    """
    Whoever tells may publish on the topic and use its key.
    """
    (policy,) = resources["AlertsPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    _, key = resources["AlertsKey"]["Properties"]["KeyPolicy"]["Statement"]

    telling = {"cloudwatch.amazonaws.com", "events.amazonaws.com"}
    assert telling == set(policy["Principal"]["Service"]) == set(key["Principal"]["Service"])


def test_of_one_stage(resources: dict[str, Any], alarms: dict[str, Any]) -> None:
    """
    What watches the API watches that of its own stage: metrics go by the name of the API.
    """
    api = resources["RestAPI"]["Properties"]
    watched = [one for one in alarms.values() if one["Namespace"] == "AWS/ApiGateway"]

    assert (
        {"Fn::Sub": "mijnbuddy-${Stage}"} == api["Name"] == api["DefinitionBody"]["info"]["title"]
    )
    for alarm in watched:
        dimensions = {one["Name"]: one["Value"] for one in alarm["Dimensions"]}
        assert api["Name"] == dimensions["ApiName"]
    assert len(watched) == 2
