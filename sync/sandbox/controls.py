"""The sandbox's own controls under /_sandbox, for tests and demos only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import cast

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sync.sandbox.counterfactual import counterfactual
from sync.sandbox.faults import FaultError
from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.errors import GraphError
from sync.sandbox.records import JsonValue
from sync.sandbox.settings_controls import change_limits, change_object, change_token

Handler = Callable[[Request], Awaitable[Response]]


class ControlError(ValueError):
    """A control that cannot be carried out; the text says why."""


def answered(value: object, status: int = 200) -> Response:
    """Return a JSON response."""
    return Response(orjson.dumps(value), status, media_type="application/json")


@dataclass(frozen=True, slots=True)
class Controls:
    """Handlers of the control addresses."""

    context: GraphContext
    scenario_name: str

    def routes(self) -> list[Route]:
        """Return the control addresses."""
        table: list[tuple[str, str, Handler]] = [
            ("/advance", "POST", self._advance),
            ("/ledger", "GET", self._ledger),
            ("/requests", "GET", self._requests),
            ("/faults", "GET", self._list_faults),
            ("/faults", "POST", self._add_fault),
            ("/faults", "DELETE", self._clear_faults),
            ("/limits", "POST", self._limits),
            ("/tokens", "POST", self._tokens),
            ("/objects", "POST", self._objects),
            ("/counterfactual", "POST", self._counterfactual),
            ("/state", "GET", self._state),
        ]
        return [
            Route(f"/_sandbox{path}", _guarded(handler), methods=[method])
            for path, method, handler in table
        ]

    async def _advance(self, request: Request) -> Response:
        body = await _body(request)
        hours = body.get("hours")
        if isinstance(hours, bool) or not isinstance(hours, int | float):
            raise ControlError('give {"hours": n} with a number of hours')
        self.context.world.clock.advance(float(hours))
        return answered({"now": self._now()})

    async def _ledger(self, request: Request) -> Response:
        self.context.settle()
        rows = self.context.ledger.after(_after(request))
        return answered({"data": [row.as_json() for row in rows]})

    async def _requests(self, request: Request) -> Response:
        entries = self.context.requests.after(_after(request))
        return answered({"data": [entry.as_json() for entry in entries]})

    async def _list_faults(self, request: Request) -> Response:
        return answered({"data": [fault.as_json() for fault in self.context.faults.faults]})

    async def _add_fault(self, request: Request) -> Response:
        fault = self.context.faults.add(await _body(request))
        return answered(fault.as_json(), 201)

    async def _clear_faults(self, request: Request) -> Response:
        return answered({"removed": self.context.faults.clear()})

    async def _limits(self, request: Request) -> Response:
        return answered(change_limits(self.context, await _body(request)))

    async def _tokens(self, request: Request) -> Response:
        return answered(change_token(self.context, await _body(request)))

    async def _objects(self, request: Request) -> Response:
        body = await _body(request)
        self.context.settle()
        return answered(change_object(self.context, body))

    async def _counterfactual(self, request: Request) -> Response:
        body = await _body(request)
        object_id, changes, hours = body.get("object_id"), body.get("changes"), body.get("hours")
        if not isinstance(object_id, str) or not isinstance(changes, dict):
            raise ControlError('give {"object_id": text, "changes": object, "hours": number}')
        if isinstance(hours, bool) or not isinstance(hours, int | float) or hours != int(hours):
            raise ControlError("hours must be a whole number")
        self.context.settle()
        try:
            found = counterfactual(
                self.context.world, object_id, cast("dict[str, JsonValue]", changes), int(hours)
            )
        except KeyError:
            raise ControlError(f"there is no object '{object_id}'") from None
        return answered(found)

    async def _state(self, request: Request) -> Response:
        self.context.settle()
        world = self.context.world
        kinds = ("accounts", "campaigns", "adsets", "ads", "creatives")
        return answered(
            {
                "now": self._now(),
                "start": world.clock.start.isoformat(),
                "clock": world.clock.mode,
                # JSON of this sandbox ends at 64 bits, a seed need not.
                "seed": orjson.Fragment(str(world.seed)),
                "scenario": self.scenario_name,
                "history_days": world.scenario.history_days,
                "counts": {kind: len(getattr(world, kind)) for kind in kinds},
                "ledger": len(self.context.ledger),
                "requests": len(self.context.requests),
                "faults": len(self.context.faults.faults),
            }
        )

    def _now(self) -> str:
        return self.context.now().isoformat()


def _guarded(handler: Handler) -> Handler:
    """Answer a misused control with its reason and status 400."""

    async def guarded(request: Request) -> Response:
        try:
            return await handler(request)
        except (ControlError, FaultError, GraphError, ValueError) as error:
            return answered({"error": str(error)}, 400)

    return guarded


async def _body(request: Request) -> dict[str, object]:
    try:
        found = orjson.loads(await request.body() or b"{}")
    except orjson.JSONDecodeError:
        raise ControlError("the body must be JSON") from None
    if not isinstance(found, dict):
        raise ControlError("the body must be a JSON object")
    return found


def _after(request: Request) -> int:
    text = request.query_params.get("after", "0")
    if not text.lstrip("-").isdigit():
        raise ControlError("after must be a whole number")
    return int(text)
