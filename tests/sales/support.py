"""A shop on air behind its HTTP doors, with the simulated payment provider; what tests of sales are set up with."""

import asyncio
import base64
import re
import sqlite3
import threading
import zlib
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx

from shopcast import accounts, catalog, media, rooms, sales, shows
from shopcast.accounts.http import ROUTES as ACCOUNT_ROUTES
from shopcast.backends.inprocess.limits import InProcessLimits
from shopcast.catalog.products.create_product import CreateProduct, VariantDraft
from shopcast.integrations.http import ROUTES as INTEGRATION_ROUTES
from shopcast.integrations.test_provider import Handle, TestProvider, Timings, start_test_provider
from shopcast.kernel.ids import new_id
from shopcast.kernel.job_runner import JobRunner
from shopcast.kernel.jobs import JobContext
from shopcast.kernel.principal import Principal
from shopcast.sales.http import ROUTES as SALES_ROUTES
from shopcast.sales.pricing.model import Needs
from shopcast.sales.promotions.add_codes import AddCode
from shopcast.sales.promotions.create_promotion import CreatePromotion
from tests.factories import START, TestBackend, person
from tests.factories.mandate_verbs import MANDATE_VERBS
from tests.factories.tenancy import Shop, Visitor, open_shop

DOMAINS = (accounts, catalog, media, rooms, shows, sales)
# Bad behaviour a test can wait for.
TIMINGS = Timings(late_s=30.0, timeout_s=0.6)
ADAPTER_TIMEOUT_S = 0.25
ADDRESS = {
    "name": "Ben Example",
    "line1": "Hauptstr. 1",
    "city": "Berlin",
    "postal_code": "10115",
    "country": "DE",
}


@dataclass
class Posted:
    """A webhook as it arrived."""

    headers: dict[str, str]
    body: bytes


class Letterbox:
    """Takes the provider's webhooks and keeps them: the test brings them to the shop when and as often as it likes."""

    def __init__(self) -> None:
        self.posted: list[Posted] = []
        self._arrived = threading.Condition()
        letterbox = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                with letterbox._arrived:
                    letterbox.posted.append(Posted({name.lower(): value for name, value in self.headers.items()}, body))
                    letterbox._arrived.notify_all()
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/hook"

    def wait_for(self, count: int, wanted: Callable[[Posted], bool]) -> list[Posted]:
        def found() -> list[Posted]:
            return [posted for posted in self.posted if wanted(posted)]

        with self._arrived:
            assert self._arrived.wait_for(lambda: len(found()) >= count, timeout=10), self.posted
            return found()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class PluggedLabels:
    """The labels of the shop: our own, or those of whichever provider a test plugs in."""

    def __init__(self) -> None:
        self.provider: sales.LabelProvider = sales.BuiltInLabels()

    async def label(self, request: sales.LabelRequest) -> sales.Label:
        return await self.provider.label(request)


