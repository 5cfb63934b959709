"""Pictures: uploaded, fetched, drawn; and what a stranger's address can't make us do."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from shopcast.catalog.images.fetch_remote import FetchFailed, Picture, fetch_picture, is_public
from shopcast.catalog.images.model import PICTURE_LIMIT_BYTES, initials, placeholder, sniff
from tests.factories.tenancy import Shop, Visitor

PNG = b"\x89PNG\r\n\x1a\n" + b"picture"
JPEG = b"\xff\xd8\xff\xe0" + b"photograph"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
FOREVER = "public, max-age=31536000, immutable"


def product(seller: Visitor) -> dict[str, Any]:
    body = {"title": "Silk <Scarf>", "variants": [{"price_minor": 1}]}
    made: dict[str, Any] = seller.post(f"/v1/organisations/{seller.organisation_id}/products", body).json()
    return made


def upload(seller: Visitor, product_id: str, content: bytes, content_type: str = "image/png") -> Any:
    return seller.post(f"/v1/products/{product_id}/image", files={"file": ("p", content, content_type)})


def test_a_product_without_a_picture_shows_a_drawn_one(shop: Shop) -> None:
    made = product(shop.registered("anna"))
    answer = shop.visitor().get(made["image_url"])
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
    assert answer.headers["cache-control"] == FOREVER
    assert answer.headers["content-security-policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in answer.headers
    assert ">SS</text>" in answer.text
    assert "Silk &lt;Scarf&gt;" in answer.text
    assert answer.text == placeholder("Silk <Scarf>")
    numbered = shop.visitor().get(made["image_url"], params={"v": 1, "number": 7})
    assert ">7</text>" in numbered.text
    assert shop.visitor().get(made["image_url"], params={"number": 0}).status_code == 422
    assert shop.visitor().get("/images/img_unknown").status_code == 404


def test_an_uploaded_picture_gets_an_address_of_its_own(shop: Shop) -> None:
    seller = shop.registered("anna")
    made = product(seller)
    first = upload(seller, made["id"], PNG).json()["image_url"]
    # What it says it is does not count.
    second = upload(seller, made["id"], JPEG, "text/html").json()["image_url"]
    assert len({made["image_url"], first, second}) == 3
    answer = shop.visitor().get(second)
    assert (answer.content, answer.headers["content-type"]) == (JPEG, "image/jpeg")
    assert answer.headers["cache-control"] == FOREVER
    again = shop.visitor().get(second, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    old = shop.visitor().get(first)
    assert (old.content, old.headers["cache-control"]) == (JPEG, "public, no-cache")
    # The one before is not kept: it and the file that names its type are gone.
    assert len(list(shop.blobs._directory.glob("images/*"))) == 2


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (SVG, 422, "catalog.picture_refused"),
        (b"<html>", 422, "catalog.picture_refused"),
        (b"", 422, "catalog.picture_refused"),
        (b"MZ" + PNG, 422, "catalog.picture_refused"),
        (PNG + b"x" * PICTURE_LIMIT_BYTES, 413, "catalog.picture_too_large"),
    ],
)
def test_other_uploads_are_refused_and_not_kept(shop: Shop, content: bytes, status: int, code: str) -> None:
    seller = shop.registered("anna")
    made = product(seller)
    answer = upload(seller, made["id"], content)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert seller.get(f"/v1/products/{made['id']}").json() == made
    assert list(shop.blobs._directory.glob("images/*")) == []


def imported(shop: Shop, seller: Visitor, url: str) -> str:
    text = f"Handle,Title,Variant Price,Image Src\nscarf,Scarf,1,{url}\n"
    files = {"file": ("p.csv", text.encode(), "text/csv")}
    seller.post(f"/v1/organisations/{seller.organisation_id}/imports", files=files)
    shop.run_jobs()
    [made] = seller.get(f"/v1/organisations/{seller.organisation_id}/products").json()["items"]
    return str(made["image_url"])


def test_an_imported_picture_is_fetched_once(shop: Shop) -> None:
    url = "https://cdn.example.com/scarf.jpg"
    shop.pictures.answers[url] = Picture(JPEG, "image/jpeg")
    seller = shop.registered("anna")
    image_url = imported(shop, seller, url)
    assert shop.visitor().get(image_url).content == JPEG
    assert imported(shop, seller, url) == image_url
    assert shop.pictures.asked == [url]
    # Another address brings another picture; until it is there the old one stays.
    assert imported(shop, seller, url + "?2") == image_url
    shop.pictures.answers[url + "?2"] = Picture(PNG, "image/png")
    shop.backend.advance(minutes=1)
    shop.run_jobs()
    [made] = seller.get(f"/v1/organisations/{seller.organisation_id}/products").json()["items"]
    assert made["image_url"] != image_url
    assert shop.visitor().get(made["image_url"]).content == PNG


def test_a_picture_that_does_not_come_is_drawn_and_tried_again_for_some_hours(shop: Shop) -> None:
    url = "https://cdn.example.com/scarf.jpg"
    image_url = imported(shop, shop.registered("anna"), url)
    waiting = shop.visitor().get(image_url)
    assert waiting.headers["content-type"] == "image/svg+xml"
    assert waiting.headers["cache-control"] == "public, max-age=60"
    for minutes in (1, 15, 240, 10_000):
        shop.backend.advance(minutes=minutes)
        shop.run_jobs()
    assert shop.pictures.asked == [url] * 4
    assert shop.backend.rows("SELECT state, failure FROM catalog_image") == [("failed", "unreachable")]
    assert shop.visitor().get(image_url).headers["cache-control"] == FOREVER


def test_a_refused_address_is_not_tried_again(shop: Shop) -> None:
    url = "http://169.254.169.254/latest/meta-data"
    shop.pictures.answers[url] = FetchFailed("address_refused", is_final=True)
    imported(shop, shop.registered("anna"), url)
    shop.backend.advance(days=1)
    assert shop.run_jobs() == 0
    assert shop.pictures.asked == [url]
    assert shop.backend.rows("SELECT state, failure FROM catalog_image") == [("failed", "address_refused")]


def test_a_lost_blob_is_drawn(shop: Shop) -> None:
    seller = shop.registered("anna")
    image_url = upload(seller, product(seller)["id"], PNG).json()["image_url"]
    for path in shop.blobs._directory.glob("images/*"):
        path.unlink()
    answer = shop.visitor().get(image_url)
    assert (answer.headers["content-type"], answer.headers["cache-control"]) == ("image/svg+xml", "public, max-age=60")


def test_initials_and_colours_are_stable() -> None:
    assert [initials(text) for text in ("Silk Scarf Red", "丝巾 大", "7 up", "(!)", "", "été")] == [
        "SS",
        "丝大",
        "7U",
        "?",
        "?",
        "É",
    ]
    assert placeholder("a") == placeholder("a")
    assert placeholder("a") != placeholder("b")
    assert "<script" not in placeholder("<script>alert(1)</script>")


def test_pictures_are_known_by_their_first_bytes() -> None:
    assert sniff(b"RIFF\x00\x00\x00\x00WEBPVP8 ") == "image/webp"
    assert sniff(b"\x00\x00\x00\x20ftypavif") == "image/avif"
    assert sniff(b"GIF89a") == "image/gif"
    assert sniff(SVG) is None
    assert sniff(b"RIFF\x00\x00\x00\x00WAVE") is None


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:93.184.216.34", True),
        ("::127.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("2001:db8::1", False),
    ],
)
def test_only_other_peoples_addresses_are_connected_to(address: str, public: bool) -> None:
    assert is_public(address) is public


@asynccontextmanager
async def server(answer: bytes, pause_s: float = 0.0) -> AsyncIterator[tuple[str, int]]:
    """A web server of a stranger, on loopback: one answer to everything."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            await asyncio.sleep(pause_s)
            writer.write(answer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0, family=socket.AF_INET)
    port = listening.sockets[0].getsockname()[1]
    async with listening:
        yield f"http://127.0.0.1:{port}/a.png", port


