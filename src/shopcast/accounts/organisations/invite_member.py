"""Invites a person by e-mail. The mail is written by a job, which makes the token."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import cast

import msgspec

from shopcast.accounts.errors import AlreadyMember, RoleUnknown
from shopcast.accounts.organisations.model import MANAGING_ROLES, ROLES, Invitation, Role
from shopcast.accounts.organisations.queries import invitation, organisation, require_role, role_of
from shopcast.accounts.organisations.repository import add_invitation, revoke_invitation, set_invitation_digest
from shopcast.accounts.people.model import clean_email, email_key
from shopcast.accounts.people.queries import person_by_email
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import Language
from shopcast.kernel.ids import digest, new_token
from shopcast.kernel.jobs import JobContext
from shopcast.kernel.ports import Mail, Mailer
from shopcast.kernel.principal import SYSTEM, Principal

MAIL_INVITATION = "accounts.mail_invitation"

_SUBJECTS: Mapping[Language, str] = {
    "en": "{organisation} invites you to Shopcast",
    "zh": "{organisation} 邀请您加入 Shopcast",
}
_TEXTS: Mapping[Language, str] = {
    "en": (
        "Hello,\n\n{organisation} invites you to work with them on Shopcast as {role}. Open this link within seven "
        "days, and sign in or register with this e-mail address:\n\n{link}\n\nIf you don't know them, do nothing.\n"
    ),
    "zh": (
        "您好:\n\n{organisation} 邀请您以“{role}”身份加入其 Shopcast 团队。请在七天内打开以下链接,"
        "并使用此邮箱登录或注册:\n\n{link}\n\n如果您不认识对方，请忽略本邮件。\n"
    ),
}
_ROLE_NAMES: Mapping[Language, Mapping[Role, str]] = {
    "en": {
        "owner": "owner",
        "manager": "manager",
        "host": "host",
        "operator": "operator",
        "assistant": "assistant",
        "moderator": "moderator",
    },
    "zh": {
        "owner": "所有者",
        "manager": "管理员",
        "host": "主播",
        "operator": "场控",
        "assistant": "助播",
        "moderator": "评论管理员",
    },
}


class InviteMember(Command, frozen=True, kw_only=True):
    organisation_id: str
    email: str
    role: str


class RevokeInvitation(Command, frozen=True, kw_only=True):
    organisation_id: str
    invitation_id: str


class SetInvitationDigest(Command, frozen=True, kw_only=True):
    invitation_id: str
    digest: str


class MailInvitation(msgspec.Struct, frozen=True):
    invitation_id: str


def invite_member(tx: Tx, command: InviteMember, by: Principal, now: datetime) -> Invitation:
    """Raises AlreadyMember. Only owners make owners."""
    role = known_role(command.role)
    require_role(tx, by, command.organisation_id, *(("owner",) if role == "owner" else MANAGING_ROLES))
    email = clean_email(command.email)
    known = person_by_email(tx, email)
    if known is not None and role_of(tx, known.id, command.organisation_id) is not None:
        raise AlreadyMember()
    invitation_id = add_invitation(tx, command.organisation_id, email, email_key(email), role, by.language, by.key, now)
    tx.enqueue(MAIL_INVITATION, MailInvitation(invitation_id), key=invitation_id)
    tx.audit(by, "accounts.member_invited", command.organisation_id, {"invitation_id": invitation_id, "role": role})
    return invitation(tx, invitation_id)


def withdraw_invitation(tx: Tx, command: RevokeInvitation, by: Principal, now: datetime) -> None:
    require_role(tx, by, command.organisation_id, *MANAGING_ROLES)
    revoke_invitation(tx, command.organisation_id, command.invitation_id, now)
    tx.audit(by, "accounts.invitation_revoked", command.organisation_id, {"invitation_id": command.invitation_id})


def keep_invitation_digest(tx: Tx, command: SetInvitationDigest, by: Principal, now: datetime) -> None:
    set_invitation_digest(tx, command.invitation_id, command.digest)


async def mail_invitation(context: JobContext, payload: MailInvitation) -> None:
    sent = await context.reads.run(invitation, payload.invitation_id)
    inviting = await context.reads.run(organisation, sent.organisation_id)
    token = new_token()
    await context.actions.run(SetInvitationDigest(invitation_id=sent.id, digest=digest(token)), SYSTEM)
    words = {
        "organisation": inviting.name,
        "role": _ROLE_NAMES[sent.language][sent.role],
        "link": f"{context.settings.public_url}/account?invitation={token}",
    }
    mail = Mail(
        to=sent.email,
        subject=_SUBJECTS[sent.language].format(**words),
        text=_TEXTS[sent.language].format(**words),
    )
    await asyncio.to_thread(cast(Mailer, context.ports["mailer"]).send, mail)


def known_role(text: str) -> Role:
    """Raises RoleUnknown."""
    role = next((known for known in ROLES if known == text), None)
    if role is None:
        raise RoleUnknown(role=text[:40], roles=", ".join(ROLES))
    return role