@dataclass
class SaleShop:
    """`variants` holds two of product one (M, L) and one of product two, with their stock of 5, 1 and 3."""

    shop: Shop
    backend: TestBackend
    provider: Handle
    letterbox: Letterbox
    seller: Visitor
    show_id: str
    items: list[str]
    variants: list[str]
    labels: PluggedLabels
    _guests: int = field(default=0)

    @property
    def organisation_id(self) -> str:
        return self.seller.organisation_id

    def now(self, **later: float) -> datetime:
        return self.backend.clock.now() + timedelta(**later)

    def owner(self) -> Principal:
        return person(self.seller.person_id)

    def guest(self, language: str = "en") -> Visitor:
        return self.shop.visitor(language)

    def another_seller(
        self,
        name: str = "nora",
        *,
        country: str = "DE",
        currency: str = "EUR",
        price_minor: int = 1000,
        on_hand: int = 5,
        weight_grams: int = 0,
    ) -> "OtherSeller":
        """With one product of one variant, sold from the catalogue."""
        seller = self.shop.registered(
            name, "seller", organisation_name=f"{name.title()}'s", country=country, currency=currency
        )
        product = self.backend.run(
            CreateProduct(
                organisation_id=seller.organisation_id,
                title="Tea bowl",
                variants=[VariantDraft(sku="TB", price_minor=price_minor, on_hand=on_hand, weight_grams=weight_grams)],
            ),
            person(seller.person_id),
        )
        variant_id = self.backend.rows("SELECT id FROM catalog_variant WHERE product_id = ?", product.id)[0][0]
        return OtherSeller(sale=self, seller=seller, variant_id=str(variant_id))

    def policy(self, seller: Visitor, **changes: Any) -> None:
        """Of one zone that covers the world, unless the test says otherwise."""
        zone = {"countries": ["*"], "first_minor": 490, "additional_minor": 0, "days_min": 1, "days_max": 3}
        zone |= changes.pop("zone", {})
        body = {"ships_from": "DE", "tax_mode": "none", "zones": [zone], **changes}
        answer = seller.request("PUT", f"/v1/organisations/{seller.organisation_id}/selling-policy", json=body)
        assert answer.status_code == 200, answer.text

    def promotion(self, **changes: Any) -> str:
        """Of the seller of the show, running by itself; `codes` are added."""
        codes = changes.pop("codes", ())
        owner = changes.pop("owner", self.owner())
        command: dict[str, Any] = {
            "organisation_id": self.organisation_id,
            "name": "Friday",
            "needs": Needs.CODE if codes else Needs.NOTHING,
            **changes,
        }
        promotion_id = str(self.backend.run(CreatePromotion(**command), owner).id)
        for code in codes:
            added = AddCode(organisation_id=command["organisation_id"], promotion_id=promotion_id, code=code)
            self.backend.run(added, owner)
        return promotion_id

    def hold(self, buyer: Visitor, variant: int = 0, key: str | None = None, **changes: Any) -> httpx.Response:
        body = {
            "show_id": self.show_id,
            "item_id": self.items[0 if variant < 2 else 1],
            "variant_id": self.variants[variant],
            "quantity": 1,
            "source": "live",
            **changes,
        }
        return buyer.post("/v1/holds", body, headers={"Idempotency-Key": key or new_id("key")})

    def held(self, buyer: Visitor, variant: int = 0, **changes: Any) -> str:
        answer = self.hold(buyer, variant, **changes)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def pay(
        self, buyer: Visitor, hold_ids: list[str], token: str | None = "tok_approve", **changes: Any
    ) -> httpx.Response:
        key = changes.pop("key", None) or new_id("key")
        body: dict[str, Any] = {"hold_ids": hold_ids, "email": "ben@example.com", "address": ADDRESS, **changes}
        if token is not None:
            body["payment_method"] = {"token": token, **changes.get("payment_method", {})}
        return buyer.post("/v1/checkouts", body, headers={"Idempotency-Key": key})

    def paid(self, buyer: Visitor, variant: int = 0, token: str = "tok_approve", **changes: Any) -> dict[str, Any]:
        answer = self.pay(buyer, [self.held(buyer, variant, **changes)], token)
        assert answer.json()["state"] == "paid", answer.text
        checkout: dict[str, Any] = answer.json()
        return checkout

    def retry(self, buyer: Visitor, checkout_id: str, token: str, key: str | None = None) -> httpx.Response:
        return buyer.post(
            f"/v1/checkouts/{checkout_id}/retry",
            {"payment_method": {"token": token}},
            headers={"Idempotency-Key": key or new_id("key")},
        )

    def webhooks(self, count: int) -> list[Posted]:
        """Those about this test's payments, in order of arrival; another test's may still be on its way."""
        payments = [str(row[0]).encode() for row in self.backend.rows("SELECT id FROM sales_payment")]
        return self.letterbox.wait_for(count, lambda posted: any(payment in posted.body for payment in payments))

    def deliver(self, posted: Posted, **changed: str) -> httpx.Response:
        """Brings one webhook to the shop, then delivers the events it caused."""
        headers = {**posted.headers, **changed}
        sent = {name.encode(): headers[name].encode() for name in ("test-signature", "content-type") if name in headers}
        self.shop.client.cookies = httpx.Cookies()
        answer = self.shop.client.post("/v1/webhooks/payments/test", content=posted.body, headers=sent)
        self.backend.drain()
        return answer

    def run_jobs(self) -> None:
        """All that is due; then the events."""
        self.in_worker(lambda context: JobRunner(self.backend.registry, context, self.backend.wakes).run_due())
        self.backend.drain()

    def in_worker(self, work: Callable[[JobContext], Awaitable[Any]]) -> None:
        """What the worker process would do, with its own connection to the provider."""

        async def run() -> None:
            provider = TestProvider(self.backend.settings, timeout_s=2.0)
            ports = {
                "mailer": self.shop.mail,
                "blobs": self.shop.blobs,
                "payments": sales.PaymentProviders({"test": provider}),
            }
            backend = self.backend
            try:
                await work(
                    JobContext(
                        actions=backend.actions,
                        reads=backend.reads,
                        clock=backend.clock,
                        settings=backend.settings,
                        ports=ports,
                    )
                )
            finally:
                await provider.close()

        asyncio.run(run())

    def sweep(self) -> None:
        self.backend.run(sales.ExpireHolds())

    def stock(self, variant: int = 0) -> tuple[int, int, int]:
        """on hand, held, sold"""
        row = self.backend.rows(
            "SELECT on_hand, held, sold FROM catalog_stock WHERE variant_id = ?", self.variants[variant]
        )[0]
        return row[0], row[1], row[2]

    def count(self, table: str, where: str = "1 = 1") -> int:
        return int(self.backend.rows(f"SELECT count(*) FROM {table} WHERE {where}")[0][0])

    def events(self, name: str) -> int:
        return self.count("kernel_events", f"event_type = '{name}'")


