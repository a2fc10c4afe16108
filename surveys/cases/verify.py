"""Drawing again from the kept register and seed, to see that the published cases are the drawn ones."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from surveys.cases.draw import draw_cases
from surveys.cases.store import drawn_cases, kept_rows, register_of
from surveys.errors import Conflict


@dataclass(frozen=True)
class DrawCheck:
    """What a second draw found: whether the register is as it was, and the case codes that do not agree."""

    register_agrees: bool
    missing: tuple[str, ...]  # drawn, and not published
    foreign: tuple[str, ...]  # published, and not drawn

    @property
    def agrees(self) -> bool:
        return self.register_agrees and not self.missing and not self.foreign


def verify_draw(box: Session, registrar: Session, wave_id: int) -> DrawCheck:
    """Repeat the draw and compare; raises Conflict before a draw, NotFound without a register."""
    kept = register_of(registrar, wave_id)
    if not kept.drawn:
        raise Conflict("cases.not_drawn_yet")
    register = kept_rows(registrar, kept)
    expected = {_facts(row): row.code for row in draw_cases(register, kept.seed, kept.drawn)}
    published = {_facts(case): case.code for case in drawn_cases(box, wave_id)}
    return DrawCheck(
        register.sha256 == kept.sha256,
        tuple(code for facts, code in expected.items() if facts not in published),
        tuple(code for facts, code in published.items() if facts not in expected),
    )


def _facts(case: object) -> tuple[object, ...]:
    return tuple(getattr(case, name) for name in ("code", "body", "kind", "closed_on"))
