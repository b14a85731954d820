"""Why a deployment stopped, in words for who typed the command."""


class DeployError(Exception):
    """Nothing more was done; what was done already is said before it."""
