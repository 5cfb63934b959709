"""The first schema: kernel, accounts, catalogue, media, rooms, shows, sales, talent, discovery, analytics."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# The database's own guards, and the index over words; the domains' tables.py say why.
SQLITE_STATEMENTS = (
    """CREATE TRIGGER talent_journal_seal BEFORE UPDATE ON talent_journal
    WHEN NEW.sealed = 1 AND OLD.sealed = 0 BEGIN
      SELECT RAISE(ABORT, 'a journal needs at least two entries')
        WHERE (SELECT count(*) FROM talent_entry WHERE journal_id = NEW.id) < 2;
      SELECT RAISE(ABORT, 'a journal must sum to zero in each currency')
        WHERE EXISTS (SELECT 1 FROM talent_entry WHERE journal_id = NEW.id
          GROUP BY currency HAVING sum(amount_minor) <> 0);
    END""",
    """CREATE TRIGGER talent_journal_fixed BEFORE UPDATE ON talent_journal
    WHEN OLD.sealed = 1 OR NEW.id <> OLD.id OR NEW.source <> OLD.source OR NEW.kind <> OLD.kind
    BEGIN SELECT RAISE(ABORT, 'a journal never changes'); END""",
    """CREATE TRIGGER talent_journal_kept BEFORE DELETE ON talent_journal
    BEGIN SELECT RAISE(ABORT, 'a journal is never deleted'); END""",
    """CREATE TRIGGER talent_entry_closed BEFORE INSERT ON talent_entry
    WHEN (SELECT sealed FROM talent_journal WHERE id = NEW.journal_id) = 1
    BEGIN SELECT RAISE(ABORT, 'a sealed journal takes no entries'); END""",
    """CREATE TRIGGER talent_entry_fixed BEFORE UPDATE ON talent_entry
    BEGIN SELECT RAISE(ABORT, 'an entry never changes'); END""",
    """CREATE TRIGGER talent_entry_kept BEFORE DELETE ON talent_entry
    BEGIN SELECT RAISE(ABORT, 'an entry is never deleted'); END""",
    """CREATE VIRTUAL TABLE discovery_index USING fts5(tokens, content='discovery_document',
content_rowid='number', tokenize='unicode61 remove_diacritics 2')""",
)
POSTGRESQL_STATEMENTS = (
    """CREATE FUNCTION talent_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'integrity_constraint_violation'; END $$""",
    """CREATE FUNCTION talent_seal_journal() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF (SELECT count(*) FROM talent_entry WHERE journal_id = NEW.id) < 2 THEN
        RAISE EXCEPTION USING MESSAGE = 'a journal needs at least two entries',
          ERRCODE = 'integrity_constraint_violation';
      END IF;
      IF EXISTS (SELECT 1 FROM talent_entry WHERE journal_id = NEW.id
          GROUP BY currency HAVING sum(amount_minor) <> 0) THEN
        RAISE EXCEPTION USING MESSAGE = 'a journal must sum to zero in each currency',
          ERRCODE = 'integrity_constraint_violation';
      END IF;
      RETURN NEW;
    END $$""",
    """CREATE FUNCTION talent_add_entry() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      PERFORM 1 FROM talent_journal WHERE id = NEW.journal_id AND sealed = 0 FOR SHARE;
      IF NOT FOUND AND EXISTS (SELECT 1 FROM talent_journal WHERE id = NEW.journal_id) THEN
        RAISE EXCEPTION USING MESSAGE = 'a sealed journal takes no entries',
          ERRCODE = 'integrity_constraint_violation';
      END IF;
      RETURN NEW;
    END $$""",
    """CREATE TRIGGER talent_journal_seal BEFORE UPDATE ON talent_journal FOR EACH ROW
    WHEN (NEW.sealed = 1 AND OLD.sealed = 0) EXECUTE FUNCTION talent_seal_journal()""",
    """CREATE TRIGGER talent_journal_fixed BEFORE UPDATE ON talent_journal FOR EACH ROW
    WHEN (OLD.sealed = 1 OR NEW.id <> OLD.id OR NEW.source <> OLD.source OR NEW.kind <> OLD.kind)
    EXECUTE FUNCTION talent_refuse('a journal never changes')""",
    """CREATE TRIGGER talent_journal_kept BEFORE DELETE ON talent_journal FOR EACH ROW
    EXECUTE FUNCTION talent_refuse('a journal is never deleted')""",
    """CREATE TRIGGER talent_entry_closed BEFORE INSERT ON talent_entry FOR EACH ROW
    EXECUTE FUNCTION talent_add_entry()""",
    """CREATE TRIGGER talent_entry_fixed BEFORE UPDATE ON talent_entry FOR EACH ROW
    EXECUTE FUNCTION talent_refuse('an entry never changes')""",
    """CREATE TRIGGER talent_entry_kept BEFORE DELETE ON talent_entry FOR EACH ROW
    EXECUTE FUNCTION talent_refuse('an entry is never deleted')""",
    """CREATE TRIGGER talent_journal_whole BEFORE TRUNCATE ON talent_journal
    EXECUTE FUNCTION talent_refuse('a journal is never deleted')""",
    """CREATE TRIGGER talent_entry_whole BEFORE TRUNCATE ON talent_entry
    EXECUTE FUNCTION talent_refuse('an entry is never deleted')""",
    "CREATE TABLE discovery_index (number integer PRIMARY KEY, words tsvector NOT NULL)",
    "CREATE INDEX discovery_index_words ON discovery_index USING gin (words)",
)


def upgrade() -> None:
    op.create_table(
        "accounts_organisation",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("legal_identity", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('seller', 'agency', 'host', 'platform')", name=op.f("ck_accounts_organisation_kind_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts_organisation")),
        sa.UniqueConstraint("slug", name=op.f("uq_accounts_organisation_slug")),
    )
    op.create_table(
        "accounts_person",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("email_key", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("email_verified_at", sa.BigInteger(), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts_person")),
        sa.UniqueConstraint("email_key", name=op.f("uq_accounts_person_email_key")),
    )
    op.create_table(
        "analytics_fact",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("show_id", sa.String(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=True),
        sa.Column("item_number", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("open_to_paid_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_analytics_fact")),
    )
    op.create_index("analytics_fact_by_show", "analytics_fact", ["show_id", "kind", "at"], unique=False)
    op.create_table(
        "discovery_document",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("show_id", sa.String(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=True),
        sa.Column("item_number", sa.Integer(), nullable=True),
        sa.Column("tokens", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_discovery_document")),
        sa.UniqueConstraint("id", name=op.f("uq_discovery_document_id")),
    )
    op.create_index("discovery_document_by_number", "discovery_document", ["kind", "item_number"], unique=False)
    op.create_index("discovery_document_by_show", "discovery_document", ["show_id"], unique=False)
    op.create_table(
        "kernel_audit",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by_key", sa.Text(), nullable=False),
        sa.Column("by_session_id", sa.Text(), nullable=True),
        sa.Column("is_operator", sa.Boolean(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=True),
        sa.Column("details", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kernel_audit")),
    )
    op.create_index("ix_kernel_audit_by_at", "kernel_audit", ["by_key", "at"], unique=False)
    op.create_index("ix_kernel_audit_organisation_newest", "kernel_audit", ["organisation_id", "id"], unique=False)
    op.create_index("ix_kernel_audit_subject_at", "kernel_audit", ["subject_id", "at"], unique=False)
    op.create_table(
        "kernel_cursors",
        sa.Column("subscription", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("subscription", name=op.f("pk_kernel_cursors")),
    )
    op.create_table(
        "kernel_dead_letters",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("subscription", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("event_type", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("dead_at", sa.BigInteger(), nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.Column("settled_by", sa.Text(), nullable=True),
        sa.Column("settlement", sa.String(length=10), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kernel_dead_letters")),
    )
    op.create_index(
        "ix_kernel_dead_letters_open", "kernel_dead_letters", ["subscription", "key", "settled_at"], unique=False
    )
    op.create_table(
        "kernel_events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.Column("event_type", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kernel_events")),
        sa.UniqueConstraint("position", name=op.f("uq_kernel_events_position")),
    )
    op.create_index("ix_kernel_events_type_position", "kernel_events", ["event_type", "position"], unique=False)
    op.create_index(
        "ix_kernel_events_unpositioned",
        "kernel_events",
        ["id"],
        unique=False,
        sqlite_where=sa.text("position IS NULL"),
        postgresql_where=sa.text("position IS NULL"),
    )
    op.create_table(
        "kernel_idempotency",
        sa.Column("principal_key", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("content_digest", sa.LargeBinary(), nullable=False),
        sa.Column("result", sa.LargeBinary(), nullable=False),
        sa.Column("stored_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("principal_key", "action", "key", name=op.f("pk_kernel_idempotency")),
    )
    op.create_index(op.f("ix_kernel_idempotency_stored_at"), "kernel_idempotency", ["stored_at"], unique=False)
    op.create_table(
        "kernel_jobs",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("run_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kernel_jobs")),
    )
    op.create_index("ix_kernel_jobs_due", "kernel_jobs", ["state", "run_at"], unique=False)
    op.create_index(
        "uq_kernel_jobs_pending_key",
        "kernel_jobs",
        ["name", "key"],
        unique=True,
        sqlite_where=sa.text("state = 'pending' AND key IS NOT NULL"),
        postgresql_where=sa.text("state = 'pending' AND key IS NOT NULL"),
    )
    op.create_table(
        "kernel_parked_events",
        sa.Column("subscription", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("subscription", "key", "position", name=op.f("pk_kernel_parked_events")),
    )
    op.create_table(
        "kernel_parked_keys",
        sa.Column("subscription", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.BigInteger(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("subscription", "key", name=op.f("pk_kernel_parked_keys")),
    )
    op.create_index(op.f("ix_kernel_parked_keys_next_try_at"), "kernel_parked_keys", ["next_try_at"], unique=False)
    op.create_table(
        "kernel_periodics",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("next_run_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_kernel_periodics")),
    )
    op.create_table(
        "media_broadcast",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("is_cut", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media_broadcast")),
    )
    op.create_table(
        "media_fact",
        sa.Column("engine", sa.String(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("happened_at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("engine", "number", "happened_at", name=op.f("pk_media_fact")),
    )
    op.create_table(
        "room",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.Column("public_log", sa.Boolean(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("next_seq", sa.BigInteger(), nullable=False),
        sa.Column("lease_holder", sa.String(length=64), nullable=True),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("numbered_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("epoch >= 0 AND next_seq >= 1", name=op.f("ck_room_counts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room")),
    )
    op.create_table(
        "sales_checkout",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("buyer_key", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("totals", sa.Text(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("terms_version", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("failure_code", sa.Text(), nullable=True),
        sa.Column("next_action_url", sa.Text(), nullable=True),
        sa.Column("order_id", sa.Text(), nullable=True),
        sa.Column("return_path", sa.Text(), nullable=False),
        sa.Column("link_salt", sa.Text(), nullable=False),
        sa.Column("link_digest", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state IN ('processing', 'needs_action', 'paid', 'failed')", name=op.f("ck_sales_checkout_state")
        ),
        sa.CheckConstraint("total_minor >= 0", name=op.f("ck_sales_checkout_total")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales_checkout")),
        sa.UniqueConstraint("order_id", name=op.f("uq_sales_checkout_order_id")),
    )
    op.create_index(op.f("ix_sales_checkout_buyer_key"), "sales_checkout", ["buyer_key"], unique=False)
    op.create_table(
        "sales_hold",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("buyer_key", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("show_id", sa.Text(), nullable=True),
        sa.Column("item_id", sa.Text(), nullable=True),
        sa.Column("product_id", sa.Text(), nullable=False),
        sa.Column("variant_id", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("variant_title", sa.Text(), nullable=False),
        sa.Column("claim", sa.Text(), nullable=False),
        sa.Column("item_number", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("placed_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("media_at", sa.BigInteger(), nullable=True),
        sa.Column("opened_at", sa.BigInteger(), nullable=True),
        sa.Column("checkout_id", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('held', 'claimed', 'released', 'expired')", name=op.f("ck_sales_hold_state")),
        sa.CheckConstraint("price_minor >= 0", name=op.f("ck_sales_hold_price")),
        sa.CheckConstraint("quantity BETWEEN 1 AND 10", name=op.f("ck_sales_hold_quantity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales_hold")),
    )
    op.create_index(op.f("ix_sales_hold_checkout_id"), "sales_hold", ["checkout_id"], unique=False)
    op.create_index(
        "ix_sales_hold_open_by_buyer",
        "sales_hold",
        ["buyer_key"],
        unique=False,
        sqlite_where=sa.text("state = 'held'"),
        postgresql_where=sa.text("state = 'held'"),
    )
    op.create_index(
        "ix_sales_hold_open_by_expiry",
        "sales_hold",
        ["expires_at"],
        unique=False,
        sqlite_where=sa.text("state = 'held'"),
        postgresql_where=sa.text("state = 'held'"),
    )
    op.create_table(
        "sales_payment_method",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("buyer_key", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=False),
        sa.Column("removed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales_payment_method")),
    )
    op.create_index("ix_sales_payment_method_buyer", "sales_payment_method", ["buyer_key", "used_at"], unique=False)
    op.create_index("uq_sales_payment_method_reference", "sales_payment_method", ["provider", "reference"], unique=True)
    op.create_table(
        "sales_selling_policy",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("ships_from", sa.String(length=2), nullable=False),
        sa.Column("tax_mode", sa.String(length=10), nullable=False),
        sa.Column("zones", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "tax_mode IN ('inclusive', 'exclusive', 'none')", name=op.f("ck_sales_selling_policy_tax_mode")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "version", name=op.f("pk_sales_selling_policy")),
    )
    op.create_table(
        "sales_show_total",
        sa.Column("show_id", sa.Text(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("show_id", "currency", name=op.f("pk_sales_show_total")),
    )
    op.create_table(
        "sales_webhook",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("delivery_id", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("applied_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("provider", "delivery_id", name=op.f("pk_sales_webhook")),
    )
    op.create_table(
        "shows_shelf_set",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("entries", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shows_shelf_set")),
    )
    op.create_index(op.f("ix_shows_shelf_set_organisation_id"), "shows_shelf_set", ["organisation_id"], unique=False)
    op.create_table(
        "shows_show",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("host_person_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("cover_image_id", sa.Text(), nullable=True),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("visibility", sa.String(length=8), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=True),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=11), nullable=False),
        sa.Column("is_announced", sa.Boolean(), nullable=False),
        sa.Column("room_id", sa.Text(), nullable=False),
        sa.Column("broadcast_id", sa.Text(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("interrupted_at", sa.BigInteger(), nullable=True),
        sa.Column("grace_s", sa.Integer(), nullable=False),
        sa.Column("is_cut", sa.Boolean(), nullable=False),
        sa.Column("next_number", sa.Integer(), nullable=False),
        sa.Column("on_air_moment_id", sa.Text(), nullable=True),
        sa.Column("on_air_item_id", sa.Text(), nullable=True),
        sa.Column("current_cue_id", sa.Text(), nullable=True),
        sa.Column("advance_pins", sa.Boolean(), nullable=False),
        sa.Column("requests_published_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shows_show")),
        sa.UniqueConstraint("broadcast_id", name=op.f("uq_shows_show_broadcast_id")),
        sa.UniqueConstraint("room_id", name=op.f("uq_shows_show_room_id")),
    )
    op.create_index("ix_shows_show_organisation", "shows_show", ["organisation_id", "created_at"], unique=False)
    op.create_index("ix_shows_show_state_starts", "shows_show", ["state", "visibility", "starts_at"], unique=False)
    op.create_table(
        "talent_host_profile",
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("bio", sa.Text(), nullable=False),
        sa.Column("languages", sa.Text(), nullable=False),
        sa.Column("categories", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_talent_host_profile")),
    )
    op.create_table(
        "talent_journal",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=True),
        sa.Column("order_number", sa.String(), nullable=True),
        sa.Column("happened_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.Integer(), nullable=False),
        sa.CheckConstraint("sealed in (0, 1)", name=op.f("ck_talent_journal_sealed_is_a_flag")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talent_journal")),
        sa.UniqueConstraint("source", "kind", name=op.f("uq_talent_journal_source_kind")),
    )
    op.create_index("talent_journal_by_organisation", "talent_journal", ["organisation_id", "id"], unique=False)
    op.create_table(
        "accounts_address",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("line1", sa.Text(), nullable=False),
        sa.Column("line2", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("postal_code", sa.Text(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["accounts_person.id"], name=op.f("fk_accounts_address_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts_address")),
    )
    op.create_index("ix_accounts_address_person", "accounts_address", ["person_id"], unique=False)
    op.create_table(
        "accounts_guest",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("claimed_by", sa.Text(), nullable=True),
        sa.Column("claimed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["claimed_by"], ["accounts_person.id"], name=op.f("fk_accounts_guest_claimed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts_guest")),
    )
    op.create_table(
        "accounts_invitation",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("email_key", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("invited_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("accepted_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["accounts_organisation.id"], name=op.f("fk_accounts_invitation_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts_invitation")),
        sa.UniqueConstraint("digest", name=op.f("uq_accounts_invitation_digest")),
    )
    op.create_index("ix_accounts_invitation_organisation", "accounts_invitation", ["organisation_id"], unique=False)
    op.create_index(
        "uq_accounts_invitation_open",
        "accounts_invitation",
        ["organisation_id", "email_key"],
        unique=True,
        sqlite_where=sa.text("accepted_at IS NULL AND revoked_at IS NULL"),
        postgresql_where=sa.text("accepted_at IS NULL AND revoked_at IS NULL"),
    )
    op.create_table(
        "accounts_mailed_token",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["accounts_person.id"], name=op.f("fk_accounts_mailed_token_person_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_accounts_mailed_token")),
    )
    op.create_index("ix_accounts_mailed_token_person", "accounts_mailed_token", ["person_id", "purpose"], unique=False)
    op.create_table(
        "accounts_member",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "role IN ('owner', 'manager', 'host', 'operator', 'assistant', 'moderator')",
            name=op.f("ck_accounts_member_role_known"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["accounts_organisation.id"], name=op.f("fk_accounts_member_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["accounts_person.id"], name=op.f("fk_accounts_member_person_id")),
        sa.PrimaryKeyConstraint("organisation_id", "person_id", name=op.f("pk_accounts_member")),
    )
    op.create_index("ix_accounts_member_person", "accounts_member", ["person_id"], unique=False)
    op.create_table(
        "accounts_session",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["accounts_person.id"], name=op.f("fk_accounts_session_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts_session")),
        sa.UniqueConstraint("digest", name=op.f("uq_accounts_session_digest")),
    )
    op.create_index("ix_accounts_session_person", "accounts_session", ["person_id", "revoked_at"], unique=False)
    op.create_table(
        "catalog_image",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=True),
        sa.Column("blob_key", sa.Text(), nullable=True),
        sa.Column("content_type", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.BigInteger(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state IN ('drawn', 'waiting', 'ready', 'failed')", name=op.f("ck_catalog_image_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["accounts_organisation.id"], name=op.f("fk_catalog_image_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_image")),
    )
    op.create_index("ix_catalog_image_waiting", "catalog_image", ["state", "next_try_at"], unique=False)
    op.create_table(
        "catalog_import",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("blob_key", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("progressed_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("failure_code", sa.Text(), nullable=True),
        sa.Column("failure_params", sa.Text(), nullable=True),
        sa.Column("dialect", sa.String(length=10), nullable=True),
        sa.Column("parts_done", sa.Integer(), nullable=False),
        sa.Column("rows_total", sa.Integer(), nullable=False),
        sa.Column("rows_done", sa.Integer(), nullable=False),
        sa.Column("products_created", sa.Integer(), nullable=False),
        sa.Column("products_updated", sa.Integer(), nullable=False),
        sa.Column("products_unchanged", sa.Integer(), nullable=False),
        sa.Column("variants_created", sa.Integer(), nullable=False),
        sa.Column("variants_updated", sa.Integer(), nullable=False),
        sa.Column("variants_unchanged", sa.Integer(), nullable=False),
        sa.Column("problems_count", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('running', 'done', 'failed')", name=op.f("ck_catalog_import_state_known")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["accounts_organisation.id"], name=op.f("fk_catalog_import_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_import")),
    )
    op.create_index("ix_catalog_import_organisation", "catalog_import", ["organisation_id", "id"], unique=False)
    op.create_table(
        "media_epoch",
        sa.Column("broadcast_id", sa.String(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("fps", sa.Integer(), nullable=True),
        sa.Column("video_codec", sa.String(), nullable=True),
        sa.Column("audio_codec", sa.String(), nullable=True),
        sa.Column("lost_reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["broadcast_id"], ["media_broadcast.id"], name=op.f("fk_media_epoch_broadcast_id")),
        sa.PrimaryKeyConstraint("broadcast_id", "epoch", name=op.f("pk_media_epoch")),
    )
    op.create_table(
        "media_export",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("broadcast_id", sa.String(), nullable=False),
        sa.Column("from_at", sa.BigInteger(), nullable=False),
        sa.Column("to_at", sa.BigInteger(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("requested_by", sa.String(), nullable=False),
        sa.Column("requested_at", sa.BigInteger(), nullable=False),
        sa.Column("blob_key", sa.String(), nullable=True),
        sa.Column("failure", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["broadcast_id"], ["media_broadcast.id"], name=op.f("fk_media_export_broadcast_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media_export")),
    )
    op.create_index("media_export_by_broadcast", "media_export", ["broadcast_id"], unique=False)
    op.create_table(
        "media_health",
        sa.Column("broadcast_id", sa.String(), nullable=False),
        sa.Column("measured_at", sa.BigInteger(), nullable=False),
        sa.Column("bitrate_bps", sa.BigInteger(), nullable=False),
        sa.Column("fps_hundredths", sa.Integer(), nullable=False),
        sa.Column("gop_ms", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["broadcast_id"], ["media_broadcast.id"], name=op.f("fk_media_health_broadcast_id")),
        sa.PrimaryKeyConstraint("broadcast_id", name=op.f("pk_media_health")),
    )
    op.create_table(
        "media_instruction",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("broadcast_id", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.Column("refused_code", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["broadcast_id"], ["media_broadcast.id"], name=op.f("fk_media_instruction_broadcast_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media_instruction")),
    )
    op.create_index("media_instruction_open", "media_instruction", ["done_at", "id"], unique=False)
    op.create_table(
        "media_redaction",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("broadcast_id", sa.String(), nullable=False),
        sa.Column("from_at", sa.BigInteger(), nullable=False),
        sa.Column("to_at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("undone_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["broadcast_id"], ["media_broadcast.id"], name=op.f("fk_media_redaction_broadcast_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media_redaction")),
    )
    op.create_index("media_redaction_by_broadcast", "media_redaction", ["broadcast_id"], unique=False)
    op.create_table(
        "media_stream_key",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("broadcast_id", sa.String(), nullable=False),
        sa.Column("hint", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["broadcast_id"], ["media_broadcast.id"], name=op.f("fk_media_stream_key_broadcast_id")
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_media_stream_key")),
    )
    op.create_index("media_stream_key_by_broadcast", "media_stream_key", ["broadcast_id"], unique=False)
    op.create_table(
        "media_warning",
        sa.Column("broadcast_id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("parameters", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["broadcast_id"], ["media_broadcast.id"], name=op.f("fk_media_warning_broadcast_id")),
        sa.PrimaryKeyConstraint("broadcast_id", "code", name=op.f("pk_media_warning")),
    )
    op.create_table(
        "room_entry",
        sa.Column("arrival", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("room_id", sa.String(length=40), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=True),
        sa.Column("epoch", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("lane", sa.String(length=10), nullable=False),
        sa.Column("audience", sa.String(length=5), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("numbered_at", sa.BigInteger(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("person_key", sa.String(length=64), nullable=True),
        sa.Column("erased", sa.Boolean(), nullable=False),
        sa.CheckConstraint("audience IN ('all', 'staff')", name=op.f("ck_room_entry_audience")),
        sa.CheckConstraint("lane IN ('lossless', 'state', 'lossy')", name=op.f("ck_room_entry_lane")),
        sa.CheckConstraint("(seq IS NULL) = (numbered_at IS NULL)", name=op.f("ck_room_entry_numbered")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_room_entry_room_id")),
        sa.PrimaryKeyConstraint("arrival", name=op.f("pk_room_entry")),
        sa.UniqueConstraint("id", name=op.f("uq_room_entry_id")),
        sa.UniqueConstraint("room_id", "seq", name="uq_room_entry_seq"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_room_entry_person", "room_entry", ["person_key", "room_id", "at"], unique=False)
    op.create_index("ix_room_entry_second", "room_entry", ["room_id", "numbered_at"], unique=False)
    op.create_index(
        "ix_room_entry_unnumbered",
        "room_entry",
        ["room_id", "arrival"],
        unique=False,
        sqlite_where=sa.text("seq IS NULL"),
        postgresql_where=sa.text("seq IS NULL"),
    )
    op.create_table(
        "room_mode",
        sa.Column("room_id", sa.String(length=40), nullable=False),
        sa.Column("slow_mode_s", sa.Integer(), nullable=False),
        sa.Column("muted_words", sa.Text(), nullable=False),
        sa.CheckConstraint("slow_mode_s >= 0", name=op.f("ck_room_mode_slow")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_room_mode_room_id")),
        sa.PrimaryKeyConstraint("room_id", name=op.f("pk_room_mode")),
    )
    op.create_table(
        "room_mute",
        sa.Column("room_id", sa.String(length=40), nullable=False),
        sa.Column("public_key", sa.String(length=32), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_room_mute_room_id")),
        sa.PrimaryKeyConstraint("room_id", "public_key", name=op.f("pk_room_mute")),
    )
    op.create_table(
        "room_person",
        sa.Column("room_id", sa.String(length=40), nullable=False),
        sa.Column("person_key", sa.String(length=64), nullable=False),
        sa.Column("last_pseq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_room_person_room_id")),
        sa.PrimaryKeyConstraint("room_id", "person_key", name=op.f("pk_room_person")),
    )
    op.create_table(
        "room_presence",
        sa.Column("room_id", sa.String(length=40), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("concurrent", sa.Integer(), nullable=False),
        sa.Column("unique_so_far", sa.Integer(), nullable=False),
        sa.CheckConstraint("concurrent >= 0 AND unique_so_far >= 0", name=op.f("ck_room_presence_counts")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_room_presence_room_id")),
        sa.PrimaryKeyConstraint("room_id", "at", name=op.f("pk_room_presence")),
    )
    op.create_table(
        "room_private",
        sa.Column("room_id", sa.String(length=40), nullable=False),
        sa.Column("person_key", sa.String(length=64), nullable=False),
        sa.Column("pseq", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("announced", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_room_private_room_id")),
        sa.PrimaryKeyConstraint("room_id", "person_key", "pseq", name=op.f("pk_room_private")),
    )
    op.create_index(
        "ix_room_private_waiting",
        "room_private",
        ["room_id"],
        unique=False,
        sqlite_where=sa.text("announced = 0"),
        postgresql_where=sa.text("NOT announced"),
    )
    op.create_table(
        "room_snapshot",
        sa.Column("room_id", sa.String(length=40), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("stored_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_room_snapshot_room_id")),
        sa.PrimaryKeyConstraint("room_id", name=op.f("pk_room_snapshot")),
    )
    op.create_table(
        "room_visitor",
        sa.Column("room_id", sa.String(length=40), nullable=False),
        sa.Column("public_key", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_room_visitor_room_id")),
        sa.PrimaryKeyConstraint("room_id", "public_key", name=op.f("pk_room_visitor")),
    )
    op.create_table(
        "sales_payment",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("checkout_id", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("save_method", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("authorised_minor", sa.BigInteger(), nullable=False),
        sa.Column("captured_minor", sa.BigInteger(), nullable=False),
        sa.Column("refunded_minor", sa.BigInteger(), nullable=False),
        sa.Column("refund_requested_minor", sa.BigInteger(), nullable=False),
        sa.Column("failure_code", sa.Text(), nullable=True),
        sa.Column("next_action_url", sa.Text(), nullable=True),
        sa.Column("method_label", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "refund_requested_minor >= 0 AND refund_requested_minor <= captured_minor",
            name=op.f("ck_sales_payment_refund"),
        ),
        sa.ForeignKeyConstraint(["checkout_id"], ["sales_checkout.id"], name=op.f("fk_sales_payment_checkout_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales_payment")),
    )
    op.create_index(op.f("ix_sales_payment_checkout_id"), "sales_payment", ["checkout_id"], unique=False)
    op.create_index(
        "ix_sales_payment_unsettled",
        "sales_payment",
        ["created_at"],
        unique=False,
        sqlite_where=sa.text("state IN ('requested', 'processing', 'needs_action', 'authorised')"),
        postgresql_where=sa.text("state IN ('requested', 'processing', 'needs_action', 'authorised')"),
    )
    op.create_index("uq_sales_payment_attempt", "sales_payment", ["checkout_id", "attempt"], unique=True)
    op.create_table(
        "shows_item",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("show_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Text(), nullable=False),
        sa.Column("claim", sa.Text(), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("sort", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("removed_at", sa.BigInteger(), nullable=True),
        sa.Column("stock_published_at", sa.BigInteger(), nullable=True),
        sa.Column("left_published", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["show_id"], ["shows_show.id"], name=op.f("fk_shows_item_show_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shows_item")),
        sa.UniqueConstraint("show_id", "number", name=op.f("uq_shows_item_show_id_number")),
    )
    op.create_index("ix_shows_item_product", "shows_item", ["product_id"], unique=False)
    op.create_table(
        "shows_redaction",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("show_id", sa.Text(), nullable=False),
        sa.Column("from_at", sa.BigInteger(), nullable=False),
        sa.Column("to_at", sa.BigInteger(), nullable=False),
        sa.Column("media_redaction_id", sa.Text(), nullable=False),
        sa.Column("before_show", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("undone_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["show_id"], ["shows_show.id"], name=op.f("fk_shows_redaction_show_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shows_redaction")),
    )
    op.create_index("ix_shows_redaction_show", "shows_redaction", ["show_id", "from_at"], unique=False)
    op.create_table(
        "shows_shift",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("show_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("from_at", sa.BigInteger(), nullable=False),
        sa.Column("to_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["show_id"], ["shows_show.id"], name=op.f("fk_shows_shift_show_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shows_shift")),
    )
    op.create_index("ix_shows_shift_show_from", "shows_shift", ["show_id", "from_at"], unique=False)
    op.create_index(
        "uq_shows_shift_open",
        "shows_shift",
        ["show_id"],
        unique=True,
        sqlite_where=sa.text("to_at IS NULL"),
        postgresql_where=sa.text("to_at IS NULL"),
    )
    op.create_table(
        "shows_staff",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("show_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=9), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["show_id"], ["shows_show.id"], name=op.f("fk_shows_staff_show_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shows_staff")),
        sa.UniqueConstraint("show_id", "person_id", name=op.f("uq_shows_staff_show_id_person_id")),
    )
    op.create_table(
        "talent_entry",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("journal_id", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.CheckConstraint("amount_minor <> 0", name=op.f("ck_talent_entry_amount_is_not_zero")),
        sa.ForeignKeyConstraint(["journal_id"], ["talent_journal.id"], name=op.f("fk_talent_entry_journal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talent_entry")),
    )
    op.create_index("talent_entry_by_account", "talent_entry", ["organisation_id", "account", "currency"], unique=False)
    op.create_index("talent_entry_by_journal", "talent_entry", ["journal_id"], unique=False)
    op.create_table(
        "catalog_import_problem",
        sa.Column("import_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("column", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("params", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("effect", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["catalog_import.id"], name=op.f("fk_catalog_import_problem_import_id")),
        sa.PrimaryKeyConstraint("import_id", "number", name=op.f("pk_catalog_import_problem")),
    )
    op.create_table(
        "catalog_product",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("handle", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("vendor", sa.Text(), nullable=False),
        sa.Column("product_type", sa.Text(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("image_id", sa.Text(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("status IN ('active', 'draft')", name=op.f("ck_catalog_product_status_known")),
        sa.ForeignKeyConstraint(["image_id"], ["catalog_image.id"], name=op.f("fk_catalog_product_image_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["accounts_organisation.id"], name=op.f("fk_catalog_product_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_product")),
    )
    op.create_index("ix_catalog_product_newest", "catalog_product", ["organisation_id", "id"], unique=False)
    op.create_index("uq_catalog_product_handle", "catalog_product", ["organisation_id", "handle"], unique=True)
    op.create_table(
        "room_line",
        sa.Column("entry_id", sa.String(length=40), nullable=False),
        sa.Column("room_id", sa.String(length=40), nullable=False),
        sa.Column("person_key", sa.String(length=64), nullable=False),
        sa.Column("public_key", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reply_seq", sa.BigInteger(), nullable=True),
        sa.Column("media_at", sa.BigInteger(), nullable=True),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["room_entry.id"], name=op.f("fk_room_line_entry_id")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_room_line_room_id")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_room_line")),
    )
    op.create_index("ix_room_line_erase", "room_line", ["person_key"], unique=False)
    op.create_index("ix_room_line_person", "room_line", ["room_id", "public_key"], unique=False)
    op.create_table(
        "sales_order",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("checkout_id", sa.Text(), nullable=False),
        sa.Column("payment_id", sa.Text(), nullable=False),
        sa.Column("buyer_key", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("seller_name", sa.Text(), nullable=False),
        sa.Column("seller_legal_identity", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("totals", sa.Text(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("refunded_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("link_salt", sa.Text(), nullable=False),
        sa.Column("link_digest", sa.Text(), nullable=False),
        sa.Column("placed_at", sa.BigInteger(), nullable=False),
        sa.Column("paid_at", sa.BigInteger(), nullable=True),
        sa.Column("packed_at", sa.BigInteger(), nullable=True),
        sa.Column("cancelled_at", sa.BigInteger(), nullable=True),
        sa.Column("cancelled_by", sa.Text(), nullable=True),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('placed', 'paid', 'cancelled', 'refunded')", name=op.f("ck_sales_order_state")),
        sa.CheckConstraint(
            "refunded_minor >= 0 AND refunded_minor <= total_minor", name=op.f("ck_sales_order_refunded")
        ),
        sa.ForeignKeyConstraint(["checkout_id"], ["sales_checkout.id"], name=op.f("fk_sales_order_checkout_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["sales_payment.id"], name=op.f("fk_sales_order_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales_order")),
        sa.UniqueConstraint("checkout_id", name=op.f("uq_sales_order_checkout_id")),
        sa.UniqueConstraint("number", name=op.f("uq_sales_order_number")),
    )
    op.create_index("ix_sales_order_buyer", "sales_order", ["buyer_key", "id"], unique=False)
    op.create_index("ix_sales_order_seller", "sales_order", ["organisation_id", "id"], unique=False)
    op.create_table(
        "sales_payment_event",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("provider_event_id", sa.Text(), nullable=False),
        sa.Column("payment_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("refund_id", sa.Text(), nullable=True),
        sa.Column("failure_code", sa.Text(), nullable=True),
        sa.Column("next_action_url", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["payment_id"], ["sales_payment.id"], name=op.f("fk_sales_payment_event_payment_id")),
        sa.PrimaryKeyConstraint("provider", "provider_event_id", name=op.f("pk_sales_payment_event")),
    )
    op.create_index(op.f("ix_sales_payment_event_payment_id"), "sales_payment_event", ["payment_id"], unique=False)
    op.create_table(
        "sales_refund",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("payment_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reason", sa.String(length=30), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("state IN ('requested', 'succeeded', 'failed')", name=op.f("ck_sales_refund_state")),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_sales_refund_amount")),
        sa.ForeignKeyConstraint(["payment_id"], ["sales_payment.id"], name=op.f("fk_sales_refund_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales_refund")),
    )
    op.create_index(op.f("ix_sales_refund_order_id"), "sales_refund", ["order_id"], unique=False)
    op.create_index(op.f("ix_sales_refund_payment_id"), "sales_refund", ["payment_id"], unique=False)
    op.create_table(
        "shows_cue",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("show_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("script", sa.Text(), nullable=False),
        sa.Column("claims_allowed", sa.Text(), nullable=False),
        sa.Column("price_said_minor", sa.BigInteger(), nullable=True),
        sa.Column("price_said_currency", sa.String(length=3), nullable=True),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["shows_item.id"], name=op.f("fk_shows_cue_item_id")),
        sa.ForeignKeyConstraint(["show_id"], ["shows_show.id"], name=op.f("fk_shows_cue_show_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shows_cue")),
    )
    op.create_index("ix_shows_cue_show_position", "shows_cue", ["show_id", "position"], unique=False)
    op.create_table(
        "shows_moment",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("show_id", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("rehearsed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["shows_item.id"], name=op.f("fk_shows_moment_item_id")),
        sa.ForeignKeyConstraint(["show_id"], ["shows_show.id"], name=op.f("fk_shows_moment_show_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shows_moment")),
    )
    op.create_index("ix_shows_moment_item_started", "shows_moment", ["item_id", "started_at"], unique=False)
    op.create_index("ix_shows_moment_show_started", "shows_moment", ["show_id", "started_at"], unique=False)
    op.create_table(
        "shows_request",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("show_id", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("person_key", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("moment_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["shows_item.id"], name=op.f("fk_shows_request_item_id")),
        sa.ForeignKeyConstraint(["show_id"], ["shows_show.id"], name=op.f("fk_shows_request_show_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shows_request")),
    )
    op.create_index("ix_shows_request_moment", "shows_request", ["moment_id", "state"], unique=False)
    op.create_index("ix_shows_request_person", "shows_request", ["show_id", "person_key"], unique=False)
    op.create_index("ix_shows_request_waiting", "shows_request", ["show_id", "state", "item_id"], unique=False)
    op.create_index(
        "uq_shows_request_open",
        "shows_request",
        ["show_id", "item_id", "person_key"],
        unique=True,
        sqlite_where=sa.text("state <> 'answered'"),
        postgresql_where=sa.text("state <> 'answered'"),
    )
    op.create_table(
        "catalog_variant",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("product_id", sa.Text(), nullable=False),
        sa.Column("option_key", sa.Text(), nullable=False),
        sa.Column("option_values", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("barcode", sa.Text(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("compare_at_minor", sa.BigInteger(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("price_minor >= 0", name=op.f("ck_catalog_variant_price_not_negative")),
        sa.ForeignKeyConstraint(["product_id"], ["catalog_product.id"], name=op.f("fk_catalog_variant_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_variant")),
    )
    op.create_index("uq_catalog_variant_options", "catalog_variant", ["product_id", "option_key"], unique=True)
    op.create_table(
        "sales_order_line",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("hold_id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("product_id", sa.Text(), nullable=False),
        sa.Column("variant_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("variant_title", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_rate_basis_points", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("lowest_30d_minor", sa.BigInteger(), nullable=True),
        sa.Column("claims_shown", sa.Text(), nullable=False),
        sa.Column("show_id", sa.Text(), nullable=True),
        sa.Column("item_id", sa.Text(), nullable=True),
        sa.Column("item_number", sa.Integer(), nullable=True),
        sa.Column("moment_id", sa.Text(), nullable=True),
        sa.Column("media_at", sa.BigInteger(), nullable=True),
        sa.Column("opened_at", sa.BigInteger(), nullable=True),
        sa.Column("held_at", sa.BigInteger(), nullable=False),
        sa.Column("placed_at", sa.BigInteger(), nullable=False),
        sa.Column("host_opened_id", sa.Text(), nullable=True),
        sa.Column("host_opened_name", sa.Text(), nullable=True),
        sa.Column("host_placed_id", sa.Text(), nullable=True),
        sa.Column("host_placed_name", sa.Text(), nullable=True),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("seller_name", sa.Text(), nullable=False),
        sa.Column("seller_legal_identity", sa.Text(), nullable=False),
        sa.Column("terms_version", sa.Text(), nullable=False),
        sa.CheckConstraint("amount_minor = price_minor * quantity", name=op.f("ck_sales_order_line_amount")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_sales_order_line_quantity")),
        sa.ForeignKeyConstraint(["order_id"], ["sales_order.id"], name=op.f("fk_sales_order_line_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales_order_line")),
        sa.UniqueConstraint("hold_id", name=op.f("uq_sales_order_line_hold_id")),
    )
    op.create_index(op.f("ix_sales_order_line_order_id"), "sales_order_line", ["order_id"], unique=False)
    op.create_index(op.f("ix_sales_order_line_show_id"), "sales_order_line", ["show_id"], unique=False)
    op.create_index(op.f("ix_sales_order_line_variant_id"), "sales_order_line", ["variant_id"], unique=False)
    op.create_table(
        "catalog_price",
        sa.Column("variant_id", sa.Text(), nullable=False),
        sa.Column("from_at", sa.BigInteger(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.ForeignKeyConstraint(["variant_id"], ["catalog_variant.id"], name=op.f("fk_catalog_price_variant_id")),
        sa.PrimaryKeyConstraint("variant_id", "from_at", name=op.f("pk_catalog_price")),
    )
    op.create_table(
        "catalog_stock",
        sa.Column("variant_id", sa.Text(), nullable=False),
        sa.Column("on_hand", sa.BigInteger(), nullable=False),
        sa.Column("held", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("sold", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("imported_quantity", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "held >= 0 AND sold >= 0 AND held + sold <= on_hand", name=op.f("ck_catalog_stock_never_oversold")
        ),
        sa.ForeignKeyConstraint(["variant_id"], ["catalog_variant.id"], name=op.f("fk_catalog_stock_variant_id")),
        sa.PrimaryKeyConstraint("variant_id", name=op.f("pk_catalog_stock")),
    )
    own = SQLITE_STATEMENTS if op.get_bind().dialect.name == "sqlite" else POSTGRESQL_STATEMENTS
    for statement in own:
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("The first schema has no earlier one: restore a backup instead.")
