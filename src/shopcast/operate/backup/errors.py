"""What can't be backed up or restored, in words for the person who ran the command."""

from shopcast.kernel.errors import Language


class BackupError(Exception):
    """Each is said once, where it happens; no page and no API ever tells it."""

    def __init__(self, english: str, chinese: str) -> None:
        super().__init__(english)
        self._chinese = chinese

    def message(self, language: Language) -> str:
        return self._chinese if language == "zh" else str(self)
