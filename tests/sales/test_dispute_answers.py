"""What sellers answer reaches the bank: once, again when no answer came back, and as one answer for one payment."""

import re
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

from shopcast import sales
from shopcast.integrations.test_provider.protocol import port_file
from shopcast.kernel.ids import new_id
from shopcast.sales.disputes.pack import evidence_pdf
from shopcast.sales.disputes.queries import evidence_of
from shopcast.sales.disputes.send_answer import sweep_answers
from tests.factories.tenancy import Visitor
from tests.sales.after import Bought
from tests.sales.invariants import violations
from tests.sales.support import OtherSeller, SaleShop, pdf_text


def _disputed(sale: SaleShop, token: str = "tok_dispute") -> Bought:
    buyer = sale.guest()
    order_id = sale.paid(buyer, token=token)["order_id"]
    _news(sale, 2)
    return Bought(sale, buyer, order_id)


def _disputed_with(sale: SaleShop) -> OtherSeller:
    """One payment for orders of two sellers."""
    nora, buyer = sale.another_seller(), sale.guest()
    answer = sale.pay(buyer, [sale.held(buyer), nora.held(buyer)], "tok_dispute")
    assert answer.json()["state"] == "paid", answer.text
    _news(sale, 2)
    return nora


def _news(sale: SaleShop, count: int) -> None:
    """What the provider tells within its half a minute; the first `count` webhooks in all."""
    sale.backend.advance(seconds=31)
    for posted in sale.webhooks(count):
        sale.deliver(posted)


def _dispute(seller: Visitor) -> dict[str, Any]:
    path = f"/v1/organisations/{seller.organisation_id}/disputes"
    (row,) = seller.get(path).json()["items"]
    found: dict[str, Any] = seller.get(f"{path}/{row['id']}").json()
    return found


def _answer(seller: Visitor, verb: str, statement: str | None = None) -> httpx.Response:
    path = f"/v1/organisations/{seller.organisation_id}/disputes/{_dispute(seller)['id']}/{verb}"
    body = {} if statement is None else {"statement": statement}
    return seller.post(path, body, headers={"Idempotency-Key": new_id("key")})


def _banks(sale: SaleShop) -> tuple[str, str]:
    """What the provider has of the newest dispute: its state, and the statement it was given."""
    provider = sqlite3.connect(sale.backend.settings.data_dir / "test_provider" / "provider.sqlite3")
    payment = sale.backend.rows("SELECT payment_id FROM sales_dispute LIMIT 1")[0][0]
    row = provider.execute("SELECT state, statement FROM dispute WHERE payment_id = ?", (payment,)).fetchone()
    provider.close()
    return str(row[0]), str(row[1])


def _calls(sale: SaleShop) -> list[tuple[Any, ...]]:
    return sale.backend.rows(
        "SELECT kind, state, attempts FROM sales_provider_call WHERE kind IN ('evidence', 'accept_dispute')"
    )


def test_evidence_reaches_the_provider_and_wins(sale: SaleShop) -> None:
    order = _disputed(sale)
    assert _banks(sale) == ("opened", "")
    assert _answer(sale.seller, "submit", "It was delivered.").json()["submission"] == "waiting"
    sale.run_jobs()
    assert _banks(sale) == ("answered", "It was delivered.")
    assert (_dispute(sale.seller)["submission"], _calls(sale)) == ("sent", [("evidence", "answered", 1)])
    _news(sale, 3)
    assert (_banks(sale)[0], _dispute(sale.seller)["state"]) == ("won", "won")
    assert order.sell("/refund", {"amount_minor": 1}).status_code == 200
    assert violations(sale.backend) == []


def test_without_own_words_the_pack_speaks(sale: SaleShop) -> None:
    _disputed(sale)
    _answer(sale.seller, "submit")
    sale.run_jobs()
    number = _dispute(sale.seller)["evidence"]["order_number"]
    assert _banks(sale) == (
        "answered",
        f"Order {number} was placed and paid by the buyer; the evidence attached shows what was said and shown at the"
        " sale, and its delivery.",
    )


def test_giving_in_reaches_the_provider_and_loses(sale: SaleShop) -> None:
    _disputed(sale)
    assert _answer(sale.seller, "accept").json()["submission"] == "waiting"
    sale.run_jobs()
    assert (_banks(sale), _calls(sale)) == (("lost", ""), [("accept_dispute", "answered", 1)])
    _news(sale, 3)
    assert (_dispute(sale.seller)["state"], _dispute(sale.seller)["submission"]) == ("lost", "sent")
    assert sale.events("sales.dispute_lost") == 1