def pdf_text(content: bytes) -> str:
    """What a receipt says in Latin letters, one drawn text per line."""
    streams = re.findall(rb"stream\r?\n(.*?)endstream", content, re.DOTALL)
    pages = [zlib.decompress(base64.a85decode(stream.strip().removesuffix(b"~>"))) for stream in streams]
    drawn = re.findall(rb"\((.*?)(?<!\\)\) Tj", b"".join(pages), re.DOTALL)
    return "\n".join(re.sub(rb"\\([()\\])", rb"\1", text).decode("cp1252") for text in drawn)


@dataclass
class OtherSeller:
    """A second shop, whose one variant is bought from its page."""

    sale: SaleShop
    seller: Visitor
    variant_id: str

    def held(self, buyer: Visitor, quantity: int = 1) -> str:
        body = {"variant_id": self.variant_id, "quantity": quantity, "source": "list"}
        answer = buyer.post("/v1/holds", body, headers={"Idempotency-Key": new_id("key")})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def stock(self) -> tuple[int, int, int]:
        """on hand, held, sold"""
        row = self.sale.backend.rows(
            "SELECT on_hand, held, sold FROM catalog_stock WHERE variant_id = ?", self.variant_id
        )[0]
        return row[0], row[1], row[2]


@dataclass
class Template:
    """A shop opened once and put back before each test: opening one takes a second, putting it back a hundredth."""

    sale: SaleShop

    @classmethod
    def of(cls, sale: SaleShop) -> "Template":
        # Welcome mails and the like are not what these tests count.
        sale.run_jobs()
        sale.backend.raw.store()
        return cls(sale)

    def put_back(self) -> SaleShop:
        sale = self.sale
        sale.backend.raw.put_back()
        sale.backend.clock.advance(START - sale.backend.clock.now())
        sale.shop.mail.sent.clear()
        sale.letterbox.posted.clear()
        sale.provider.misbehave(None)
        sale.labels.provider = sales.BuiltInLabels()
        limits = sale.shop.client.app.state["shopcast"].limits
        assert isinstance(limits, InProcessLimits)
        limits._full_at.clear()
        # It never tells two things at one instant, nor one before another: what the last test's future was is over.
        store = sale.provider._application._store
        assert store is not None
        store._last_at = START
        provider = sqlite3.connect(sale.backend.settings.data_dir / "test_provider" / "provider.sqlite3")
        provider.executescript("DELETE FROM plan; DELETE FROM delivery;")
        provider.close()
        return sale


