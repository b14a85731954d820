"""
The forwarder is killed at any moment while hundreds of registrations wait: what `plan` does one
call at a time, in a crowd and at random.
"""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from tests.fault_proxy import functions
from tests.faults.rig import Rig
from tests.faults.verdict import copies_too_many
from tests.stack import eventually

KILLS = 25
WAITING = 300
CLIENTS = 10


def crash(rig: Rig) -> Iterator[str]:
    """Let it happen and let everything end; yields what is wrong then."""
    before = len(rig.lives)
    rig.switch(on=False)
    with ThreadPoolExecutor(CLIENTS) as clients:
        list(clients.map(rig.until_accepted, [rig.life() for _ in range(WAITING)]))
    rig.switch(on=True)
    for _ in range(KILLS):
        _wait_for_one_more(rig)
        for pid, function in functions(rig.stack.aws_port):
            if function == "Forward":
                os.kill(pid, signal.SIGKILL)
    rig.settle()
    doubled = [copies_too_many(rig, life) for life in rig.lives[before:]]
    print(f"{KILLS} kills among {WAITING} registrations: {sum(doubled)} doubled")
    if sum(doubled) > KILLS:
        yield f"{sum(doubled)} mails doubled by {KILLS} kills"


def _wait_for_one_more(rig: Rig) -> None:
    sent = len(rig.proxy.sent)
    eventually(lambda: len(rig.proxy.sent) > sent, seconds=60)
