"""Owns reading a picture from a stranger's address without being led into our own network. Knows no table."""

import asyncio
import ipaddress
import socket
from collections.abc import Callable
from urllib.parse import urljoin, urlsplit

import httpx
import msgspec

from shopcast.catalog.images.model import PICTURE_LIMIT_BYTES, sniff

# A picture that takes longer than this would also be too slow for the shop it comes from.
TOTAL_TIME_S = 10.0
REDIRECTS_LIMIT = 3
_PORTS = (80, 443)
_CHUNK_BYTES = 64 * 1024

AddressRule = Callable[[str], bool]


class Picture(msgspec.Struct, frozen=True):
    content: bytes
    content_type: str


class FetchFailed(Exception):
    """`code` says why; `is_final` when trying again can't help."""

    def __init__(self, code: str, is_final: bool) -> None:
        super().__init__(code)
        self.code = code
        self.is_final = is_final


def is_public(address: str) -> bool:
    """Whether an IP address is somebody else's: not loopback, private, link-local, multicast or reserved, also when
    it hides in an IPv6 form of an IPv4 address."""
    ip = ipaddress.ip_address(address.split("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is not None:
            return is_public(str(inner))
        # NAT64 (RFC 6052) and IPv4-compatible forms reach IPv4 hosts, too.
        if ip in ipaddress.ip_network("64:ff9b::/96") or ip in ipaddress.ip_network("::/96"):
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
    return ip.is_global and not ip.is_multicast


async def fetch_picture(
    url: str,
    *,
    may_connect: AddressRule = is_public,
    ports: tuple[int, ...] = _PORTS,
    total_time_s: float = TOTAL_TIME_S,
) -> Picture:
    """Raises FetchFailed. Every redirect is checked again, and the connection goes to the very address checked: a name
    that answers differently the second time gains nothing."""
    try:
        async with asyncio.timeout(total_time_s):
            # Proxies from the environment would connect for us to where we must not.
            async with httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=total_time_s) as client:
                return await _follow(client, url, may_connect, ports)
    except TimeoutError:
        raise FetchFailed("too_slow", is_final=False) from None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise FetchFailed("unreachable", is_final=isinstance(error, ValueError | httpx.InvalidURL)) from error


async def _follow(client: httpx.AsyncClient, url: str, may_connect: AddressRule, ports: tuple[int, ...]) -> Picture:
    for _ in range(REDIRECTS_LIMIT + 1):
        answer = await _get(client, url, may_connect, ports)
        if isinstance(answer, Picture):
            return answer
        url = urljoin(url, answer)
    raise FetchFailed("too_many_redirects", is_final=True)


async def _get(client: httpx.AsyncClient, url: str, may_connect: AddressRule, ports: tuple[int, ...]) -> Picture | str:
    """The picture, or where we are sent next."""
    parts = urlsplit(url)
    host = parts.hostname
    if parts.scheme not in ("http", "https") or host is None or parts.username is not None:
        raise FetchFailed("address_refused", is_final=True)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    if port not in ports:
        raise FetchFailed("address_refused", is_final=True)
    ip = await _resolve(host, port, may_connect)
    netloc = f"[{ip}]:{port}" if ":" in ip else f"{ip}:{port}"
    request = client.build_request(
        "GET",
        parts._replace(netloc=netloc, fragment="").geturl(),
        headers={"Host": parts.netloc, "User-Agent": "Shopcast", "Accept": "image/*"},
        # The certificate must be the named host's, although we connect to its number.
        extensions={"sni_hostname": host},
    )
    response = await client.send(request, stream=True)
    try:
        if response.is_redirect:
            return str(response.headers.get("location", ""))
        if response.status_code != 200:
            raise FetchFailed(f"status_{response.status_code}", is_final=400 <= response.status_code < 500)
        return await _read(response)
    finally:
        await response.aclose()


async def _resolve(host: str, port: int, may_connect: AddressRule) -> str:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        raise FetchFailed("unreachable", is_final=False) from None
    addresses = [str(entry[4][0]) for entry in found]
    # One private address among public ones is an attack, not a mistake.
    if not addresses or not all(may_connect(address) for address in addresses):
        raise FetchFailed("address_refused", is_final=True)
    return addresses[0]


async def _read(response: httpx.Response) -> Picture:
    content = bytearray()
    async for chunk in response.aiter_bytes(_CHUNK_BYTES):
        content += chunk
        if len(content) > PICTURE_LIMIT_BYTES:
            raise FetchFailed("too_large", is_final=True)
    content_type = sniff(bytes(content[:32]))
    if content_type is None:
        raise FetchFailed("not_a_picture", is_final=True)
    return Picture(bytes(content), content_type)
