"""What a drop's benchmark needs before it begins: a show on air without an encoder, signed sessions, requests ready for
the wire, and the load's process. Knows neither engine nor profile."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

import httpx
import msgspec
from drop_load import Plan, Result

from shopcast import media
from shopcast.kernel.ids import new_id, new_token
from shopcast.web_support.signing import sign

ROOT = Path(__file__).parents[1]
CONNECTIONS = 4_000
LIST_PRICE, DROP_PRICE = 2_500, 1_900
COUNTDOWN_S = 10


@dataclass(frozen=True, slots=True)
class Session:
    guest: str
    csrf: str
    address: str


@dataclass(frozen=True, slots=True)
class Scene:
    show_id: str
    item_id: str
    variant_id: str
    drop_id: str


def put_on_air(url: str, pieces: int, tell_ready: Callable[[str], None]) -> Scene:
    """`tell_ready` says for a show that its pictures arrive."""
    seller = httpx.Client(base_url=url, timeout=30)
    seller.get("/v1/me")
    seller.headers["X-CSRF-Token"] = seller.cookies["shopcast_csrf"]
    account = {
        "email": f"{new_id('usr').lower()}@example.com",
        "password": "a password for the bench",
        "display_name": "Bench",
        "account": "seller",
        "organisation_name": "Bench",
        "country": "DE",
        "currency": "EUR",
    }
    me = ok(seller.post("/v1/register", json=account))
    seller.headers["X-CSRF-Token"] = seller.cookies["shopcast_csrf"]
    organisation_id = me["organisations"][0]["id"]
    variants = [{"option_values": ["M"], "price_minor": LIST_PRICE, "on_hand": pieces}]
    product = {"title": "Bench shirt", "options": ["Size"], "variants": variants}
    made = ok(seller.post(f"/v1/organisations/{organisation_id}/products", json=product))
    show = ok(seller.post(f"/v1/organisations/{organisation_id}/shows", json={"title": "Bench"}))
    added = ok(seller.post(f"/v1/shows/{show['id']}/items", json={"product_ids": [made["id"]]}))
    tell_ready(show["id"])
    ok(seller.post(f"/v1/shows/{show['id']}/go-live"))
    item_id, variant_id = added["items"][0]["id"], made["variants"][0]["id"]
    # The show's own units and everybody's: the buyers draw from both.
    share = {"lines": [{"variant_id": variant_id, "quantity": pieces * 2 // 3}]}
    ok(seller.put(f"/v1/shows/{show['id']}/allocations", json=share))
    planned = {
        "item_id": item_id,
        "variant_id": variant_id,
        "price_minor": DROP_PRICE,
        "quantity": pieces,
        "per_customer": 1,
        "countdown_s": COUNTDOWN_S,
        "duration_s": 1200,
    }
    drop = ok(seller.post(f"/v1/shows/{show['id']}/drops", json=planned))
    ok(seller.post(f"/v1/drops/{drop['id']}/start"))
    seller.close()
    return Scene(show["id"], item_id, variant_id, drop["id"])


def ready_fact(broadcast_id: str) -> media.RecordFact:
    """No encoder is needed to measure holds: the engine's report that pictures arrive is enough."""
    now_ms = int(time.time() * 1000)
    fact = media.EngineFact(kind="ready", broadcast_id=broadcast_id, at_ms=now_ms, epoch=1, width=1280, height=720)
    return media.RecordFact(engine=new_id("eng"), number=1, fact=fact)


def ok(answer: httpx.Response) -> Any:
    if not answer.is_success:
        raise SystemExit(f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}")
    return answer.json() if answer.content else None


def make_sessions(secret: bytes, count: int) -> list[Session]:
    return [
        Session(
            guest=sign(new_id("gst"), secret, "guest"),
            csrf=sign(new_token(16), secret, "csrf"),
            address=f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
        )
        for number in range(count)
    ]


def make_request(port: int, session: Session, method: str, path: str, body: bytes) -> bytes:
    """As a browser's page sends it."""
    head = (
        f"{method} {path} HTTP/1.1\r\n"
        f"Host: 127.0.0.1:{port}\r\n"
        "User-Agent: Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15\r\n"
        "Accept: application/json\r\nAccept-Language: de-DE,de;q=0.9,en;q=0.8\r\nAccept-Encoding: gzip, deflate, br\r\n"
        f"Origin: http://127.0.0.1:{port}\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/json\r\n"
        f"Cookie: shopcast_guest={session.guest}; shopcast_csrf={session.csrf}\r\nX-CSRF-Token: {session.csrf}\r\n"
        f"Idempotency-Key: {new_id('key')}\r\n"
        f"X-Forwarded-For: {session.address}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def make_plan(directory: Path, port: int, name: str, requests: Sequence[bytes], over_s: float, **more: Any) -> Path:
    """Files that the load process reads; where it writes its result is in them."""
    (directory / f"{name}.requests").write_bytes(b"".join(requests))
    ends = list(accumulate(len(request) for request in requests))
    plan = Plan(
        host="127.0.0.1",
        port=port,
        over_s=over_s,
        requests=str(directory / f"{name}.requests"),
        ends=ends,
        result=str(directory / f"{name}.result"),
        **{"connections": min(CONNECTIONS, len(requests)), **more},
    )
    path = directory / f"{name}.plan"
    path.write_bytes(msgspec.json.encode(plan))
    return path


def wait_until_running(url: str, scene: Scene) -> None:
    deadline = time.monotonic() + COUNTDOWN_S + 10
    while time.monotonic() < deadline:
        drops = ok(httpx.get(f"{url}/v1/shows/{scene.show_id}/drops"))["items"]
        if drops[0]["state"] == "running":
            # What follows from opening it is told meanwhile.
            time.sleep(1.0)
            return
        time.sleep(0.2)
    raise SystemExit("the drop did not open")


def run_load(plan: Path) -> Result:
    subprocess.run([sys.executable, str(ROOT / "bench" / "drop_load.py"), str(plan)], check=True)
    path = msgspec.json.decode(plan.read_bytes(), type=Plan).result
    return msgspec.json.decode(Path(path).read_bytes(), type=Result)


def make_taps(port: int, sessions: Sequence[Session], scene: Scene) -> list[bytes]:
    """One hold of one piece for each."""
    tap = msgspec.json.encode(
        {
            "show_id": scene.show_id,
            "item_id": scene.item_id,
            "variant_id": scene.variant_id,
            "quantity": 1,
            "source": "live",
            "price_seen_minor": DROP_PRICE,
        }
    )
    return [make_request(port, session, "POST", "/v1/holds", tap) for session in sessions]
