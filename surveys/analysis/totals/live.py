"""The group-by on the live store, SQLite and PostgreSQL: the counts and sums that every figure is made from.

Answers are added up where they lie; what comes back are rows by channel, place in the design, base weight and cell
(docs/methodology.md#sufficient-statistics).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Double, FromClause, Select, String, case, cast, column, func, select, text, true
from sqlalchemy.orm import Session

from surveys.analysis.totals.partial import Partial, added
from surveys.analysis.totals.query import BITS, Key, added_up, partial_of, score_column
from surveys.analysis.totals.sums import UNSCORED, ScoreSums, Totals
from surveys.analysis.totals.wanted import MISSING_MARKS, Wanted, items_read
from surveys.records.passes import DesignPsu
from surveys.records.responses import Response

__all__ = [
    "BITS", "HOUSEHOLD", "MISSING_MARKS", "UNSCORED", "ScoreSums", "Totals", "Wanted", "certain_strata", "is_certain",
    "items_read", "responses", "sums_of_wave", "totals",
]  # fmt: skip

HOUSEHOLD = "#"  # between a certainty PSU and one of its answering households
DIGITS = 9  # of a household's number, so that texts sort as numbers do
ROOM = "SET LOCAL work_mem = '256MB'"  # for one hash table of groups; the default of 4 MB spills to disk


def totals(box: Session, wave_id: int, wanted: Wanted) -> Totals:
    """Add up all sealed answers of a wave without a subject (evaluations of cases are not residents' answers)."""
    return Totals.of(sums_of_wave(box, wave_id, wanted), wanted)


def sums_of_wave(box: Session, wave_id: int, wanted: Wanted) -> Partial:
    """The same as sums by key, in ascending order."""
    certain = certain_strata(box, wave_id)
    relation = _relation(box, wave_id, wanted.all_scores, certain)

    def run(together: int) -> Mapping[str, Sequence[Any]]:
        found = box.connection().execute(added_up(relation, wanted, together))
        names, rows = list(found.keys()), found.all()
        columns = dict(zip(names, zip(*rows, strict=True), strict=True)) if rows else {name: () for name in names}
        return columns | {"psu": numbered(columns["stratum"], columns["psu"], certain)}

    return added([partial_of(run, wanted)])


def is_certain(psu: DesignPsu) -> bool:
    """Whether a PSU was certain to be drawn: a stratum of its own, whose households are the PSUs."""
    return psu.inclusion_probability >= 1


def certain_strata(box: Session, wave_id: int) -> list[str]:
    """The strata of PSUs that were certain to be drawn."""
    certain = DesignPsu.inclusion_probability >= 1
    found = select(DesignPsu.stratum).where(DesignPsu.wave_id == wave_id, certain).order_by(DesignPsu.stratum)
    return list(box.scalars(found))


def numbered(strata: Sequence[str], psus: Sequence[str], certain: Sequence[str]) -> list[str]:
    """PSUs with the households of a certainty PSU numbered in the order of their random ids, which stay behind."""
    sure = set(certain)
    households = sorted({(stratum, psu) for stratum, psu in zip(strata, psus, strict=True) if stratum in sure})
    number: dict[tuple[str, str], str] = {}
    last: dict[tuple[str, str], int] = {}
    for stratum, psu in households:
        whole = (stratum, psu.rpartition(HOUSEHOLD)[0])
        last[whole] = last.get(whole, 0) + 1
        number[stratum, psu] = household(whole[1], last[whole])
    return [number.get(place, place[1]) for place in zip(strata, psus, strict=True)] if number else list(psus)


def household(psu: str, number: int) -> str:
    """What an answering household of a certainty PSU is called."""
    return f"{psu}{HOUSEHOLD}{number:0{DIGITS}d}"


@dataclass(frozen=True)
class Live:
    """A wave's responses, scores taken out of JSON once."""

    rows: FromClause

    def score(self, name: str) -> Key:
        return self.rows.c[score_column(name)]

    def mark(self, _item: str, position: int) -> Key:
        return func.substr(self.rows.c.marks, position, 1)


def _relation(box: Session, wave_id: int, scores: Sequence[str], certain: Sequence[str]) -> Live:
    """On SQLite kept for the moment, so that JSON is read once; PostgreSQL's workers share it out between them."""
    chosen = responses(box, wave_id, scores, certain)
    if box.get_bind().dialect.name != "postgresql":
        return Live(chosen.cte("answer").prefix_with("MATERIALIZED"))
    box.execute(text(ROOM))
    return Live(chosen.subquery("answer"))


def responses(box: Session, wave_id: int, scores: Sequence[str], certain: Sequence[str]) -> Select[Any]:
    """Each answer's place, marks and scores (`score_column`); the PSU is still that of `psu_of`."""
    # channel as plain text: an Enum column would make a Python object for each of many thousand rows
    channel = cast(Response.channel, Response.stratum.type).label("channel")
    place = (Response.stratum, _psu(certain), Response.town, Response.base_weight, Response.cell, Response.marks)
    taken = {"postgresql": _record, "sqlite": _paths}[box.get_bind().dialect.name]
    chosen = taken(select(channel, *place), scores)
    return chosen.where(Response.wave_id == wave_id, Response.subject == "")


def _psu(certain: Sequence[str]) -> Key:
    """The PSU an answer counts for. Source: docs/sampling.md#the-draw, certainty PSUs."""
    if not certain:
        return Response.psu.expression
    one = Response.psu + HOUSEHOLD + cast(Response.id, String)
    return case((Response.stratum.in_(certain), one), else_=Response.psu).label("psu")


def _paths(chosen: Select[Any], scores: Sequence[str]) -> Select[Any]:
    """One look into the JSON for each score."""
    return chosen.add_columns(*(Response.scores[name].as_float().label(score_column(name)) for name in scores))


def _record(chosen: Select[Any], scores: Sequence[str]) -> Select[Any]:
    """All scores in one look: PostgreSQL reads the JSON text anew for each `->>`, which took most of the time."""
    if not scores:
        return chosen
    fields = func.json_to_record(Response.scores).table_valued(*(column(name, Double) for name in scores))
    record = fields.render_derived(name="scored", with_types=True)
    taken = chosen.join_from(Response, record, true())
    return taken.add_columns(*(record.c[name].label(score_column(name)) for name in scores))
