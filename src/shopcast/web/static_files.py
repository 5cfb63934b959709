"""Serves the built front end: hashed files for ever, compressed as the browser likes."""

import mimetypes
import re
from collections.abc import Mapping
from pathlib import Path

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from shopcast.web_support.context import AnyRequest

STATIC = Path(__file__).parent / "static"
_FOR_EVER = "public, max-age=31536000, immutable"
# Smallest first; the build writes these beside each text file.
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
# Names that the build gives: one folder, and what is in a file is part of its name.
_ASSET = re.compile(r"assets/[\w-][\w.-]*\.(?:js|css|svg|woff2|png|webp|json)")
# Several builds' worth; a shop is not rebuilt a hundred times without a restart.
_LATER_LIMIT = 1_000
_TYPES = {".js": "text/javascript", ".css": "text/css", ".json": "application/json", ".svg": "image/svg+xml"}


class StaticFile:
    """One built file with its compressed twins, read once: all of them together are under two megabytes."""

    def __init__(self, path: Path) -> None:
        self.media_type = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        self._plain = path.read_bytes()
        self._encoded = {
            encoding: twin.read_bytes()
            for encoding, suffix in _ENCODINGS
            if (twin := path.with_name(path.name + suffix)).exists()
        }

    def best_for(self, accepted: str) -> tuple[bytes, str | None]:
        offered = _offered(accepted)
        for encoding, _ in _ENCODINGS:
            if encoding in offered and encoding in self._encoded:
                return self._encoded[encoding], encoding
        return self._plain, None


def _offered(accepted: str) -> set[str]:
    """The encodings of an Accept-Encoding header; `q=0` means: not this one."""
    found = set()
    for part in accepted.lower().split(","):
        name, _, weight = part.partition(";")
        if weight.replace(" ", "").removeprefix("q=").strip("0.") or not weight:
            found.add(name.strip())
    return found


def read_static(folder: Path = STATIC) -> Mapping[str, StaticFile]:
    if not folder.is_dir():
        return {}
    return {
        str(path.relative_to(folder)): StaticFile(path)
        for path in folder.rglob("*")
        if path.is_file() and path.suffix not in (".br", ".gz")
    }


class _Later:
    """Files built after this process was started: another process' page, or ours by now, names them already."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, StaticFile] = {}

    def get(self, key: str) -> StaticFile | None:
        if key not in self._read and len(self._read) < _LATER_LIMIT and _ASSET.fullmatch(key):
            path = self._folder / key
            if path.is_file():
                self._read[key] = StaticFile(path)
        return self._read.get(key)


def static_route(files: Mapping[str, StaticFile], folder: Path = STATIC) -> HTTPRouteHandler:
    later = _Later(folder)

    @get("/static/{name:path}", include_in_schema=False, opt={"public": True})
    async def serve_static(name: FromPath[Path], request: AnyRequest) -> Response[bytes]:
        key = str(name).lstrip("/")
        file = files.get(key) or later.get(key)
        if file is None:
            raise NotFoundException()
        content, encoding = file.best_for(request.headers.get("accept-encoding", ""))
        headers = {"Vary": "Accept-Encoding", "Cache-Control": _FOR_EVER if key.startswith("assets/") else "no-cache"}
        if encoding is not None:
            headers["Content-Encoding"] = encoding
        return Response(content, media_type=file.media_type, headers=headers)

    return serve_static
