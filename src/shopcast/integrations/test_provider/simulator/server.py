"""The simulated provider's HTTP API and its webhooks: a plain ASGI application on loopback, in a thread of its own so
that its sleeping and misbehaving never touch our event loop."""

import asyncio
import hmac
import json
import socket
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import timedelta
from typing import Any

import httpx
import msgspec
import structlog
import uvicorn

from shopcast.integrations.test_provider.protocol import (
    SIGNATURE_HEADER,
    WEBHOOK_PATH,
    CaptureCall,
    Decided,
    Decision,
    EvidenceCall,
    RefundCall,
    api_key,
    port_file,
    sign,
    webhook_secret,
)
from shopcast.integrations.test_provider.simulator.bank import Bank, Refused, Unknown
from shopcast.integrations.test_provider.simulator.behaviours import Chaos, Timings
from shopcast.integrations.test_provider.simulator.store import Delivery, Store
from shopcast.kernel.clock import Clock, SystemClock
from shopcast.kernel.config import Settings
from shopcast.kernel.tracing import TRACEPARENT_HEADER, span
from shopcast.sales import ChargeRequest, MethodToken, SetupRequest

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

BODY_LIMIT_BYTES = 64 * 1024
# Quick enough that a page's first poll finds "paid", slow enough to cost nothing while idle.
WORK_EVERY_S = 0.05
DELIVERIES_AT_ONCE = 20
# About an hour with doubling delays; a real provider tries for days, and our job asks by itself anyway.
DELIVERY_ATTEMPTS_LIMIT = 12
DELIVERY_TIMEOUT_S = 5.0

_log = structlog.get_logger()


class Handle:
    """The running simulator. `stop()` returns when its port is free and its file is closed."""

    def __init__(
        self, server: uvicorn.Server, thread: threading.Thread, port: int, application: "_Application"
    ) -> None:
        self._server = server
        self._thread = thread
        self._application = application
        self.port = port

    def misbehave(self, chaos: Chaos | None) -> None:
        """From now on, with a fresh start of the seed; None makes it behave."""
        self._application.chaos = chaos
        self._application.chaos_changed.set()

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=10)


def start_test_provider(
    settings: Settings,
    *,
    timings: Timings | None = None,
    chaos: Chaos | None = None,
    webhook_url: str | None = None,
    clock: Clock | None = None,
    data_dir_name: str = "test_provider",
) -> Handle:
    """Listens on a free loopback port and writes it where the adapter looks, unless settings say where both meet.
    Refuses outside SHOPCAST_PAYMENTS=test."""
    if settings.payments != "test":
        raise ValueError("the test provider may only be started with SHOPCAST_PAYMENTS=test")
    if chaos is None and settings.test_provider_chaos is not None:
        chaos = Chaos(seed=settings.test_provider_chaos)
    address = settings.test_provider_address
    listener = socket.create_server(("127.0.0.1", 0) if address is None else (settings.host, address[1]))
    port: int = listener.getsockname()[1]
    application = _Application(
        settings,
        timings or Timings(),
        chaos,
        webhook_url or f"{settings.public_url}{WEBHOOK_PATH}",
        clock or SystemClock(),
        data_dir_name,
    )
    config = uvicorn.Config(application, log_config=None, lifespan="on", access_log=False, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="test-provider", daemon=True)
    thread.start()
    _write_port(settings, port)
    return Handle(server, thread, port, application)


def _write_port(settings: Settings, port: int) -> None:
    path = port_file(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".new")
    aside.write_text(json.dumps({"port": port}))
    aside.replace(path)


