"""The action log and the contact log only grow."""

from migrations.immutability import never

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    never("UPDATE", "action")
    never("DELETE", "action")
    never("UPDATE", "contact")
