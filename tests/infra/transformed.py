"""
What SAM makes of a template, as CloudFormation does before it deploys: run by the Python of the
local AWS, which has AWS's own translator. Reads a list of templates with their parameters, writes
the list of what became of them.
"""

import json
import os
import sys

from samtranslator.translator.transform import transform  # type: ignore[import-not-found]


class NoPolicies:
    """Our roles name no policy of AWS by its short name, so nobody has to be asked."""

    def load(self) -> dict[str, str]:
        return {}


os.environ["AWS_DEFAULT_REGION"] = "eu-central-1"
asked = json.load(sys.stdin)
json.dump([transform(template, values, NoPolicies()) for template, values in asked], sys.stdout)
