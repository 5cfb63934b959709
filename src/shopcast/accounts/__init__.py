"""Accounts: people, organisations, roles, sessions, guests, addresses. The names others may use are listed here."""

from shopcast.accounts.addresses.change_addresses import AddAddress, RemoveAddress, add_address, remove_address
from shopcast.accounts.addresses.model import Address, AddressDraft
from shopcast.accounts.addresses.repository import address_of, addresses_of
from shopcast.accounts.audit.queries import AuditRow, audit_rows
from shopcast.accounts.events import GuestClaimed, MembershipChanged, OrganisationChanged, PersonRegistered
from shopcast.accounts.guests.repository import ensure_guest
from shopcast.accounts.operators.create_operator import CreateOperator, create_operator, create_operator_account
from shopcast.accounts.operators.demo_accounts import DemoAccount, ensure_demo_account
from shopcast.accounts.organisations.accept_invitation import AcceptInvitation, accept_invitation
from shopcast.accounts.organisations.change_members import ChangeRole, RemoveMember, change_role, remove_member
from shopcast.accounts.organisations.change_organisation import ChangeOrganisation, change_organisation
from shopcast.accounts.organisations.create_organisation import CreateOrganisation, create_organisation
from shopcast.accounts.organisations.invite_member import (
    MAIL_INVITATION,
    InviteMember,
    MailInvitation,
    RevokeInvitation,
    SetInvitationDigest,
    invite_member,
    keep_invitation_digest,
    mail_invitation,
    withdraw_invitation,
)
from shopcast.accounts.organisations.model import (
    COUNTRIES,
    MANAGING_ROLES,
    Invitation,
    Member,
    Membership,
    Organisation,
    Role,
    clean_country,
)
from shopcast.accounts.organisations.queries import (
    members_of,
    open_invitations,
    organisation,
    organisation_by_slug,
    organisations_by_id,
    organisations_of,
    require_operator,
    require_role,
    role_of,
    seller_slugs,
)
from shopcast.accounts.passwords.change_password import ChangePassword, change_password
from shopcast.accounts.passwords.hashing import Passwords, check_password
from shopcast.accounts.passwords.mail_link import MAIL_LINK, KeepLink, MailLink, keep_link, mail_link
from shopcast.accounts.passwords.request_password_reset import RequestPasswordReset, request_password_reset
from shopcast.accounts.passwords.reset_password import ResetPassword, reset_password
from shopcast.accounts.people.change_profile import ChangeProfile, change_profile
from shopcast.accounts.people.model import Person, clean_email
from shopcast.accounts.people.queries import (
    credentials,
    credentials_by_email,
    people_by_id,
    person,
    person_by_email,
)
from shopcast.accounts.people.register_person import Registered, RegisterPerson, register_person
from shopcast.accounts.people.verify_email import (
    RequestVerification,
    VerifyEmail,
    request_verification,
    verify_email,
)
from shopcast.accounts.sessions.close_session import CloseSession, SlideSession, close_session, slide
from shopcast.accounts.sessions.model import NewSession, Session
from shopcast.accounts.sessions.open_session import Opened, OpenSession, open_session
from shopcast.accounts.sessions.queries import SessionResolver, session_should_slide, sessions_of
from shopcast.kernel.actions import ActionSpec
from shopcast.kernel.jobs import JobSpec, Periodic
from shopcast.kernel.subscriptions import Subscription

ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec("accounts.register_person", RegisterPerson, register_person, Registered),
    ActionSpec("accounts.change_profile", ChangeProfile, change_profile),
    ActionSpec("accounts.verify_email", VerifyEmail, verify_email),
    ActionSpec("accounts.request_verification", RequestVerification, request_verification),
    ActionSpec("accounts.keep_link", KeepLink, keep_link),
    ActionSpec("accounts.request_password_reset", RequestPasswordReset, request_password_reset),
    ActionSpec("accounts.reset_password", ResetPassword, reset_password),
    ActionSpec("accounts.change_password", ChangePassword, change_password),
    ActionSpec("accounts.open_session", OpenSession, open_session, Opened),
    ActionSpec("accounts.close_session", CloseSession, close_session),
    ActionSpec("accounts.slide_session", SlideSession, slide),
    ActionSpec("accounts.add_address", AddAddress, add_address, Address),
    ActionSpec("accounts.remove_address", RemoveAddress, remove_address),
    ActionSpec("accounts.create_organisation", CreateOrganisation, create_organisation, Organisation),
    ActionSpec("accounts.change_organisation", ChangeOrganisation, change_organisation, Organisation),
    ActionSpec("accounts.invite_member", InviteMember, invite_member, Invitation),
    ActionSpec("accounts.revoke_invitation", RevokeInvitation, withdraw_invitation),
    ActionSpec("accounts.set_invitation_digest", SetInvitationDigest, keep_invitation_digest),
    ActionSpec("accounts.accept_invitation", AcceptInvitation, accept_invitation, Organisation),
    ActionSpec("accounts.change_role", ChangeRole, change_role),
    ActionSpec("accounts.remove_member", RemoveMember, remove_member),
    ActionSpec("accounts.create_operator", CreateOperator, create_operator, str),
)
SUBSCRIPTIONS: tuple[Subscription, ...] = ()
JOBS: tuple[JobSpec, ...] = (
    JobSpec(MAIL_LINK, MailLink, mail_link),
    JobSpec(MAIL_INVITATION, MailInvitation, mail_invitation),
)
PERIODICS: tuple[Periodic, ...] = ()

__all__ = [
    "ACTIONS",
    "COUNTRIES",
    "JOBS",
    "MANAGING_ROLES",
    "PERIODICS",
    "SUBSCRIPTIONS",
    "AcceptInvitation",
    "AddAddress",
    "Address",
    "AddressDraft",
    "AuditRow",
    "ChangeOrganisation",
    "ChangePassword",
    "ChangeProfile",
    "ChangeRole",
    "CloseSession",
    "CreateOperator",
    "CreateOrganisation",
    "DemoAccount",
    "GuestClaimed",
    "Invitation",
    "InviteMember",
    "Member",
    "Membership",
    "MembershipChanged",
    "NewSession",
    "OpenSession",
    "Opened",
    "Organisation",
    "OrganisationChanged",
    "Passwords",
    "Person",
    "PersonRegistered",
    "RegisterPerson",
    "Registered",
    "RemoveAddress",
    "RemoveMember",
    "RequestPasswordReset",
    "RequestVerification",
    "ResetPassword",
    "RevokeInvitation",
    "Role",
    "Session",
    "SessionResolver",
    "SlideSession",
    "VerifyEmail",
    "address_of",
    "addresses_of",
    "audit_rows",
    "check_password",
    "clean_country",
    "clean_email",
    "create_operator_account",
    "credentials",
    "credentials_by_email",
    "ensure_demo_account",
    "ensure_guest",
    "members_of",
    "open_invitations",
    "organisation",
    "organisation_by_slug",
    "organisations_by_id",
    "organisations_of",
    "people_by_id",
    "person",
    "person_by_email",
    "require_operator",
    "require_role",
    "role_of",
    "seller_slugs",
    "session_should_slide",
    "sessions_of",
]
