"""`shopcast backup`: one consistent copy of a running installation, and the older ones nobody keeps any longer."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from shopcast import __version__
from shopcast.kernel.config import Settings
from shopcast.operate.backup import embedded, manifest
from shopcast.operate.backup.copying import Copier
from shopcast.operate.backup.errors import BackupError
from shopcast.operate.backup.manifest import Manifest, StoredFile
from shopcast.operate.backup.secret import seal
from shopcast.operate.backup.vaults import TarVault, Vault

# When the last one was made, for whoever watches: written after it is whole.
LAST_BACKUP = "last-backup"


@dataclass(frozen=True, slots=True)
class BackedUp:
    """`secret`: whether the installation's secret is in it (sealed)."""

    name: str
    files: int
    bytes_whole: int
    bytes_new: int
    missing: list[str]
    secret: bool
    dropped: list[str]


def back_up(
    settings: Settings, vault: Vault, now: datetime, *, passphrase: str | None = None, keep: int | None = None
) -> BackedUp:
    """Raises BackupError, or OSError when the vault is full; what was there before is then still whole.

    The secret goes in only if there is a passphrase to seal it with.
    """
    if keep is not None and isinstance(vault, TarVault):
        raise BackupError(
            "--keep needs a directory or a bucket, where several backups share what is the same in them.",
            "--keep 需要目录或存储桶:多个备份会在其中共享相同的内容。",
        )
    try:
        made, copier = _made(settings, vault, now, passphrase)
        manifest.write(vault, made)
        dropped = [] if keep is None else _drop_old(vault, keep)
    except BaseException:
        vault.abandon()
        raise
    vault.finish()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    (settings.data_dir / LAST_BACKUP).write_text(f"{now.timestamp():.0f}\n")
    whole = sum(file.size for file in made.everything())
    return BackedUp(
        name=made.name,
        files=len(made.everything()),
        bytes_whole=whole,
        bytes_new=copier.bytes_new,
        missing=made.missing,
        secret=made.secret is not None,
        dropped=dropped,
    )


def last_backup_at(data_dir: Path) -> float | None:
    """Seconds since 1970, or None if there never was one."""
    try:
        return float((data_dir / LAST_BACKUP).read_text())
    except (OSError, ValueError):
        return None


def _made(settings: Settings, vault: Vault, now: datetime, passphrase: str | None) -> tuple[Manifest, Copier]:
    copier = Copier(vault, _known(vault))
    if settings.is_cluster:
        # Here, because the driver of PostgreSQL comes with the cluster extra.
        from shopcast.operate.backup.cluster import cluster_manifest  # noqa: PLC0415

        return cluster_manifest(settings, copier, manifest.new_name(now), now), copier
    return _embedded_manifest(settings, vault, copier, now, passphrase), copier


def _embedded_manifest(
    settings: Settings, vault: Vault, copier: Copier, now: datetime, passphrase: str | None
) -> Manifest:
    journal = embedded.copy_journal(settings, copier)
    databases = embedded.copy_databases(settings, copier, vault.aside)
    files = [*([] if journal is None else [journal]), *embedded.copy_files(settings, copier)]
    copy = vault.aside / f"{embedded.DATABASE}.copy"
    made = Manifest(
        format=manifest.FORMAT,
        name=manifest.new_name(now),
        made_at=now,
        version=__version__,
        profile="embedded",
        revision=embedded.revision_of(copy),
        databases=databases,
        files=files,
        missing=embedded.missing_files(copy, files, settings.data_dir),
        secret=None if passphrase is None else seal(settings.secret, passphrase),
    )
    for left in vault.aside.glob("*.copy"):
        left.unlink()
    return made


def _known(vault: Vault) -> dict[str, StoredFile]:
    names = manifest.names(vault)
    return {file.path: file for file in manifest.read(vault, names[-1]).files} if names else {}


def _drop_old(vault: Vault, keep: int) -> list[str]:
    """The lists first: what they alone name belongs to nobody then."""
    names = manifest.names(vault)
    old = names[: max(len(names) - max(keep, 1), 0)]
    kept = {file.sha256 for name in names if name not in old for file in manifest.read(vault, name).everything()}
    for name in old:
        manifest.delete(vault, name)
    for path in vault.names("files"):
        if path.rpartition("/")[2] not in kept:
            vault.delete(path)
    return old