class _Application:
    def __init__(
        self,
        settings: Settings,
        timings: Timings,
        chaos: Chaos | None,
        webhook_url: str,
        clock: Clock,
        data_dir_name: str,
    ) -> None:
        # Set from outside the server's thread; the bank takes it over within it.
        self.chaos = chaos
        self.chaos_changed = threading.Event()
        self._settings = settings
        self._timings = timings
        self._webhook_url = webhook_url
        self._clock = clock
        self._path = settings.data_dir / data_dir_name / "provider.sqlite3"
        self._authorization = f"Bearer {api_key(settings)}".encode()
        self._webhook_secret = webhook_secret(settings)
        self._store: Store | None = None
        self._bank: Bank | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            status, body = await self._answer(scope, receive)
            headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": body})

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self._store = Store(self._path)
        self._bank = Bank(self._store, self._settings.public_url, self._timings, self.chaos)
        worker = asyncio.create_task(self._work())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)
        self._store.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _answer(self, scope: Scope, receive: Receive) -> tuple[int, bytes]:
        given = dict(scope["headers"]).get(b"authorization", b"")
        if not hmac.compare_digest(given, self._authorization):
            return 401, b"{}"
        body = await _body(receive)
        if body is None:
            return 413, b"{}"
        trace = dict(scope["headers"]).get(TRACEPARENT_HEADER.encode(), b"").decode("latin-1")
        try:
            with span("test_provider.answer", "server", parent=trace or None):
                answer = await self._route(scope["method"], scope["path"].strip("/").split("/"), body)
        except Unknown:
            return 404, b"{}"
        except Refused as refusal:
            return 409, msgspec.json.encode({"error": str(refusal)})
        except msgspec.DecodeError as error:
            return 422, msgspec.json.encode({"error": str(error)})
        return 200, msgspec.json.encode(answer)

    async def _route(self, method: str, path: list[str], body: bytes) -> object:
        bank, now = self._open_bank(), self._clock.now()
        match method, path:
            case "POST", ["charges", payment_id]:
                request = msgspec.json.decode(body, type=ChargeRequest)
                if request.payment_id != payment_id:
                    raise Refused("the path names another payment")
                answer = bank.charge(request, now)
                if isinstance(request.method, MethodToken):
                    await asyncio.sleep(bank.answer_delay_s(request.method.token))
                return answer
            case "GET", ["charges", payment_id]:
                return bank.find(payment_id, now)
            case "POST", ["charges", payment_id, "capture"]:
                return bank.capture(payment_id, msgspec.json.decode(body, type=CaptureCall).amount, now)
            case "POST", ["charges", payment_id, "give-up"]:
                return bank.give_up(payment_id, now)
            case "POST", ["charges", payment_id, "refunds"]:
                return bank.refund(payment_id, msgspec.json.decode(body, type=RefundCall), now)
            case "POST", ["setups", setup_id]:
                asked = msgspec.json.decode(body, type=SetupRequest)
                if asked.setup_id != setup_id:
                    raise Refused("the path names another setup")
                kept = bank.setup(asked, now)
                await asyncio.sleep(bank.answer_delay_s(asked.method.token))
                return kept
            case "GET", ["setups", setup_id]:
                return bank.find_setup(setup_id, now)
            case "DELETE", ["methods", reference]:
                bank.forget_method(reference)
                return {}
            case "POST", ["disputes", dispute_id, "evidence"]:
                bank.submit_evidence(dispute_id, msgspec.json.decode(body, type=EvidenceCall), now)
                return {}
            case "POST", ["disputes", dispute_id, "accept"]:
                bank.accept_dispute(dispute_id, now)
                return {}
            case "GET", ["confirmations", token]:
                return bank.confirmation(token)
            case "POST", ["confirmations", token]:
                decision = msgspec.json.decode(body, type=Decision)
                return Decided(return_url=bank.decide(token, decision.approve, now))
            case _:
                raise Unknown()

    async def _work(self) -> None:
        async with httpx.AsyncClient(timeout=DELIVERY_TIMEOUT_S, trust_env=False) as client:
            while True:
                self._open_bank().work(self._clock.now())
                await self._deliver(client)
                await asyncio.sleep(WORK_EVERY_S)

    async def _deliver(self, client: httpx.AsyncClient) -> None:
        store = self._store
        if store is None:
            return
        # One after the other: the order in which news arrive is part of what is simulated.
        for delivery in store.due_deliveries(self._clock.now(), DELIVERIES_AT_ONCE):
            if await self._post(client, delivery):
                store.delivered(delivery.number)
            elif delivery.attempts + 1 >= DELIVERY_ATTEMPTS_LIMIT:
                _log.warning("test_provider.webhook.given_up", delivery_id=delivery.id)
                store.delivered(delivery.number)
            else:
                delay_s = min(0.2 * 2**delivery.attempts, 600)
                store.postpone(delivery.number, self._clock.now() + timedelta(seconds=delay_s))

    async def _post(self, client: httpx.AsyncClient, delivery: Delivery) -> bool:
        timestamp = int(self._clock.now().timestamp())
        headers = {
            SIGNATURE_HEADER: sign(self._webhook_secret, timestamp, delivery.body),
            "content-type": "application/json",
        }
        try:
            response = await client.post(self._webhook_url, content=delivery.body, headers=headers)
        except (httpx.HTTPError, OSError):
            return False
        return response.is_success

    def _open_bank(self) -> Bank:
        if self._bank is None:
            raise RuntimeError("the simulator has not started")
        if self.chaos_changed.is_set():
            self.chaos_changed.clear()
            self._bank.misbehave(self.chaos)
        return self._bank


async def _body(receive: Receive) -> bytes | None:
    """None if it is larger than anything we send."""
    body = b""
    while True:
        message = await receive()
        part: bytes = message.get("body", b"")
        body += part
        if len(body) > BODY_LIMIT_BYTES:
            return None
        if not message.get("more_body", False):
            return body
