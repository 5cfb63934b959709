"""Owns sealing the installation's 32-byte secret with a passphrase, so that a stolen backup signs nobody in.

scrypt makes 64 bytes of the passphrase and a fresh salt: half of them is added to the secret as a one-time pad, which
is used for nothing else, the other half authenticates the result.
"""

import hashlib
import hmac
import secrets

import msgspec

from shopcast.operate.backup.errors import BackupError

SECRET_BYTES = 32
# RFC 7914's advice for files kept long: about half a second and 64 MiB.
_N, _R, _P = 2**16, 8, 1
_SALT_BYTES = 16


class SealedSecret(msgspec.Struct, frozen=True, kw_only=True):
    salt: str
    sealed: str
    tag: str


def seal(secret: bytes, passphrase: str) -> SealedSecret:
    if len(secret) != SECRET_BYTES:
        raise ValueError(f"the secret has {SECRET_BYTES} bytes, not {len(secret)}")
    salt = secrets.token_bytes(_SALT_BYTES)
    pad, key = _keys(passphrase, salt)
    sealed = bytes(one ^ other for one, other in zip(secret, pad, strict=True))
    return SealedSecret(salt=salt.hex(), sealed=sealed.hex(), tag=_tag(key, salt, sealed).hex())


def unseal(sealed: SealedSecret, passphrase: str) -> bytes:
    salt, content = bytes.fromhex(sealed.salt), bytes.fromhex(sealed.sealed)
    pad, key = _keys(passphrase, salt)
    if not hmac.compare_digest(_tag(key, salt, content), bytes.fromhex(sealed.tag)):
        raise BackupError(
            "SHOPCAST_BACKUP_PASSPHRASE is not the one the backup was made with. Set the right one, or restore with "
            "--without-secret (everybody then signs in again).",
            "SHOPCAST_BACKUP_PASSPHRASE 与创建备份时的口令不一致。请设置正确的口令，或使用 --without-secret "
            "恢复(届时所有人需重新登录)。",
        )
    return bytes(one ^ other for one, other in zip(content, pad, strict=True))


def _keys(passphrase: str, salt: bytes) -> tuple[bytes, bytes]:
    made = hashlib.scrypt(passphrase.encode(), salt=salt, n=_N, r=_R, p=_P, maxmem=256 * 1024 * 1024, dklen=64)
    return made[:SECRET_BYTES], made[SECRET_BYTES:]


def _tag(key: bytes, salt: bytes, sealed: bytes) -> bytes:
    return hmac.digest(key, salt + sealed, "sha256")