def fetched(
    answer: bytes,
    may_connect: Callable[[str], bool] = lambda address: True,
    pause_s: float = 0.0,
    total_time_s: float = 20.0,
) -> Picture:
    async def fetch() -> Picture:
        async with server(answer, pause_s) as (url, port):
            return await fetch_picture(url, may_connect=may_connect, ports=(port,), total_time_s=total_time_s)

    return asyncio.run(fetch())


def http(status: str, body: bytes = b"", **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def failure(answer: bytes, **extra: Any) -> tuple[str, bool]:
    with pytest.raises(FetchFailed) as failed:
        fetched(answer, **extra)
    return failed.value.code, failed.value.is_final


def test_a_picture_is_fetched_and_its_type_is_what_its_bytes_say() -> None:
    picture = fetched(http("200 OK", PNG, **{"Content-Type": "text/html"}))
    assert picture == Picture(PNG, "image/png")


def test_what_is_no_picture_is_not_kept() -> None:
    assert failure(http("200 OK", b"<html>", **{"Content-Type": "image/png"})) == ("not_a_picture", True)
    assert failure(http("200 OK", SVG, **{"Content-Type": "image/svg+xml"})) == ("not_a_picture", True)
    assert failure(http("404 Not Found")) == ("status_404", True)
    assert failure(http("503 Busy")) == ("status_503", False)
    assert failure(http("302 Found", Location="file:///etc/passwd")) == ("address_refused", True)
    assert failure(http("302 Found", Location="http://127.0.0.1:1/a.png")) == ("address_refused", True)
    assert failure(http("302 Found", Location="/again.png")) == ("too_many_redirects", True)
    assert failure(b"nonsense\r\n\r\n") == ("unreachable", False)


def test_size_and_time_are_bounded() -> None:
    assert failure(http("200 OK", PNG + bytes(PICTURE_LIMIT_BYTES))) == ("too_large", True)
    assert failure(http("200 OK", PNG), pause_s=5.0, total_time_s=0.2) == ("too_slow", False)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/a.png",
        "http://localhost/a.png",
        "http://[::1]/a.png",
        "http://0.0.0.0/a.png",
        "http://2130706433/a.png",
        "https://127.0.0.1:8443/a.png",
        "http://user:password@127.0.0.1/a.png",
        "ftp://127.0.0.1/a.png",
        "file:///etc/passwd",
        "http:///a.png",
        "gopher://127.0.0.1",
    ],
)
def test_our_own_network_is_never_asked(url: str) -> None:
    with pytest.raises(FetchFailed) as failed:
        asyncio.run(fetch_picture(url))
    assert failed.value.is_final or failed.value.code == "unreachable"
    assert failed.value.code in ("address_refused", "unreachable")


def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    asked: list[str] = []

    def rule(address: str) -> bool:
        asked.append(address)
        return True

    assert fetched(http("200 OK", PNG), may_connect=rule).content == PNG
    assert asked == ["127.0.0.1"]