@contextmanager
def _answers_lost(sale: SaleShop, count: int) -> Iterator[list[str]]:
    """Between us and the provider: it hears every call, and of the first `count` nothing comes back."""
    path = port_file(sale.backend.settings)
    own = path.read_text()
    port = int(re.sub(r"\D", "", own))
    heard: list[str] = []

    class Line(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            sent = {"authorization": self.headers["authorization"]}
            url = f"http://127.0.0.1:{port}{self.path}"
            answer = httpx.post(url, content=body, headers=sent, trust_env=False)
            heard.append(self.path.rsplit("/", 1)[-1])
            if len(heard) <= count:
                self.close_connection = True
                return
            self.send_response(answer.status_code)
            self.send_header("content-length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Line)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    path.write_text(own.replace(str(port), str(server.server_address[1])))
    try:
        yield heard
    finally:
        path.write_text(own)
        server.shutdown()
        thread.join()
        server.server_close()


def _retried(sale: SaleShop) -> list[str]:
    """Twice nothing comes back; what the provider heard."""
    with _answers_lost(sale, 2) as heard:
        sale.run_jobs()
        assert _dispute(sale.seller)["submission"] == "waiting"
        assert _calls(sale)[0][1:] == ("unanswered", 1)
        # Not at once.
        sale.run_jobs()
        assert len(heard) == 1
        for _ in range(3):
            sale.backend.advance(seconds=9)
            sale.run_jobs()
    return heard


def test_evidence_is_sent_again_until_an_answer_comes_back(sale: SaleShop) -> None:
    _disputed(sale)
    _answer(sale.seller, "submit", "It was delivered.")
    assert _retried(sale) == ["evidence"] * 3
    assert (_dispute(sale.seller)["submission"], _calls(sale)) == ("sent", [("evidence", "answered", 2)])
    assert _banks(sale) == ("answered", "It was delivered.")


def test_giving_in_is_sent_again_until_an_answer_comes_back(sale: SaleShop) -> None:
    _disputed(sale)
    _answer(sale.seller, "accept")
    assert _retried(sale) == ["accept"] * 3
    assert (_dispute(sale.seller)["submission"], _calls(sale)) == ("sent", [("accept_dispute", "answered", 2)])
    assert _banks(sale)[0] == "lost"


def test_a_decided_dispute_is_refused_and_nobody_waits_for_it(sale: SaleShop) -> None:
    _disputed(sale)
    dispute_id = sale.backend.rows("SELECT provider_dispute_id FROM sales_dispute")[0][0]
    _answer(sale.seller, "submit", "Too late, as it turns out.")

    async def elsewhere(context: Any) -> None:
        await context.ports["payments"].default.accept_dispute(dispute_id)

    sale.in_worker(elsewhere)
    sale.run_jobs()
    assert (_dispute(sale.seller)["submission"], _calls(sale)) == ("failed", [("evidence", "refused", 1)])


def test_a_dispute_the_bank_opens_again_is_answered_again(sale: SaleShop) -> None:
    _disputed(sale)
    _answer(sale.seller, "submit", "First.")
    sale.run_jobs()
    _news(sale, 3)
    assert _dispute(sale.seller)["state"] == "won"
    payment, dispute_id, amount = sale.backend.rows(
        "SELECT payment_id, provider_dispute_id, presentment_minor FROM sales_dispute"
    )[0]
    sale.backend.advance(hours=1)
    again = sales.PaymentEvent(
        id="evt_opened_again",
        payment_id=payment,
        kind=sales.EventKind.DISPUTE_OPENED,
        amount_minor=amount,
        at=sale.backend.clock.now(),
        dispute_id=dispute_id,
        due_at=sale.now(days=7),
    )
    sale.backend.run(sales.RecordPayment(provider="test", payment_id=payment, events=(again,)))
    sale.backend.drain()
    found = _dispute(sale.seller)
    assert (found["state"], found["submission"], found["can_answer"]) == ("open", "", True)
    assert _answer(sale.seller, "submit", "Second.").json()["submission"] == "waiting"
    sale.run_jobs()
    # The simulated bank itself holds it for decided; the shop asked all the same.
    assert _calls(sale) == [("evidence", "answered", 1), ("evidence", "refused", 1)]


def test_one_answer_goes_out_when_all_sellers_have_said_theirs(sale: SaleShop) -> None:
    nora = _disputed_with(sale)
    before = _dispute(sale.seller)
    assert (before["sellers"], before["sellers_silent"], before["sends_at"]) == (2, 1, None)
    first = _answer(sale.seller, "submit", "The shirt arrived.").json()
    assert (first["submission"], first["sellers_silent"], first["can_answer"]) == ("gathering", 1, False)
    assert first["sends_at"] == "2026-03-12T19:00:31Z"
    sale.run_jobs()
    assert (_banks(sale), _calls(sale)) == (("opened", ""), [])
    assert _dispute(nora.seller)["can_answer"]
    second = _answer(nora.seller, "submit", "So did the bowl.").json()
    assert (second["submission"], second["sends_at"], _dispute(sale.seller)["submission"]) == (
        "waiting",
        None,
        "waiting",
    )
    sale.run_jobs()
    numbers = [_dispute(one)["evidence"]["order_number"] for one in (sale.seller, nora.seller)]
    assert _banks(sale) == (
        "answered",
        f"Mia's Closet, {numbers[0]}: The shirt arrived.\n\nNora's, {numbers[1]}: So did the bowl.",
    )
    assert _calls(sale) == [("evidence", "answered", 1)]
    assert [_dispute(one)["submission"] for one in (sale.seller, nora.seller)] == ["sent", "sent"]
    _news(sale, 3)
    assert [_dispute(one)["state"] for one in (sale.seller, nora.seller)] == ["won", "won"]


def test_one_file_holds_the_evidence_of_all(sale: SaleShop) -> None:
    _disputed_with(sale)
    orders = [row[0] for row in sale.backend.rows("SELECT order_id FROM sales_dispute ORDER BY id")]
    now = sale.backend.clock.now()
    packs = [sale.backend.read(evidence_of, sale.backend.settings, order_id, now) for order_id in orders]
    words = pdf_text(evidence_pdf(*[pack for pack in packs if pack is not None]))
    assert all(f"Evidence for order {pack.order_number}" in words for pack in packs if pack is not None)
    assert ("Linen shirt" in words, "Tea bowl" in words) == (True, True)


def test_a_day_before_it_is_due_the_answer_goes_with_what_is_there(sale: SaleShop) -> None:
    nora = _disputed_with(sale)
    _answer(sale.seller, "submit", "The shirt arrived.")
    sale.backend.advance(days=5, hours=23, minutes=59)
    sale.in_worker(sweep_answers)
    sale.run_jobs()
    assert _banks(sale) == ("opened", "")
    sale.backend.advance(minutes=1)
    sale.in_worker(sweep_answers)
    sale.run_jobs()
    state, statement = _banks(sale)
    number = _dispute(nora.seller)["evidence"]["order_number"]
    assert (state, "The shirt arrived." in statement, f"Order {number} was placed" in statement) == (
        "answered",
        True,
        True,
    )
    assert (_dispute(nora.seller)["state"], _dispute(nora.seller)["can_answer"]) == ("submitted", False)
    assert _answer(nora.seller, "accept").json()["code"] == "sales.dispute_closed"
    sale.in_worker(sweep_answers)
    assert len(_calls(sale)) == 1


def test_who_gives_in_is_left_out_of_what_another_contests(sale: SaleShop) -> None:
    nora = _disputed_with(sale)
    assert _answer(nora.seller, "accept").json()["submission"] == "gathering"
    sale.run_jobs()
    assert _banks(sale) == ("opened", "")
    _answer(sale.seller, "submit", "The shirt arrived.")
    sale.run_jobs()
    assert _banks(sale) == ("answered", "The shirt arrived.")
    assert _dispute(nora.seller)["state"] == "accepted"


def test_nobody_gives_in_for_another(sale: SaleShop) -> None:
    nora = _disputed_with(sale)
    _answer(nora.seller, "accept")
    sale.backend.advance(days=6)
    sale.in_worker(sweep_answers)
    sale.run_jobs()
    assert (_banks(sale)[0], _calls(sale)) == ("opened", [])
    # On the last day the other one may still contest, and that is sent at once.
    sale.backend.advance(hours=12)
    _answer(sale.seller, "submit", "The shirt arrived.")
    sale.run_jobs()
    assert _banks(sale) == ("answered", "The shirt arrived.")


def test_when_all_give_in_the_bank_hears_that(sale: SaleShop) -> None:
    nora = _disputed_with(sale)
    _answer(nora.seller, "accept")
    _answer(sale.seller, "accept")
    sale.run_jobs()
    assert (_banks(sale)[0], _calls(sale)) == ("lost", [("accept_dispute", "answered", 1)])
