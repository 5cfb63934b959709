"""Rows of accounts: people, organisations, who belongs to which, sessions, guests, addresses. Knows no goods."""

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Index, String, Table, Text, text

from shopcast.kernel.tables import Instant, metadata

person = Table(
    "accounts_person",
    metadata,
    Column("id", Text, primary_key=True),
    Column("email", Text, nullable=False),
    # The address as compared (normalised, lower case); unique so that two registrations at once can't both win.
    Column("email_key", Text, nullable=False, unique=True),
    Column("display_name", Text, nullable=False),
    Column("language", String(2), nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("email_verified_at", Instant),
    # Demo accounts have published passwords: outside demo mode nobody signs in with them.
    Column("is_demo", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
)

organisation = Table(
    "accounts_organisation",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("name", Text, nullable=False),
    Column("slug", Text, nullable=False, unique=True),
    Column("currency", String(3), nullable=False),
    Column("country", String(2), nullable=False),
    Column("legal_identity", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    CheckConstraint("kind IN ('seller', 'agency', 'host', 'platform')", name="kind_known"),
)

member = Table(
    "accounts_member",
    metadata,
    Column("organisation_id", Text, ForeignKey("accounts_organisation.id"), primary_key=True),
    Column("person_id", Text, ForeignKey("accounts_person.id"), primary_key=True),
    Column("role", String(10), nullable=False),
    Column("since", Instant, nullable=False),
    CheckConstraint("role IN ('owner', 'manager', 'host', 'operator', 'assistant', 'moderator')", name="role_known"),
    Index("ix_accounts_member_person", "person_id"),
)

session = Table(
    "accounts_session",
    metadata,
    Column("id", Text, primary_key=True),
    Column("person_id", Text, ForeignKey("accounts_person.id"), nullable=False),
    Column("digest", Text, nullable=False, unique=True),
    Column("device", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Index("ix_accounts_session_person", "person_id", "revoked_at"),
)

invitation = Table(
    "accounts_invitation",
    metadata,
    Column("id", Text, primary_key=True),
    Column("organisation_id", Text, ForeignKey("accounts_organisation.id"), nullable=False),
    Column("email", Text, nullable=False),
    Column("email_key", Text, nullable=False),
    Column("role", String(10), nullable=False),
    Column("language", String(2), nullable=False),
    # Set by the job that writes the mail: the token itself exists only in that mail.
    Column("digest", Text, unique=True),
    Column("invited_by", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("accepted_at", Instant),
    Column("revoked_at", Instant),
    Index("ix_accounts_invitation_organisation", "organisation_id"),
    # One open invitation per address and organisation: inviting again replaces it.
    Index(
        "uq_accounts_invitation_open",
        "organisation_id",
        "email_key",
        unique=True,
        sqlite_where=text("accepted_at IS NULL AND revoked_at IS NULL"),
        postgresql_where=text("accepted_at IS NULL AND revoked_at IS NULL"),
    ),
)

# Single-use links sent by mail: password reset and e-mail verification.
mailed_token = Table(
    "accounts_mailed_token",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("person_id", Text, ForeignKey("accounts_person.id"), nullable=False),
    Column("purpose", String(16), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
    Index("ix_accounts_mailed_token_person", "person_id", "purpose"),
)

address = Table(
    "accounts_address",
    metadata,
    Column("id", Text, primary_key=True),
    Column("person_id", Text, ForeignKey("accounts_person.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("line1", Text, nullable=False),
    Column("line2", Text, nullable=False),
    Column("city", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("postal_code", Text, nullable=False),
    Column("country", String(2), nullable=False),
    Column("phone", Text, nullable=False),
    Column("is_default", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
    Index("ix_accounts_address_person", "person_id"),
)

# A guest is whoever holds the signed cookie with this id; claimed once, by the account they register or sign in to.
guest = Table(
    "accounts_guest",
    metadata,
    Column("id", Text, primary_key=True),
    Column("created_at", Instant, nullable=False),
    Column("claimed_by", Text, ForeignKey("accounts_person.id")),
    Column("claimed_at", Instant),
)
