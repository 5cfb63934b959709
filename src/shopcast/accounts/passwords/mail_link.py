"""Mails a single-use link (password reset, e-mail verification). The token is made here and exists only in the mail."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, cast

import msgspec

from shopcast.accounts.passwords.repository import Purpose, add_mailed_token
from shopcast.accounts.people.model import Person
from shopcast.accounts.people.queries import person
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import Language
from shopcast.kernel.ids import digest, new_token
from shopcast.kernel.jobs import JobContext
from shopcast.kernel.ports import Mail, Mailer
from shopcast.kernel.principal import SYSTEM, Principal

MAIL_LINK = "accounts.mail_link"

# A reset link opens the account, so it is short-lived; confirming an address can wait for the weekend.
_VALID: Mapping[Purpose, timedelta] = {"reset": timedelta(hours=1), "verify": timedelta(days=7)}

_PATHS: Mapping[Purpose, str] = {"reset": "/reset?token=", "verify": "/account?verify="}

_SUBJECTS: Mapping[tuple[Purpose, Language], str] = {
    ("reset", "en"): "Choose a new password",
    ("reset", "zh"): "重新设置密码",
    ("verify", "en"): "Confirm your e-mail address",
    ("verify", "zh"): "验证您的邮箱",
}

_TEXTS: Mapping[tuple[Purpose, Language], str] = {
    ("reset", "en"): (
        "Hello {name},\n\nsomebody, probably you, asked to reset the password of your Shopcast account. Open this link "
        "within one hour and choose a new one:\n\n{link}\n\nIf it was not you, do nothing: your password stays as "
        "it is.\n"
    ),
    ("reset", "zh"): (
        "{name},您好:\n\n有人(可能是您本人)申请重置您的 Shopcast 账号密码。请在一小时内打开以下链接"
        "设置新密码:\n\n{link}\n\n如非您本人操作，请忽略本邮件，您的密码不会改变。\n"
    ),
    ("verify", "en"): (
        "Hello {name},\n\nwelcome to Shopcast. Open this link within seven days to confirm that this address is "
        "yours:\n\n{link}\n\nIf you did not register, do nothing.\n"
    ),
    ("verify", "zh"): (
        "{name},您好:\n\n欢迎使用 Shopcast。请在七天内打开以下链接，确认此邮箱属于您:\n\n{link}\n\n"
        "如非您本人注册，请忽略本邮件。\n"
    ),
}


class MailLink(msgspec.Struct, frozen=True):
    person_id: str
    purpose: Purpose


class KeepLink(Command, frozen=True, kw_only=True):
    person_id: str
    purpose: Purpose
    digest: str


def keep_link(tx: Tx, command: KeepLink, by: Principal, now: datetime) -> None:
    add_mailed_token(tx, command.digest, command.person_id, command.purpose, now, _VALID[command.purpose])


async def mail_link(context: JobContext, payload: MailLink) -> None:
    receiver = await context.reads.run(person, payload.person_id)
    token = new_token()
    await context.actions.run(KeepLink(person_id=receiver.id, purpose=payload.purpose, digest=digest(token)), SYSTEM)
    link = f"{context.settings.public_url}{_PATHS[payload.purpose]}{token}"
    await asyncio.to_thread(_mailer(context.ports).send, _mail(receiver, payload.purpose, link))


def _mailer(ports: Any) -> Mailer:
    return cast(Mailer, ports["mailer"])


def _mail(receiver: Person, purpose: Purpose, link: str) -> Mail:
    which = (purpose, receiver.language)
    return Mail(
        to=receiver.email,
        subject=_SUBJECTS[which],
        text=_TEXTS[which].format(name=receiver.display_name, link=link),
    )
