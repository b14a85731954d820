"""
How many functions AWS lets an account run at once, and how much of that a stage reserves.

A new account has so little that nothing can be reserved: then a deployment would fail halfway, at
the first function that reserves something.
"""

from collections.abc import Mapping
from typing import Any

from infra.deploy.account import Account
from infra.deploy.failure import DeployError

KEPT_FREE = 100
"""What AWS keeps for functions that reserve nothing (Lambda, Configuring reserved concurrency)."""
ASK_FOR_ROOM = "Service Quotas, Lambda, Concurrent executions: ask for 1,000"


def unreserved(account: Account) -> int:
    """How many functions that reserve nothing may run at once, in the region of the stage."""
    limits = account.client("lambda").get_account_settings()["AccountLimit"]
    return int(limits["UnreservedConcurrentExecutions"])


def reserved(template: Mapping[str, Any], values: Mapping[str, str]) -> int:
    """What a template's functions reserve; `values` are of all its parameters."""
    found = (
        one.get("Properties", {}).get("ReservedConcurrentExecutions", 0)
        for one in template["Resources"].values()
    )
    return sum(int(values[one["Ref"]] if isinstance(one, dict) else one) for one in found)


def require(account: Account, template: Mapping[str, Any], values: Mapping[str, str]) -> None:
    """Raises DeployError where AWS would refuse what a new stage reserves."""
    there, wanted = unreserved(account), reserved(template, values)
    if there < wanted + KEPT_FREE:
        raise DeployError(
            f"Not deployed. {account.region} has room to run {there} functions at once; this stage "
            f"reserves {wanted}, and AWS keeps {KEPT_FREE} free. {ASK_FOR_ROOM}, and wait for the "
            "answer (docs/runbook.md, First deployment)."
        )
