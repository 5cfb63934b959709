"""A viewer's socket: reads everything, remembers it, says things and waits for what the room answers."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.support.people import Person
from tests.support.waiting import eventually

Json = Any


class Seat:
    """Somebody in a show's room. Frames are kept in the order of arrival."""

    def __init__(self, person: Person, show_id: str, name: str | None = None, position: str = "") -> None:
        self.frames: list[Json] = []
        self.closed = threading.Event()
        self._references = itertools.count(1)
        ticket = person.post(f"/v1/shows/{show_id}/ticket", {"name": name} if name else {})
        self.ticket: str = ticket["ticket"]
        self.room_id: str = ticket["room_id"]
        self._open = ExitStack()
        self._socket: ClientConnection = self._open.enter_context(
            connect(
                f"{ticket['ws_url']}?ticket={self.ticket}{position}",
                proxy=None,
                max_size=2**22,
                additional_headers={"X-Forwarded-For": person.address, "Origin": person.serve.url},
            )
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.snapshot: Json = self.wait(lambda frame: frame["t"] in ("snapshot", "frames"), "a first frame")

    def __enter__(self) -> Seat:
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()

    def leave(self) -> None:
        self._open.close()
        self._reader.join(5)

    def send(self, frame: Json) -> None:
        self._socket.send(frame if isinstance(frame, str) else json.dumps(frame))

    def say(self, text: str, **more: Json) -> Json:
        """The room's answer: an ack or a refusal."""
        reference = self.say_only(text, **more)
        return self.answer(reference)

    def answer(self, reference: str) -> Json:
        return self.wait(lambda frame: frame.get("ref") == reference, f"an answer to {reference}")

    def say_only(self, text: str, **more: Json) -> str:
        reference = f"c{next(self._references)}"
        self.send({"t": "say", "ref": reference, "text": text, **more})
        return reference

    def wait(self, wanted: Callable[[Json], bool], what: str = "", within_s: float = 10.0) -> Json:
        return eventually(
            lambda: next((frame for frame in list(self.frames) if wanted(frame)), None),
            within_s=within_s,
            every_s=0.01,
            what=what,
        )

    def entries(self, kind: str = "") -> list[Json]:
        """Numbered entries that came as frames, in order."""
        found = [entry for frame in list(self.frames) if frame["t"] == "frames" for entry in frame["entries"]]
        return [entry for entry in found if not kind or entry["kind"] == kind]

    def entry(self, kind: str, within_s: float = 10.0, **body: Json) -> Json:
        """The first entry of the kind whose body has these values."""

        def look() -> Json:
            return next(
                (entry for entry in self.entries(kind) if all(entry["body"].get(k) == v for k, v in body.items())),
                None,
            )

        return eventually(look, within_s=within_s, every_s=0.01, what=f"{kind} {body}")

    def private(self, kind: str, within_s: float = 10.0, **body: Json) -> Json:
        def wanted(frame: Json) -> bool:
            if frame["t"] != "private" or frame["kind"] != kind:
                return False
            return all(frame["body"].get(k) == v for k, v in body.items())

        return self.wait(wanted, f"private {kind} {body}", within_s)

    def _read(self) -> None:
        try:
            for text in self._socket:
                self.frames.append(json.loads(text))
        except ConnectionClosed:
            pass
        finally:
            self.closed.set()
