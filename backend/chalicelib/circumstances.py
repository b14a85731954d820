"""
How a registration came, beside its answers: judged by the forwarder, after it is stored.

Nothing here looks anything up but the signing key, which a warm function has; and a volunteer is
not refused because we can't read it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from chalicelib.domain.form import Submission
from chalicelib.domain.registration import Circumstances
from chalicelib.domain.suspicion import FASTEST, FORGED_TOKEN, HONEYPOT, TOO_FAST, network_of
from chalicelib.domain.tokens import FORM, PROBE, ForgedTokenError, Keys, verify
from chalicelib.logs import Log

log = Log(__name__)

PROBE_TERM = timedelta(hours=1)
"""A probe is sent at once: whoever finds its token in a log can't use it to get past the limits."""


def circumstances(
    submission: Submission[Any], address: str, keys: Keys, now: datetime
) -> Circumstances:
    """What looked odd, from which network it came, and whether it is a probe of our own."""
    trapped = (HONEYPOT,) if submission.is_trapped else ()
    try:
        known = keys()
        signals = _signals(submission.token, known, now)
        # A form's own token comes by far the most: for it no key is tried but the current one.
        if FORGED_TOKEN in signals and _is_probe(submission.token, known, now):
            return Circumstances(synthetic=True)
        network = network_of(address, known[0], now)
    except Exception as error:  # whatever it is, a volunteer must not wait for our key
        log.error("signing key not read", fault=error)
        return Circumstances(signals=trapped)
    return Circumstances(signals=trapped + signals, network=network)


def is_probe(token: str, keys: Keys, now: datetime) -> bool:
    """Whether a token says that a registration is a probe; not when our key can't be read."""
    try:
        return bool(token) and _is_probe(token, keys(), now)
    except Exception as error:  # as above
        log.error("signing key not read", fault=error)
        return False


def _is_probe(token: str, keys: Sequence[bytes], now: datetime) -> bool:
    try:
        return now - verify(PROBE, token, keys).at < PROBE_TERM
    except ForgedTokenError:
        return False


def _signals(token: str, keys: Sequence[bytes], now: datetime) -> tuple[str, ...]:
    """
    What the token tells. None is no signal: JavaScript may be off, or our API down. An old one
    neither: a page may stay open for days. Nor one of a moment to come: clocks differ.
    """
    if not token:
        return ()
    try:
        took = now - verify(FORM, token, keys).at
    except ForgedTokenError:
        return (FORGED_TOKEN,)
    return (TOO_FAST,) if timedelta() <= took < FASTEST else ()
