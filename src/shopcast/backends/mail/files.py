"""Owns mail while no mail server is configured: each message becomes a file an operator can open."""

from pathlib import Path

from shopcast.backends.mail.message import build_message
from shopcast.kernel.ids import new_id
from shopcast.kernel.ports import Mail


class FileMailer:
    def __init__(self, directory: Path, sender: str) -> None:
        self._directory = directory
        self._sender = sender

    def send(self, mail: Mail) -> None:
        self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._directory / f"{new_id('eml')}.eml"
        aside = path.with_suffix(".part")
        aside.write_bytes(bytes(build_message(mail, self._sender)))
        aside.replace(path)
