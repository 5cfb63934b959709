"""People at the public API, with cookies, CSRF header and idempotency keys as a browser sends them."""

from __future__ import annotations

import itertools
import secrets
from pathlib import Path
from typing import Any

import httpx

from tests.support.serve import Serve
from tests.support.waiting import eventually

PASSWORD = "a-quiet-harbour-41"
Json = Any
ADDRESS: dict[str, str] = {
    "name": "Ada Muster",
    "line1": "Beispielweg 7",
    "city": "Berlin",
    "postal_code": "10115",
    "country": "DE",
}

_numbers = itertools.count(1)


class Refusal(AssertionError):
    """The shop said no, in its own words."""

    def __init__(self, answer: httpx.Response) -> None:
        self.status = answer.status_code
        self.retry_after_s = float(answer.headers.get("retry-after", 0))
        try:
            self.problem: Json = answer.json()
        except ValueError:
            self.problem = {"code": "unreadable", "message": answer.text[:500]}
        self.code = str(self.problem.get("code"))
        super().__init__(f"{answer.request.method} {answer.request.url}: {self.status} {self.problem}")


class Person:
    """A browser of somebody; a guest until they register or sign in."""

    def __init__(self, serve: Serve, *, language: str = "en") -> None:
        number = next(_numbers)
        # Each has an address of their own, or the limits per address would see one busy person.
        self.address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        self.serve = serve
        self.http = httpx.Client(
            base_url=serve.url,
            timeout=20,
            trust_env=False,
            headers={"Origin": serve.url, "X-Forwarded-For": self.address, "Accept-Language": language},
        )
        serve.visitors.enter_context(self.http)
        self.email = ""
        self.organisation = ""

    def get(self, path: str, **query: str | int) -> Json:
        return self._json(self.http.get(path, params=query))

    def post(self, path: str, body: Json = None, *, key: str | None = None, moves: bool = False) -> Json:
        """`moves`: it moves stock or money, so it carries an idempotency key."""
        headers = {"Idempotency-Key": key or secrets.token_hex(12)} if moves or key else {}
        return self._json(self._send("POST", path, json={} if body is None else body, headers=headers))

    def put(self, path: str, body: Json) -> Json:
        return self._json(self._send("PUT", path, json=body))

    def patch(self, path: str, body: Json) -> Json:
        return self._json(self._send("PATCH", path, json=body))

    def delete(self, path: str) -> Json:
        return self._json(self._send("DELETE", path))

    def upload(self, path: str, name: str, content: bytes, content_type: str = "text/csv") -> Json:
        return self._json(self._send("POST", path, files={"file": (name, content, content_type)}))

    def register(self, account: str = "shopper", name: str = "Ada", **more: str) -> Person:
        self.email = f"{name.lower().replace(' ', '.')}.{secrets.token_hex(4)}@example.test"
        body = {"email": self.email, "password": PASSWORD, "display_name": name, "account": account, **more}
        me = self.post("/v1/register", body)
        if me["organisations"]:
            self.organisation = me["organisations"][0]["id"]
        return self

    def sign_in(self, email: str) -> Person:
        self.email = email
        me = self.post("/v1/login", {"email": email, "password": PASSWORD})
        if me["organisations"]:
            self.organisation = me["organisations"][0]["id"]
        return self

    def import_catalogue(self, file: Path) -> Json:
        """Uploads and waits until the job is done."""
        run = self.upload(f"/v1/organisations/{self.organisation}/imports", file.name, file.read_bytes())

        def done() -> Json:
            now = self.get(f"/v1/imports/{run['id']}")
            return now if now["state"] != "running" else None

        return eventually(done, within_s=30, what=f"the import of {file.name}")

    def products(self) -> dict[str, Json]:
        """By handle."""
        page = self.get(f"/v1/organisations/{self.organisation}/products", limit=100)
        return {product["handle"]: product for product in page["items"]}

    def hold(self, show_id: str, card: Json, *, key: str | None = None, **more: Json) -> Json:
        """Tap one: the first variant of a card unless told otherwise."""
        body = {
            "show_id": show_id,
            "item_id": card["id"],
            "variant_id": card["variants"][0]["id"],
            "quantity": 1,
            "source": "live",
            **more,
        }
        return self.post("/v1/holds", body, key=key, moves=True)

    def pay(self, hold: Json, *, token: str | None = "tok_approve", key: str | None = None, **more: Json) -> Json:
        """Tap two. Without a token the kept way to pay is used."""
        method = {} if token is None else {"payment_method": {"token": token, "save": bool(more.pop("save", False))}}
        return self.post("/v1/checkouts", {"hold_ids": [hold["id"]], **method, **more}, key=key, moves=True)

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        if "shopcast_csrf" not in self.http.cookies:
            self.http.get("/v1/me")
        headers = {**options.pop("headers", {}), "X-CSRF-Token": self.http.cookies.get("shopcast_csrf", "")}
        return self.http.request(method, path, headers=headers, **options)

    @staticmethod
    def _json(answer: httpx.Response) -> Json:
        if not answer.is_success:
            raise Refusal(answer)
        return answer.json() if answer.content else None
