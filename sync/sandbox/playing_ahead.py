"""Histories of large worlds, played ahead by processes of their own.

An account's history takes a third of a second, and nothing in it depends on other accounts
or on when it is asked for. So the other cores can begin with it while the first answers go
out. Whoever plays an account, it comes out the same.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection

from sync.sandbox.market.account_market import AccountMarket

MOST_PROCESSES = 3


def spare_cores() -> int:
    """Return how many cores are left beside one; none where no fork works."""
    if "fork" not in multiprocessing.get_all_start_methods():
        return 0
    if not hasattr(os, "sched_getaffinity"):  # there, libraries do not survive a fork
        return 0
    return min(len(os.sched_getaffinity(0)) - 1, MOST_PROCESSES)


class PlayedAhead:
    """Accounts that other processes play up to the start, and hand over."""

    def __init__(self, markets: dict[str, AccountMarket], until: float, processes: int) -> None:
        """Begin with ``processes`` of them; ``until`` is the start in unix seconds."""
        context = multiprocessing.get_context("fork")
        self._number = {account: place for place, account in enumerate(markets)}
        self._claimed = context.RawArray("b", len(markets))
        self._lock = context.Lock()
        self._arrived: dict[str, dict[str, object]] = {}
        self._handed: set[str] = set()
        self._news = threading.Condition()
        self._running = processes
        receivers: list[Connection] = []
        for _ in range(processes):
            receiver, sender = context.Pipe(duplex=False)
            receivers.append(receiver)
            context.Process(
                target=_play, args=(markets, until, self._claim, sender, receiver), daemon=True
            ).start()
            sender.close()
        # Threads come last: a fork beside a running thread may copy a lock it holds.
        for receiver in receivers:
            threading.Thread(target=self._listen, args=(receiver,), daemon=True).start()

    def hand_over(self, account_id: str, market: AccountMarket) -> None:
        """Bring a market as far as another process has played it, or is about to.

        A market nobody has begun with is left to the caller, and so is one whose process
        has ended too early.
        """
        if account_id in self._handed:
            return
        self._handed.add(account_id)
        if self._claim(account_id):
            return
        with self._news:
            self._news.wait_for(lambda: account_id in self._arrived or not self._running)
            played = self._arrived.pop(account_id, None)
        if played is not None:
            market.resume(played)

    def _claim(self, account_id: str) -> bool:
        """Take an account upon oneself; only the first to ask may."""
        place = self._number[account_id]
        with self._lock:
            free = not self._claimed[place]
            self._claimed[place] = 1
        return free

    def _listen(self, receiver: Connection) -> None:
        """Take in what one process has played, until it ends."""
        try:
            while True:
                account_id, played = receiver.recv()
                with self._news:
                    self._arrived[account_id] = played
                    self._news.notify_all()
        except (EOFError, OSError):
            receiver.close()
        with self._news:
            self._running -= 1
            self._news.notify_all()


def _play(
    markets: dict[str, AccountMarket],
    until: float,
    claim: Callable[[str], bool],
    sender: Connection,
    receiver: Connection,
) -> None:
    """Play one free account after the other and send it, as long as somebody listens."""
    # Ctrl-C in a terminal reaches the whole family; who listens decides when to end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    receiver.close()
    try:
        # From the end: who asks mostly begins at the front, so neither waits for the other.
        for account_id, market in reversed(markets.items()):
            if claim(account_id):
                market.settle(until)
                sender.send((account_id, market.so_far()))
                vars(market).clear()  # it lives on elsewhere; here its memory is wanted
    except OSError:
        sender.close()  # nobody listens any more: the sandbox has ended
