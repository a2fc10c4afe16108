"""Published instruments, sealed answers, the ledger and releases are never edited."""

from migrations.immutability import never

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEPT_FOR_GOOD = ("instrument_version", "leaf", "checkpoint", "figure", "rendition")
RELEASED = "OLD.released_at IS NOT NULL"


def upgrade() -> None:
    for table in KEPT_FOR_GOOD:
        never("UPDATE", table)
        never("DELETE", table)
    never("UPDATE", "response")  # a person may still withdraw: a deletion is a leaf of the ledger
    never("UPDATE", "release", when=RELEASED)
    never("DELETE", "release", when=RELEASED)
