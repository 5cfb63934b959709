"""What can't be backed up or restored, in words for the person who ran the command."""

from collections.abc import Mapping
from typing import ClassVar

from shopcast.kernel.errors import Language, ShopcastError


class BackupError(ShopcastError):
    code = "backup_failed"
    messages: ClassVar[Mapping[Language, str]] = {"en": "{english}", "zh": "{chinese}"}

    def __init__(self, english: str, chinese: str) -> None:
        super().__init__(english=english, chinese=chinese)