@contextmanager
def open_sale(tmp_path: Path, other_provider: sales.PaymentProvider | None = None) -> Iterator[SaleShop]:
    """Payments go to the test provider, or to another one."""
    letterbox = Letterbox()
    provider: Handle | None = None
    adapter: list[TestProvider] = []

    class LateAdapter(sales.PaymentProviders):
        """The adapter needs the shop's settings, which exist once the shop is open."""

        def __init__(self) -> None:
            """Filled below."""

        @property
        def default(self) -> sales.PaymentProvider:
            return other_provider or adapter[0]

        def named(self, name: str) -> sales.PaymentProvider | None:
            return adapter[0] if name == "test" else other_provider if name == self.default.name else None

    labels = PluggedLabels()
    with open_shop(
        tmp_path,
        routes=[*ACCOUNT_ROUTES, *SALES_ROUTES, *INTEGRATION_ROUTES],
        actions=[*(spec for domain in DOMAINS for spec in domain.ACTIONS), *MANDATE_VERBS],
        subscriptions=[one for domain in DOMAINS for one in domain.SUBSCRIPTIONS],
        jobs=[job for domain in DOMAINS for job in domain.JOBS],
        ports={"payments": LateAdapter(), "labels": labels},
    ) as shop:
        backend = shop.backend
        adapter.append(TestProvider(backend.settings, timeout_s=ADAPTER_TIMEOUT_S))
        provider = start_test_provider(
            backend.settings, timings=TIMINGS, webhook_url=letterbox.url, clock=backend.clock
        )
        try:
            yield _on_air(shop, provider, letterbox, labels)
        finally:
            with shop.client.portal() as portal:
                portal.call(adapter[0].close)
            provider.stop()
            letterbox.close()


def _on_air(shop: Shop, provider: Handle, letterbox: Letterbox, labels: PluggedLabels) -> SaleShop:
    seller = shop.registered("mia", "seller", organisation_name="Mia's Closet", country="DE", currency="EUR")
    backend, owner = shop.backend, person(seller.person_id)
    organisation_id = seller.organisation_id
    one = backend.run(
        CreateProduct(
            organisation_id=organisation_id,
            title="Linen shirt",
            options=["Size"],
            variants=[
                VariantDraft(option_values=["M"], sku="LS-M", price_minor=2500, on_hand=5),
                VariantDraft(option_values=["L"], sku="LS-L", price_minor=2500, on_hand=1),
            ],
        ),
        owner,
    )
    two = backend.run(
        CreateProduct(
            organisation_id=organisation_id,
            title="丝巾 silk scarf",
            variants=[VariantDraft(sku="SC", price_minor=1999, on_hand=3)],
        ),
        owner,
    )
    create = shows.CreateShow(organisation_id=organisation_id, title="Friday evening", starts_at=START)
    show_id = backend.run(create, owner)
    added = backend.run(
        shows.AddItems(
            show_id=show_id,
            items=[
                shows.NewItem(product_id=one.id, claim="Pure linen"),
                shows.NewItem(product_id=two.id, claim="Hand-rolled"),
            ],
        ),
        owner,
    )
    _go_live(backend, show_id, owner)
    variants = backend.rows("SELECT id FROM catalog_variant ORDER BY product_id, position")
    return SaleShop(
        shop=shop,
        backend=backend,
        provider=provider,
        letterbox=letterbox,
        seller=seller,
        show_id=show_id,
        items=[item.id for item in added],
        variants=[row[0] for row in variants],
        labels=labels,
    )


def _go_live(backend: TestBackend, show_id: str, owner: Principal) -> None:
    broadcast_id = backend.rows("SELECT broadcast_id FROM shows_show WHERE id = ?", show_id)[0][0]
    now_ms = int(backend.clock.now().timestamp() * 1000)
    ready = media.EngineFact(kind="ready", broadcast_id=broadcast_id, at_ms=now_ms, epoch=1, width=1280, height=720)
    backend.run(media.RecordFact(engine="eng", number=1, fact=ready))
    backend.run(shows.ScheduleShow(show_id=show_id), owner)
    backend.run(shows.GoLive(show_id=show_id), owner)
    backend.drain()
