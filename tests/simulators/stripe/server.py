"""The stand-in: endpoints, idempotency keys as Stripe documents them, and the troubles a test can order."""

import json
import threading
from collections import Counter
from copy import deepcopy
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Json = dict[str, Any]
RECORDED = Path(__file__).parent / "recorded"
SECRET_KEY = "sk_test_stand_in"
# What each test payment method does; tokens of the elements end in the same names.
DECLINES = {
    "chargeDeclined": ("card_declined", "generic_decline"),
    "chargeDeclinedInsufficientFunds": ("card_declined", "insufficient_funds"),
    "chargeDeclinedExpiredCard": ("expired_card", None),
    "chargeDeclinedIncorrectCvc": ("incorrect_cvc", None),
    "chargeDeclinedProcessingError": ("processing_error", None),
    "chargeDeclinedVelocity": ("card_declined", "card_velocity_exceeded"),
}


@dataclass
class Call:
    method: str
    path: str
    params: dict[str, str]
    idempotency_key: str | None


@dataclass
class FakeStripe:
    """`troubles` are used up one by one: lost (done, but the answer never arrives), 500, 429."""

    url: str = ""
    now_s: int = 1_772_823_600
    calls: list[Call] = field(default_factory=list)
    troubles: list[tuple[str, str]] = field(default_factory=list)
    objects: dict[str, Json] = field(default_factory=dict)
    kept: dict[str, tuple[str, int, bytes]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    refund_status: str = "succeeded"
    _server: ThreadingHTTPServer | None = None

    def start(self) -> "FakeStripe":
        fake, lock = self, threading.Lock()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._serve("GET")

            def do_POST(self) -> None:
                self._serve("POST")

            def _serve(self, method: str) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                with lock:
                    answered = fake.answer(method, self.path, body, dict(self.headers))
                if answered is None:
                    self.close_connection = True
                    return
                status, content, replayed = answered
                self.send_response_only(status)
                self.send_header("date", formatdate(fake.now_s, usegmt=True))
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(content)))
                self.send_header("request-id", "req_stand_in")
                if replayed:
                    self.send_header("idempotent-replayed", "true")
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        return self

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()

    def made(self, kind: str) -> list[Json]:
        return [one for one in self.objects.values() if one["object"] == kind]

    def asked(self, path_end: str) -> list[Call]:
        return [call for call in self.calls if call.path.endswith(path_end)]

    def answer(self, method: str, target: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes, bool] | None:
        parts = urlsplit(target)
        lower = {name.lower(): value for name, value in headers.items()}
        is_file = lower.get("content-type", "").startswith("multipart/")
        text = parts.query if method == "GET" else "" if is_file else body.decode()
        call = Call(method, parts.path, dict(parse_qsl(text)), lower.get("idempotency-key"))
        self.calls.append(call)
        if lower.get("authorization") != f"Bearer {SECRET_KEY}":
            return self._error(401, "invalid_request_error", "api_key_invalid", "Invalid API Key provided")
        trouble = self._trouble(parts.path)
        if trouble == "429":
            return self._error(429, "invalid_request_error", "rate_limit", "Too many requests")
        if trouble == "500":
            return self._error(500, "api_error", None, "An unknown error occurred")
        answered = self._once(call, text)
        return None if trouble == "lost" else answered

    def event(self, type: str, about: Json, created: int | None = None) -> Json:
        event = self._new("event", "evt")
        event.update(type=type, created=created or self.now_s, data={"object": about})
        return event

    def _trouble(self, path: str) -> str | None:
        for index, (ending, trouble) in enumerate(self.troubles):
            if path.endswith(ending):
                del self.troubles[index]
                return trouble
        return None

    def _once(self, call: Call, text: str) -> tuple[int, bytes, bool]:
        """The first answer to a key is kept and given again; other parameters under the same key are an error."""
        key = None if call.method == "GET" else call.idempotency_key
        if key is not None and key in self.kept:
            content, status, body = self.kept[key]
            if content != f"{call.path}?{text}":
                error = "Keys for idempotent requests can only be used with the same parameters."
                return self._error(400, "idempotency_error", None, error)
            return status, body, True
        status, body, _ = self._route(call)
        if key is not None:
            self.kept[key] = (f"{call.path}?{text}", status, body)
        return status, body, False

    def _route(self, call: Call) -> tuple[int, bytes, bool]:
        match [call.method, *call.path.strip("/").split("/")[1:]]:
            case ["POST", "payment_intents"]:
                intent = self._new("payment_intent", "pi")
                intent.update(
                    amount=int(call.params["amount"]), currency=call.params["currency"], metadata=_metadata(call)
                )
                return self._ok(intent)
            case ["GET", "payment_intents", intent_id]:
                return self._found(intent_id, call)
            case ["POST", "payment_intents", intent_id]:
                self.objects[intent_id].update(customer=call.params.get("customer"))
                return self._found(intent_id, call)
            case ["POST", "payment_intents", intent_id, "confirm"]:
                return self._confirm(self.objects[intent_id], call)
            case ["POST", "payment_intents", intent_id, "capture"]:
                self._capture(self.objects[intent_id])
                return self._found(intent_id, call)
            case ["POST", "payment_intents", intent_id, "cancel"]:
                return self._cancel(self.objects[intent_id], call)
            case ["POST", "customers"]:
                return self._ok(self._remember({"id": self._id("cus"), "object": "customer"}))
            case ["GET", "refunds"]:
                refunds = [one for one in self.made("refund") if one["payment_intent"] == call.params["payment_intent"]]
                return self._ok({"object": "list", "data": refunds, "has_more": False, "url": "/v1/refunds"})
            case ["POST", "refunds"]:
                return self._refund(call)
            case ["POST", "setup_intents"]:
                setup = self._new("setup_intent", "seti")
                setup.update(customer=call.params["customer"], metadata=_metadata(call))
                return self._ok(setup)
            case ["GET", "setup_intents", setup_id]:
                return self._found(setup_id, call)
            case ["POST", "setup_intents", setup_id, "confirm"]:
                return self._confirm_setup(self.objects[setup_id], call)
            case ["POST", "payment_methods", method_id, "detach"]:
                return self._ok({"id": method_id, "object": "payment_method", "customer": None})
            case ["POST", "files"]:
                return self._ok(self._remember({"id": self._id("file"), "object": "file"}))
            case ["POST", "disputes", dispute_id, *rest]:
                dispute = self.objects[dispute_id]
                dispute["status"] = "lost" if rest == ["close"] else "under_review"
                return self._ok(dispute)
            case ["POST", "transfers"]:
                transfer = self._new("transfer", "tr")
                transfer.update(amount=int(call.params["amount"]), currency=call.params["currency"])
                return self._ok(transfer)
            case _:
                return self._error(404, "invalid_request_error", "resource_missing", f"No such path: {call.path}")

    def _confirm(self, intent: Json, call: Call) -> tuple[int, bytes, bool]:
        method = call.params.get("payment_method") or call.params.get("confirmation_token", "")
        what = method.rpartition("_")[2]
        if what == "unknown":
            return self._error(400, "invalid_request_error", "resource_missing", f"No such PaymentMethod: '{method}'")
        intent["payment_method"] = method
        if what == "authenticationRequired" and call.params.get("off_session") == "true":
            return self._decline(intent, "authentication_required", "authentication_required")
        if what in DECLINES:
            return self._decline(intent, *DECLINES[what])
        if what in ("threeDSecure2Required", "authenticationRequired"):
            self._ask(intent, "https://hooks.stripe.com/redirect/authenticate/src_1")
        elif what == "sepa":
            charge = self._charge(intent, {"type": "sepa_debit", "sepa_debit": {"last4": "3000"}})
            charge.update(status="pending", paid=False)
            intent.update(status="processing")
        elif what == "manual":
            self._charge(intent)["captured"] = False
            intent.update(status="requires_capture", amount_capturable=intent["amount"])
        else:
            self.pay(intent["id"])
        return self._found(intent["id"], call)

    def pay(self, intent_id: str) -> Json:
        """The buyer confirmed, or the money arrived."""
        intent = self.objects[intent_id]
        if intent["latest_charge"] is None:
            self._charge(intent)
        intent.update(status="succeeded", amount_received=intent["amount"], next_action=None)
        return intent

    def dispute(self, intent_id: str, **changes: Any) -> Json:
        intent = self.objects[intent_id]
        dispute = self._new("dispute", "dp")
        dispute.update(
            payment_intent=intent_id, amount=intent["amount"], currency=intent["currency"], created=self.now_s
        )
        dispute.update(changes)
        return dispute

    def _ask(self, intent: Json, url: str) -> None:
        redirect = {"return_url": "https://shop.example/", "url": url}
        intent.update(status="requires_action", next_action={"type": "redirect_to_url", "redirect_to_url": redirect})

    def _capture(self, intent: Json) -> None:
        intent.update(status="succeeded", amount_received=intent["amount"], amount_capturable=0)

    def _cancel(self, intent: Json, call: Call) -> tuple[int, bytes, bool]:
        if intent["status"] == "succeeded":
            return self._error(
                400, "invalid_request_error", "payment_intent_unexpected_state", "You cannot cancel this PaymentIntent"
            )
        intent.update(status="canceled", canceled_at=self.now_s)
        return self._found(intent["id"], call)

    def _decline(self, intent: Json, code: str, decline_code: str | None) -> tuple[int, bytes, bool]:
        charge = self._charge(intent)
        charge.update(status="failed", paid=False, captured=False, failure_code=code)
        told = {"type": "card_error", "code": code, "decline_code": decline_code, "charge": charge["id"]}
        intent.update(status="requires_payment_method", last_payment_error=told, payment_method=None)
        body = deepcopy(_recorded("declined"))
        body["error"].update(told, payment_intent=intent)
        return 402, json.dumps(body).encode(), False

    def _charge(self, intent: Json, details: Json | None = None) -> Json:
        charge = self._new("charge", "ch")
        charge.update(
            amount=intent["amount"],
            amount_captured=intent["amount"],
            currency=intent["currency"],
            payment_intent=intent["id"],
            payment_method=intent["payment_method"],
        )
        if details is not None:
            charge["payment_method_details"] = details
        intent["latest_charge"] = charge["id"]
        return charge

    def _refund(self, call: Call) -> tuple[int, bytes, bool]:
        intent = self.objects[call.params["payment_intent"]]
        amount = int(call.params["amount"])
        returned = [one for one in self.made("refund") if one["payment_intent"] == intent["id"]]
        if amount > intent["amount_received"] - sum(one["amount"] for one in returned):
            code = "charge_already_refunded"
            return self._error(400, "invalid_request_error", code, "Charge has already been refunded.")
        refund = self._new("refund", "re")
        refund.update(
            amount=amount,
            currency=intent["currency"],
            payment_intent=intent["id"],
            charge=intent["latest_charge"],
            metadata=_metadata(call),
            status=self.refund_status,
            created=self.now_s,
        )
        return self._ok(refund)

    def _confirm_setup(self, setup: Json, call: Call) -> tuple[int, bytes, bool]:
        token = call.params.get("payment_method") or call.params.get("confirmation_token", "")
        what = token.rpartition("_")[2]
        if what == "unknown":
            return self._error(400, "invalid_request_error", "resource_missing", f"No such PaymentMethod: '{token}'")
        if what in DECLINES:
            code, decline_code = DECLINES[what]
            told = {"type": "card_error", "code": code, "decline_code": decline_code}
            setup.update(last_setup_error=told)
            return 402, json.dumps({"error": {**told, "message": "no", "setup_intent": setup}}).encode(), False
        if what == "threeDSecure2Required":
            self._ask(setup, "https://hooks.stripe.com/redirect/authenticate/src_2")
        else:
            self.save(setup["id"])
        return self._found(setup["id"], call)

    def save(self, setup_id: str) -> Json:
        setup = self.objects[setup_id]
        method = self._new("payment_method", "pm")
        setup.update(status="succeeded", payment_method=method["id"], next_action=None)
        return setup

    def _found(self, object_id: str, call: Call) -> tuple[int, bytes, bool]:
        found = self.objects.get(object_id)
        if found is None:
            return self._error(404, "invalid_request_error", "resource_missing", f"No such object: '{object_id}'")
        shown = dict(found)
        for name, value in call.params.items():
            if name.startswith("expand") and shown.get(value) in self.objects:
                shown[value] = self.objects[shown[value]]
        return self._ok(shown)

    def _new(self, kind: str, prefix: str) -> Json:
        made = deepcopy(_recorded(kind))
        made["id"] = self._id(prefix)
        if "created" in made:
            made["created"] = self.now_s
        return self._remember(made)

    def _remember(self, made: Json) -> Json:
        self.objects[made["id"]] = made
        return made

    def _id(self, prefix: str) -> str:
        self.counts[prefix] += 1
        return f"{prefix}_{self.counts[prefix]}"

    def _ok(self, found: Json) -> tuple[int, bytes, bool]:
        return 200, json.dumps(found).encode(), False

    def _error(self, status: int, type: str, code: str | None, message: str) -> tuple[int, bytes, bool]:
        error = {"type": type, "code": code, "message": message}
        return status, json.dumps({"error": error}).encode(), False


def _recorded(kind: str) -> Json:
    loaded: Json = json.loads((RECORDED / f"{kind}.json").read_text())
    return loaded


def _metadata(call: Call) -> dict[str, str]:
    return {name[9:-1]: value for name, value in call.params.items() if name.startswith("metadata[")}
