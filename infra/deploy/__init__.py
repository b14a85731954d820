"""
Puts the system into an AWS account, takes it back a step, and takes it away: `make deploy`,
`make rollback`, `make destroy`. docs/runbook.md is how to use them, docs/decisions/0029 why so.

Nothing here makes, reads or prints a secret: those are made in the account (Secrets Manager), and
who deploys signs in by AWS's own means.
"""
