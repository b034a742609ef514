"""The door of the sandbox: request log, faults, batches, encoding."""

from __future__ import annotations

from dataclasses import dataclass, replace

import orjson

from sync.sandbox.faults import Fault
from sync.sandbox.graph.async_writes import start_sessions
from sync.sandbox.graph.batch import BatchItem, read_batch
from sync.sandbox.graph.calls import GraphAnswer, GraphCall
from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.errors import GraphError, bad_value, trace_id
from sync.sandbox.graph.fault_effects import changed, prevented
from sync.sandbox.graph.presentation import write_down
from sync.sandbox.graph.routing import GraphRouter, call_target, fault_path, use_case
from sync.sandbox.request_log import LoggedRequest

USE_CASES = "X-Business-Use-Case-Usage"
MOST_USE_CASES = 32
JAVASCRIPT = "text/javascript; charset=UTF-8"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What goes back over the wire; `drop` closes the connection instead.

    `delay` is real seconds to wait first; `absent` makes a batch item null.
    """

    status: int
    body: bytes
    headers: dict[str, str]
    content_type: str
    drop: bool = False
    delay: float = 0.0
    absent: bool = False


@dataclass(frozen=True, slots=True)
class Gateway:
    """Receives calls and delivers answers, whole batches included.

    Everything runs in one thread, so each call is atomic: it is checked,
    the world settled, the change applied and written down before the next.
    """

    context: GraphContext
    router: GraphRouter

    def __post_init__(self) -> None:
        self.context.perform = self._perform_later

    def receive(self, call: GraphCall) -> Delivery:
        """Answer a call as it came over the wire."""
        return self._receive(call, None)

    def _receive(self, call: GraphCall, item: int | None) -> Delivery:
        context = self.context
        path = fault_path(call)
        logged = call.path if item is None else path
        entry = context.requests.add(
            context.now(), call.method, logged, call.query, call.form, item
        )
        call = replace(call, request_id=entry.request_id)
        fault = context.faults.strike(call.method, path, in_batch=item is not None)
        delivery = self._perform(call, fault, entry)
        entry.fault = None if fault is None else fault.kind
        entry.status = None if delivery.drop or delivery.absent else delivery.status
        return delivery

    def _perform(self, call: GraphCall, fault: Fault | None, entry: LoggedRequest) -> Delivery:
        kind = None if fault is None else fault.kind
        if kind in ("drop_before_apply", "batch_item_null"):
            return Delivery(0, b"", {}, "", drop=kind == "drop_before_apply", absent=True)
        delay = 0.0
        try:
            answer = None if fault is None else prevented(self.router, call, fault)
            if answer is None:
                answer, delay = self._answer(call)
                if fault is not None:
                    changed(self.context, call, fault, answer)
        except GraphError as error:
            answer = self._refusal(error, call)
        if fault is not None and kind == "slow":
            delay += fault.number("seconds", 5)
        written = write_down(call, answer)
        body = written.body
        if kind == "truncated_json":
            body = body[: max(len(body) // 2, 1)]
        headers = {**self._usage_headers(call), **written.headers, **answer.headers}
        dropped = kind == "drop_after_apply"
        return Delivery(
            written.status, body, headers, answer.content_type, dropped, delay, absent=dropped
        )

    def _answer(self, call: GraphCall) -> tuple[GraphAnswer, float]:
        """Answer a single call or a whole batch, with its delay in seconds."""
        if call.verb == "POST" and not call.segments and not call.in_batch:
            if "asyncbatch" in call.params:
                return self._async_batch(call)
            if "batch" not in call.params:
                raise bad_value("The parameter batch is required")
            return self._batch(call)
        return self.router.answer(call), 0.0

    def _batch(self, envelope: GraphCall) -> tuple[GraphAnswer, float]:
        """Carry out a batch in order; each item counts as a call of its own."""
        self.router.check_envelope(envelope)
        items = read_batch(envelope)
        with_headers = envelope.params.get("include_headers", "true").lower() != "false"
        done: dict[str, bytes] = {}
        usage: dict[str, object] = {}
        answers: list[object] = []
        parents: set[str] = set()
        delay = 0.0
        for index, item in enumerate(items):
            failure = item.unmet(done) or self._sibling(item, parents)
            delivery = (
                self._receive(item.call(envelope, done), index)
                if failure is None
                else self._failed(failure, envelope)
            )
            delay += delivery.delay
            usage.update(orjson.loads(delivery.headers.get(USE_CASES, "{}")))
            if item.name is not None and delivery.status == 200 and not delivery.absent:
                done[item.name] = delivery.body
            answers.append(_item_answer(item, delivery, with_headers))
        shown = dict(list(usage.items())[:MOST_USE_CASES])
        headers = {USE_CASES: orjson.dumps(shown).decode()} if shown else {}
        return GraphAnswer(200, answers, headers), delay

    def _sibling(self, item: BatchItem, parents: set[str]) -> GraphError | None:
        """Refuse a second ad set of a campaign within a batch, where that is the rule."""
        object_id = str(item.described.get("relative_url", "")).strip("/").split("?")[0]
        adset = self.context.world.adsets.get(object_id.rpartition("/")[2])
        reads = str(item.described.get("method", "GET")).upper() == "GET"
        if adset is None or reads or not self.context.limits.refuse_sibling_adsets:
            return None
        if adset.campaign_id in parents:
            return bad_value(
                "Batch requests cannot include multiple ad sets under the same campaign"
            )
        parents.add(adset.campaign_id)
        return None

    def _async_batch(self, envelope: GraphCall) -> tuple[GraphAnswer, float]:
        """Take in a batch to be carried out later, call by call."""
        self.router.check_envelope(envelope)
        self.context.settle()
        sessions = start_sessions(
            self.context, envelope, self._perform_later, self.router.account_of
        )
        return GraphAnswer(200, sessions), 0.0

    def _perform_later(self, call: GraphCall, number: int) -> tuple[int, bytes]:
        """Carry out one call of an asynchronous request, as an item of a batch."""
        at_hand = self.context.at_hand
        try:
            delivery = self._receive(replace(call, later=True), number)
        finally:
            self.context.at_hand = at_hand
        return delivery.status, delivery.body

    def _failed(self, error: GraphError, envelope: GraphCall) -> Delivery:
        answer = self._refusal(error, envelope)
        return Delivery(answer.status, orjson.dumps(answer.value), {}, answer.content_type)

    def _refusal(self, error: GraphError, call: GraphCall) -> GraphAnswer:
        trace = trace_id(self.context.world.seed, call.request_id)
        headers = dict(error.headers)
        account_id = self.router.account_of(call_target(call)[0])
        if error.code == 100 and account_id is not None:
            self.context.usage.note_error(self.context.quota_time(), account_id)
        if error.status in (401, 403) or error.code == 190:
            word = "invalid_token" if error.code == 190 else "insufficient_scope"
            headers["WWW-Authenticate"] = f'OAuth "Facebook Platform" "{word}" "{error.message}"'
        locale = call.params.get("locale", "en_US")
        return GraphAnswer(error.status, error.body(trace, locale), headers)

    def _usage_headers(self, call: GraphCall) -> dict[str, str]:
        context = self.context
        object_id, edge = call_target(call)
        account_id = self.router.account_of(object_id) if object_id else None
        family = use_case(object_id, edge, context)
        headers = context.usage.headers(context.quota_time(), account_id, family)
        headers["facebook-api-version"] = call.version or context.limits.versions[-1]
        headers["x-fb-trace-id"] = trace_id(context.world.seed, call.request_id)
        headers["x-fb-request-id"] = trace_id(context.world.seed, f"{call.request_id}/id")
        return headers


def _item_answer(item: BatchItem, delivery: Delivery, with_headers: bool) -> object:
    """Return an item's place in the batch answer; null when unfinished."""
    if delivery.absent or (item.omitted and delivery.status == 200):
        return None
    answer: dict[str, object] = {"code": delivery.status}
    if with_headers:
        kind = delivery.content_type
        named = {
            **delivery.headers,
            "Content-Type": JAVASCRIPT if kind.startswith("application/json") else kind,
        }
        answer["headers"] = [{"name": name, "value": value} for name, value in named.items()]
    answer["body"] = None if delivery.status == 304 else delivery.body.decode()
    return answer
