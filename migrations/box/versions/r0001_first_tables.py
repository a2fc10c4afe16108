"""First tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "area",
        sa.Column("scheme", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("parent", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("successor_name", sa.JSON(), nullable=False),
        sa.Column("successor_code", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("scheme", "code", "valid_from", name=op.f("pk_area")),
    )
    op.create_table(
        "instrument_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("published_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instrument_version")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_instrument_version_code_version")),
    )
    op.create_table(
        "wave",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("instrument_version_id", sa.Integer(), nullable=False),
        sa.Column("area_scheme", sa.String(length=64), nullable=False),
        sa.Column("area_code", sa.String(length=64), nullable=False),
        sa.Column("area_name", sa.JSON(), nullable=False),
        sa.Column("commissioner", sa.String(length=64), nullable=False),
        sa.Column("commissioner_name", sa.JSON(), nullable=False),
        sa.Column("assessor", sa.String(length=64), nullable=False),
        sa.Column("assessor_name", sa.JSON(), nullable=False),
        sa.Column("opens_at", sa.DateTime(), nullable=False),
        sa.Column("closes_at", sa.DateTime(), nullable=False),
        sa.Column("time_zone", sa.String(length=200), nullable=False),
        sa.Column("approval_body", sa.String(length=200), nullable=False),
        sa.Column("approval_number", sa.String(length=200), nullable=False),
        sa.Column("approval_expires", sa.Date(), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("planned", "open", "closed", name="wavestate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("phase", sa.Integer(), nullable=False),
        sa.Column("booklets", sa.Integer(), nullable=False),
        sa.Column("log_id", sa.LargeBinary(), nullable=False),
        sa.Column("assessor_key", sa.LargeBinary(), nullable=False),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["instrument_version_id"],
            ["instrument_version.id"],
            name=op.f("fk_wave_instrument_version_id_instrument_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wave")),
        sa.UniqueConstraint("code", name=op.f("uq_wave_code")),
    )
    op.create_table(
        "answered",
        sa.Column("registrar_fingerprint", sa.LargeBinary(length=32), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("psu", sa.String(length=64), nullable=False),
        sa.Column("leaving", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_answered_wave_id_wave")),
        sa.PrimaryKeyConstraint("registrar_fingerprint", name=op.f("pk_answered")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("answered", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answered_wave_id"), ["wave_id"], unique=False)

    op.create_table(
        "arrival",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(length=32), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("instrument_version_id", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(length=64), nullable=False),
        sa.Column(
            "mode",
            sa.Enum("self", "interviewer", "telephone", "paper", name="mode", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column(
            "channel",
            sa.Enum("invited", "open", "panel", "party", name="channel", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("phase", sa.Integer(), nullable=False),
        sa.Column("stratum", sa.String(length=64), nullable=False),
        sa.Column("psu", sa.String(length=64), nullable=False),
        sa.Column("town", sa.String(length=64), nullable=False),
        sa.Column("base_weight", sa.Double(), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("rater", sa.String(length=64), nullable=False),
        sa.Column("cell", sa.Text(), nullable=False),
        sa.Column("marks", sa.Text(), nullable=False),
        sa.Column("scores", sa.JSON(), nullable=False),
        sa.Column("answers", sa.LargeBinary(), nullable=False),
        sa.Column("receipt_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("commitment_key", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["instrument_version_id"],
            ["instrument_version.id"],
            name=op.f("fk_arrival_instrument_version_id_instrument_version"),
        ),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_arrival_wave_id_wave")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrival")),
        sa.UniqueConstraint("wave_id", "fingerprint", "subject", name=op.f("uq_arrival_wave_id_fingerprint_subject")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("arrival", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_arrival_wave_id"), ["wave_id"], unique=False)

    op.create_table(
        "checkpoint",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_checkpoint_wave_id_wave")),
        sa.PrimaryKeyConstraint("wave_id", "batch", name=op.f("pk_checkpoint")),
    )
    op.create_table(
        "design_psu",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("stratum", sa.String(length=64), nullable=False),
        sa.Column("psu", sa.String(length=64), nullable=False),
        sa.Column("town", sa.String(length=64), nullable=False),
        sa.Column("dwellings", sa.Integer(), nullable=False),
        sa.Column("stratum_dwellings", sa.Integer(), nullable=False),
        sa.Column("psus_drawn", sa.Integer(), nullable=False),
        sa.Column("inclusion_probability", sa.Double(), nullable=False),
        sa.Column("take", sa.Integer(), nullable=False),
        sa.Column("base_weight", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_design_psu_wave_id_wave")),
        sa.PrimaryKeyConstraint("wave_id", "stratum", "psu", name=op.f("pk_design_psu")),
    )
    op.create_table(
        "drawn_case",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("body", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=200), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("register_size", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_drawn_case_wave_id_wave")),
        sa.PrimaryKeyConstraint("wave_id", "code", name=op.f("pk_drawn_case")),
    )
    op.create_table(
        "leaf",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(length=32), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("tag", sa.LargeBinary(length=32), nullable=False),
        sa.Column("commitment", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_leaf_wave_id_wave")),
        sa.PrimaryKeyConstraint("wave_id", "position", name=op.f("pk_leaf")),
    )
    with op.batch_alter_table("leaf", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_leaf_tag"), ["tag"], unique=False)

    op.create_table(
        "margin",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_margin_wave_id_wave")),
        sa.PrimaryKeyConstraint("wave_id", "name", "key", name=op.f("pk_margin")),
    )
    op.create_table(
        "pending_leaf",
        sa.Column("leaf", sa.LargeBinary(length=32), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("tag", sa.LargeBinary(length=32), nullable=False),
        sa.Column("commitment", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_pending_leaf_wave_id_wave")),
        sa.PrimaryKeyConstraint("leaf", name=op.f("pk_pending_leaf")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("pending_leaf", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pending_leaf_wave_id"), ["wave_id"], unique=False)

    op.create_table(
        "poster",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=64), nullable=False),
        sa.Column("form", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_poster_wave_id_wave")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_poster")),
    )
    op.create_table(
        "release",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(), nullable=False),
        sa.Column("released_at", sa.DateTime(), nullable=True),
        sa.Column("released_by", sa.String(length=200), nullable=False),
        sa.Column("erratum_of", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("companion_id", sa.Integer(), nullable=True),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("definitions", sa.JSON(), nullable=False),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["companion_id"], ["release.id"], name=op.f("fk_release_companion_id_release")),
        sa.ForeignKeyConstraint(["erratum_of"], ["release.id"], name=op.f("fk_release_erratum_of_release")),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_release_wave_id_wave")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release")),
        sa.UniqueConstraint("wave_id", "number", name=op.f("uq_release_wave_id_number")),
    )
    with op.batch_alter_table("release", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_release_wave_id"), ["wave_id"], unique=False)

    op.create_table(
        "response",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("instrument_version_id", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(length=64), nullable=False),
        sa.Column(
            "mode",
            sa.Enum("self", "interviewer", "telephone", "paper", name="mode", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column(
            "channel",
            sa.Enum("invited", "open", "panel", "party", name="channel", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("phase", sa.Integer(), nullable=False),
        sa.Column("stratum", sa.String(length=64), nullable=False),
        sa.Column("psu", sa.String(length=64), nullable=False),
        sa.Column("town", sa.String(length=64), nullable=False),
        sa.Column("base_weight", sa.Double(), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("rater", sa.String(length=64), nullable=False),
        sa.Column("cell", sa.Text(), nullable=False),
        sa.Column("marks", sa.Text(), nullable=False),
        sa.Column("scores", sa.JSON(), nullable=False),
        sa.Column("answers", sa.LargeBinary(), nullable=False),
        sa.Column("receipt_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("commitment_key", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["instrument_version_id"],
            ["instrument_version.id"],
            name=op.f("fk_response_instrument_version_id_instrument_version"),
        ),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_response_wave_id_wave")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("response", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_response_wave_id"), ["wave_id"], unique=False)

    op.create_table(
        "slot",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column(
            "channel",
            sa.Enum("invited", "open", "panel", "party", name="channel", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("form", sa.String(length=64), nullable=False),
        sa.Column("booklet", sa.Integer(), nullable=False),
        sa.Column("stratum", sa.String(length=64), nullable=False),
        sa.Column("psu", sa.String(length=64), nullable=False),
        sa.Column("town", sa.String(length=64), nullable=False),
        sa.Column("base_weight", sa.Double(), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("rater", sa.String(length=64), nullable=False),
        sa.Column("spent", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_slot_wave_id_wave")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("slot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_slot_wave_id"), ["wave_id"], unique=False)

    op.create_table(
        "town_count",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("town", sa.String(length=64), nullable=False),
        sa.Column(
            "channel",
            sa.Enum("invited", "open", "panel", "party", name="channel", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_town_count_wave_id_wave")),
        sa.PrimaryKeyConstraint("wave_id", "town", "channel", name=op.f("pk_town_count")),
    )
    op.create_table(
        "veto_confirmation",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("case_code", sa.String(length=64), nullable=False),
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("assessor", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_veto_confirmation_wave_id_wave")),
        sa.PrimaryKeyConstraint("wave_id", "case_code", "item", "assessor", name=op.f("pk_veto_confirmation")),
    )
    op.create_table(
        "figure",
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column(
            "audience", sa.Enum("public", "official", name="audience", native_enum=False, length=32), nullable=False
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=64), nullable=False),
        sa.Column("indicator", sa.String(length=64), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("domain", sa.String(length=64), nullable=False),
        sa.Column("domain_code", sa.String(length=64), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("n_eff", sa.Double(), nullable=True),
        sa.Column("df", sa.Double(), nullable=True),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("se", sa.Double(), nullable=True),
        sa.Column("lower", sa.Double(), nullable=True),
        sa.Column("upper", sa.Double(), nullable=True),
        sa.Column("deff", sa.Double(), nullable=True),
        sa.Column("method", sa.String(length=64), nullable=False),
        sa.Column("flag", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("reason_values", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_figure_release_id_release")),
        sa.PrimaryKeyConstraint("release_id", "audience", "position", name=op.f("pk_figure")),
    )
    op.create_table(
        "pass",
        sa.Column("fingerprint", sa.LargeBinary(length=32), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "invitation", "reminder", "visit", "reissue", "poster", name="passkind", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("batch", sa.Uuid(), nullable=False),
        sa.Column("void", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_pass_slot_id_slot")),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_pass_wave_id_wave")),
        sa.PrimaryKeyConstraint("fingerprint", "subject", name=op.f("pk_pass")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("pass", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pass_batch"), ["batch"], unique=False)
        batch_op.create_index(batch_op.f("ix_pass_slot_id"), ["slot_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_pass_wave_id"), ["wave_id"], unique=False)

    op.create_table(
        "rendition",
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column(
            "audience", sa.Enum("public", "official", name="audience", native_enum=False, length=32), nullable=False
        ),
        sa.Column("format", sa.String(length=64), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=200), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_rendition_release_id_release")),
        sa.PrimaryKeyConstraint("release_id", "audience", "format", name=op.f("pk_rendition")),
    )
