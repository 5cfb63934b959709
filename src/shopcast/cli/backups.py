"""`shopcast backup WHERE` and `shopcast restore WHERE`"""

import os
import sys

from shopcast.cli.language import told
from shopcast.kernel.clock import SystemClock
from shopcast.kernel.config import Settings
from shopcast.operate.backup import BackedUp, Restored, Wanted, back_up, open_vault, restore
from shopcast.wiring import build_registry, migrate

PASSPHRASE = "SHOPCAST_BACKUP_PASSPHRASE"
MISSING_SHOWN = 20


def make_backup(settings: Settings, where: str, keep: int | None, *, without_secret: bool) -> int:
    """0 when whole, 1 when something the database speaks of was missing already."""
    # The tables of all domains are known only once they are wired.
    build_registry()
    passphrase = None if without_secret else os.environ.get(PASSPHRASE) or None
    vault = open_vault(where, settings, for_writing=True)
    made = back_up(settings, vault, SystemClock().now(), passphrase=passphrase, keep=keep)
    _tell_backed_up(settings, made, vault.where)
    return 1 if made.missing else 0


def restore_backup(settings: Settings, where: str, name: str | None, *, replace: bool, without_secret: bool) -> int:
    build_registry()
    wanted = Wanted(
        migrate=migrate,
        name=name,
        replace=replace,
        passphrase=os.environ.get(PASSPHRASE) or None,
        without_secret=without_secret,
    )
    vault = open_vault(where, settings, for_writing=False)
    restored = restore(settings, vault, wanted, SystemClock().now())
    _tell_restored(settings, restored)
    return 1 if restored.missing else 0


def _tell_backed_up(settings: Settings, made: BackedUp, where: str) -> None:
    whole, new = _megabytes(made.bytes_whole), _megabytes(made.bytes_new)
    print(
        told(
            f"Backup {made.name} is in {where}: {made.files} files, {whole}, of which {new} were new.",
            f"备份 {made.name} 已保存到 {where}:共 {made.files} 个文件，{whole}，其中新增 {new}。",
        )
    )
    if made.dropped:
        dropped = ", ".join(made.dropped)
        print(told(f"Dropped: {dropped}.", f"已删除旧备份:{dropped}。"))
    if not made.secret and not settings.is_cluster:
        print(
            told(
                f"The installation's secret is NOT in it: after a restore everybody signs in again and links sent "
                f"before stop working. Set {PASSPHRASE} to put it in, sealed.",
                "备份中不包含本安装的密钥:恢复后所有人需重新登录，之前发出的链接将失效。"
                f"设置 {PASSPHRASE} 即可将其加密存入。",
            )
        )
    if settings.is_cluster:
        print(
            told(
                "SHOPCAST_SECRET is not in it; keep it where you keep your settings.",
                "备份中不包含 SHOPCAST_SECRET;请将其与您的设置一同保存。",
            )
        )
    _tell_missing(made.missing)


def _tell_restored(settings: Settings, restored: Restored) -> None:
    name = restored.manifest.name
    print(told(f"Backup {name} is restored.", f"备份 {name} 已恢复。"))
    if restored.kept_aside is not None:
        print(
            told(
                f"What was there before is in {restored.kept_aside}; delete it when you are sure.",
                f"之前的内容在 {restored.kept_aside};确认无误后可删除。",
            )
        )
    if not restored.secret:
        print(
            told(
                "It came without the installation's secret: everybody signs in again, and old links stop working.",
                "备份中没有本安装的密钥:所有人需重新登录，旧链接失效。",
            )
        )
    _tell_missing(restored.missing)


def _tell_missing(missing: list[str]) -> None:
    if not missing:
        return
    count = len(missing)
    print(
        told(f"{count} files that the database speaks of are missing:", f"数据库提到的 {count} 个文件缺失:"),
        file=sys.stderr,
    )
    for name in missing[:MISSING_SHOWN]:
        print(f"  {name}", file=sys.stderr)
    if count > MISSING_SHOWN:
        print(f"  … +{count - MISSING_SHOWN}", file=sys.stderr)


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
