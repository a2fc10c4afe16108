"""What was planned about a wave's analysis is not changed once the wave has opened."""

from migrations.immutability import never

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    never("UPDATE", "wave", when="OLD.state <> 'planned'", column="plan")
