"""Whatever can fail has somebody who is told."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.retention import BACKUP_TERM
from infra import watch
from tests.infra.built import of_type

ALARMS = "AWS::CloudWatch::Alarm"
FUNCTION = "AWS::Serverless::Function"


@pytest.fixture(scope="module")
def alarms(resources: dict[str, Any]) -> dict[str, Any]:
    return {
        name.removesuffix("Alarm"): one["Properties"]
        for name, one in resources.items()
        if one["Type"] == ALARMS
    }


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


def test_another_mailbox(resources: dict[str, Any]) -> None:
    """
    Whoever is told can be changed: the subscription is replaced, and so is the budget, which has no
    name that the old one still holds.
    """
    assert "Subscription" not in resources["Alerts"]["Properties"]
    assert {
        "TopicArn": {"Ref": "Alerts"},
        "Protocol": "email",
        "Endpoint": {"Ref": "AgencyAddress"},
    } == resources["AlertsSubscription"]["Properties"]
    assert "BudgetName" not in resources["Budget"]["Properties"]["Budget"]


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
    Copies of the table are kept as long as the page about privacy says, encrypted with the key of
    AWS Backup, which a stage that is made again finds there.
    """
    (rule,) = resources["BackupPlan"]["Properties"]["BackupPlan"]["BackupPlanRule"]
    kept = resources["Table"]["Properties"]["PointInTimeRecoverySpecification"]

    assert BACKUP_TERM == timedelta(days=rule["Lifecycle"]["DeleteAfterDays"])
    assert BACKUP_TERM == timedelta(days=kept["RecoveryPeriodInDays"])
    assert "EncryptionKeyArn" not in resources["BackupVault"]["Properties"]


def test_no_copy(resources: dict[str, Any], alarms: dict[str, Any]) -> None:
    """
    A night without a copy is told, whether it failed or never began: hours without one that was
    completed, more of them than lie between the earliest and the latest of two nights.
    """
    (rule,) = resources["BackupPlan"]["Properties"]["BackupPlan"]["BackupPlanRule"]
    windows = rule["StartWindowMinutes"] + rule["CompletionWindowMinutes"]
    alarm = alarms["BackupMissed"]

    assert ("AWS/Backup", "NumberOfBackupJobsCompleted", "Sum") == (
        alarm["Namespace"],
        alarm["MetricName"],
        alarm["Statistic"],
    )
    assert [{"Name": "BackupVaultName", "Value": rule["TargetBackupVault"]}] == alarm["Dimensions"]
    assert "breaching" == alarm["TreatMissingData"]
    assert ("LessThanThreshold", 1) == (alarm["ComparisonOperator"], alarm["Threshold"])
    assert re.fullmatch(r"cron\(\d+ \d+ \* \* \? \*\)", rule["ScheduleExpression"])
    without = timedelta(seconds=alarm["Period"] * alarm["DatapointsToAlarm"])
    assert timedelta(days=1, minutes=windows) < without < timedelta(days=2)
    assert alarm["EvaluationPeriods"] == alarm["DatapointsToAlarm"]


def test_one_way(resources: dict[str, Any]) -> None:
    """
    Only alarms of our account tell, and SNS's key has no condition that could silence them; no
    event is sent there, which an encrypted topic would refuse.
    """
    (policy,) = resources["AlertsPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    _, key = resources["AlertsKey"]["Properties"]["KeyPolicy"]["Statement"]

    telling = {"Service": "cloudwatch.amazonaws.com"}
    assert telling == policy["Principal"] == key["Principal"]
    assert {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}} == policy["Condition"]
    assert {"kms:GenerateDataKey", "kms:Decrypt"} == set(key["Action"])
    assert "Condition" not in key
    assert "AWS::Events::Rule" not in {one["Type"] for one in resources.values()}


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
