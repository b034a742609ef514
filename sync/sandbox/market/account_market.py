"""The market of one account, played hour after hour."""

import copy
from bisect import bisect_right
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from sync.sandbox.market.calendar import HOUR, AccountCalendar
from sync.sandbox.market.controls import Controls
from sync.sandbox.market.delivery import Delivered, Slots, deliver
from sync.sandbox.market.edits import Addition, Entry
from sync.sandbox.market.happenings import Happenings
from sync.sandbox.market.history import History
from sync.sandbox.market.layout import PURCHASE, Layout
from sync.sandbox.market.plan import Parts, Plan, blend, make_plan
from sync.sandbox.market.reporting import report_times, values
from sync.sandbox.market.season import Season
from sync.sandbox.market.significance import apply_edit
from sync.sandbox.market.state import LEARNING, MarketState
from sync.sandbox.records import AccountRecord
from sync.sandbox.scenarios import HOURLY_DAYS, AccountPlan, Event

Watcher = Callable[[Plan, Delivered], None]
_OWN = ("watcher", "_log", "_edited")


class AccountMarket:
    """Simulates one account from the first day of its history.

    ``log`` is the account's shared list of edits and additions, in order of time; the
    market replays it, so it may be asked long after the edits were made.
    """

    def __init__(
        self,
        account: AccountRecord,
        plan: AccountPlan,
        seed: int,
        start: datetime,
        history_days: int,
        events: tuple[Event, ...],
        first: Addition,
        log: list[Entry],
    ) -> None:
        """Prepare the market; ``first`` adds the objects it begins with."""
        local = start.astimezone(ZoneInfo(account.timezone_name)).date()
        self.calendar = AccountCalendar(account.timezone_name, local - timedelta(days=history_days))
        self.hourly_from = max(0, history_days - HOURLY_DAYS)
        layout = Layout(plan.market, seed, account.offset)
        self.parts = Parts(
            layout,
            Controls(layout),
            MarketState(),
            Season(plan.market, seed, account.index),
            Happenings((), account.index, 0.0, layout.campaign_keys),
        )
        self.history = History(HOURLY_DAYS)
        self.watcher: Watcher | None = None
        self._log = log
        self._read = 0
        self._day = 0
        self._slot = 0
        self._begun = False
        self._plan: Plan | None = None
        self._edited: tuple[tuple[int, ...], Parts] | None = None
        self._add(first, initial=True)
        self.parts.happenings = Happenings(
            events, account.index, start.timestamp(), layout.campaign_keys
        )

    def settle(self, until: float) -> None:
        """Play every slot that has ended by ``until``, unix seconds.

        Results reported late by then are booked, too.
        """
        while self._slot_end(self._slot) <= until:
            self._play(until)
            if self._slot >= self._slots():
                self._day, self._slot, self._begun = self._day + 1, 0, False
                self._plan = None
                self.history.forget(self._day)
        self.history.room(self.calendar.day_of(until) + 1, len(self.parts.layout.ads))
        self.history.report(int(until))

    def fork(self, more: list[Entry], watcher: Watcher) -> "AccountMarket":
        """Return a twin that plays on from here by itself, with further entries."""
        twin = copy.copy(self)
        layout = self.parts.layout.copy()
        twin.parts = Parts(
            layout,
            self.parts.controls.copy(layout),
            self.parts.state.copy(),
            self.parts.season,
            self.parts.happenings,
        )
        twin.history = History(0)
        twin.watcher = watcher
        twin._edited = None
        twin._log, twin._read = [*self._log[self._read :], *more], 0
        return twin

    def so_far(self) -> dict[str, object]:
        """Return all that has been played, for a twin market to resume from."""
        return {name: value for name, value in vars(self).items() if name not in _OWN}

    def resume(self, played: dict[str, object]) -> None:
        """Go on from where a twin with the same entries so far has come to."""
        vars(self).update(played)

    def now_parts(self, now: float) -> Parts:
        """Return the parts with the current hour's edits in force."""
        if self._read == len(self._log):
            return self.parts
        # A list of objects asks this for each of them; nothing changes in between.
        key = (self._day, self._slot, self._read, len(self._log))
        if self._edited is not None and self._edited[0] == key:
            return self._edited[1]
        twin = self.fork([], lambda plan, done: None)
        twin._read_log(now, now)
        self._edited = (key, twin.parts) if twin._read == len(twin._log) else None
        return twin.parts

    def next_slot_start(self) -> int:
        """Return when the first slot not yet played begins, unix seconds."""
        return self._slot_start(self._slot)

    def spent(self, object_id: str, first: int, last: int) -> int:
        """Return an object's spend over some days, minor units.

        An id unknown here stands for the whole account.

        ``first`` and ``last`` are day numbers, both inclusive.
        """
        layout = self.parts.layout
        spend = self.history.daily("spend", first, last)
        for known, of_ad in (
            (layout.campaigns, layout.campaign_of_ad),
            (layout.adsets, layout.adset_of_ad),
        ):
            if object_id in known:
                return int(spend[:, np.flatnonzero(of_ad == known[object_id])].sum())
        if object_id in layout.ads:
            return int(spend[:, layout.ads[object_id]].sum())
        return int(spend.sum())

    def _slots(self) -> int:
        return self.calendar.slots(self._day) if self._day >= self.hourly_from else 1

    def _bounds(self) -> list[int]:
        """Return the starts of the day's slots, and the end of the last."""
        if self._day >= self.hourly_from:
            return self.calendar.bounds(self._day)
        return [self.calendar.day_start(self._day), self.calendar.day_start(self._day + 1)]

    def _slot_start(self, slot: int) -> int:
        if self._day >= self.hourly_from:
            return self.calendar.slot_start(self._day, slot)
        return self.calendar.day_start(self._day + slot)

    def _slot_end(self, slot: int) -> int:
        return self._slot_start(slot + 1)

    def _play(self, until: float) -> None:
        """Play as many slots of the day as nothing interrupts, at least one."""
        begin = self._slot_start(self._slot)
        self._read_log(begin, self._slot_end(self._slot))
        if not self._begun:
            self.parts.state.begin_day(
                self.parts.layout,
                self._day_number(),
                begin,
                self.calendar.weekday(self._day) == 0,
            )
            self._begun = True
            self._plan = None
        edge = self._next_edge(begin)
        bounds = self._bounds()
        last = bisect_right(bounds, min(until, edge)) - 1
        if last > self._slot:
            self._deliver(self._plan_at(begin), last)
            if bounds[last] >= edge:
                self._plan = None
        else:
            self._deliver(self._mixed_plan(begin), last + 1)

    def _mixed_plan(self, begin: float) -> Plan:
        """Plan a slot in which something changes, each part by its length."""
        end = self._slot_end(self._slot)
        plans, weights, time = [], [], begin
        while time < end:
            edge = min(self._next_edge(time), end)
            plans.append(self._plan_at(time))
            weights.append(edge - time)
            time = edge
            if time < end:
                self._plan = None
                self._read_log(time, time)
        self._plan = None
        return blend(plans, weights)

    def _plan_at(self, time: float) -> Plan:
        if self._plan is None:
            weekday = self.calendar.weekday(self._day)
            self._plan = make_plan(self.parts, self._day_number(), weekday, time)
        return self._plan

    def _deliver(self, plan: Plan, last: int) -> None:
        """Deliver the slots up to ``last`` (not included) and take note."""
        hourly = self._day >= self.hourly_from
        bounds = self._bounds()
        hours = self.calendar.hours(self._day)[self._slot : last] if hourly else []
        slots = Slots(bounds[self._slot : last], hours, bounds[last])
        done = deliver(self.parts, plan, slots)
        if self.watcher is not None:
            self.watcher(plan, done)
        else:
            self._take_note(plan, slots, done)
        self._slot = last

    def _take_note(self, plan: Plan, slots: Slots, done: Delivered) -> None:
        layout, market = self.parts.layout, self.parts.layout.market
        self.history.room(self._day + 1, len(layout.ads))
        self.history.add(self._day, slots, done)
        if not len(done.result_ad):
            return
        ads = done.ads[done.result_ad]
        ends = np.array([*slots.starts[1:], slots.end], dtype=np.int64)
        times = report_times(ends[done.result_slot], done.result_bits, market)
        worth = values(done.result_bits, plan.value[ads])
        worth *= layout.traits.result[layout.campaign_of_ad[ads]] == PURCHASE
        now = times <= slots.end
        days = np.full(int(now.sum()), self._day, dtype=np.intp)
        self.history.book(days, ads[now], worth[now])
        self.history.pending.add(times[~now], self._day, ads[~now], worth[~now])

    def _next_edge(self, time: float) -> float:
        """Return the next moment after ``time`` when settings or events change."""
        end = self.calendar.day_start(self._day + 1)
        edges = [float(end), *self.parts.happenings.edges(time, end)]
        if self._read < len(self._log):
            edges.append(self._log[self._read].time)
        controls = self.parts.controls
        changing = (controls.adset_start, controls.adset_end, controls.ad_start)
        for dates in (*changing, controls.campaign_end):
            inside = dates[(dates > time) & (dates < end)]
            if len(inside) and self._day >= self.hourly_from:
                edges.append(float(inside.min()))
        return min(edges)

    def _read_log(self, edits_until: float, additions_until: float) -> None:
        """Apply entries; additions may come early, their objects start on time."""
        while self._read < len(self._log):
            entry = self._log[self._read]
            limit = additions_until if isinstance(entry, Addition) else edits_until
            if entry.time > limit:
                return
            if isinstance(entry, Addition):
                self._add(entry, initial=False)
            else:
                apply_edit(self.parts, entry, self._week_hours(entry.time))
            self._read += 1
            self._plan = None

    def _add(self, entry: Addition, initial: bool) -> None:
        layout, state = self.parts.layout, self.parts.state
        layout.add_campaigns(
            [c.id for c in entry.campaigns], [c.objective for c in entry.campaigns]
        )
        layout.add_adsets([s.id for s in entry.adsets], [s.campaign_id for s in entry.adsets])
        layout.add_ads(
            [a.id for a in entry.ads],
            [a.adset_id for a in entry.ads],
            [a.creative_id for a in entry.ads],
        )
        self.parts.controls.add(entry)
        state.grow(layout, entry.time, mature=initial)
        self.history.room(self._day + 1, len(layout.ads))
        for adset in entry.adsets:
            created = adset.created_time.timestamp()
            if initial and created > entry.time:
                place = layout.adsets[adset.id]
                state.learning[place], state.learning_since[place] = LEARNING, created
        fresh = {s.id for s in entry.adsets}
        for ad in entry.ads:
            state.creative_since[layout.ads[ad.id]] = ad.created_time.timestamp()
            if not initial and ad.adset_id not in fresh:
                state.restart_learning(layout.adsets[ad.adset_id], entry.time, layout)

    def _day_number(self) -> int:
        return self.calendar.date_of(self._day).toordinal()

    def _week_hours(self, time: float) -> float:
        day = self.calendar.day_of(time)
        inside = (time - self.calendar.day_start(max(day, 0))) / HOUR
        return 24 * self.calendar.weekday(day) + max(0.0, min(inside, 24.0))
