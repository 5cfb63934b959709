"""Backup and restore of a whole installation."""

from shopcast.operate.backup.back_up import BackedUp, back_up
from shopcast.operate.backup.errors import BackupError
from shopcast.operate.backup.restore import Restored, Wanted, restore
from shopcast.operate.backup.vaults import open_vault

__all__ = ["BackedUp", "BackupError", "Restored", "Wanted", "back_up", "open_vault", "restore"]
