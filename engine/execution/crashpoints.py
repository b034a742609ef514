"""Places where tests kill the engine; nothing may be lost or doubled.

Without AI_BUYER_CRASHPOINT in the environment they do nothing. Its forms:
`after-sent` (die at the first passing of that place), `after-sent:3` (at the
third), `at:0.120` (die that many seconds after the first passing of any place,
wherever the program then is).
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import Counter

VARIABLE = "AI_BUYER_CRASHPOINT"
_passed: Counter[str] = Counter()


def crashpoint(place: str) -> None:
    """Kill this process with SIGKILL when the environment asks for it here."""
    wanted = os.environ.get(VARIABLE)
    if not wanted:
        return
    name, _, argument = wanted.partition(":")
    _passed[place] += 1
    if name == "at":
        if sum(_passed.values()) == 1:
            threading.Thread(target=_die_after, args=(float(argument),), daemon=True).start()
    elif name == place and _passed[place] == int(argument or 1):
        os.kill(os.getpid(), signal.SIGKILL)


def _die_after(seconds: float) -> None:
    time.sleep(seconds)
    os.kill(os.getpid(), signal.SIGKILL)
