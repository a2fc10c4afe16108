"""Filling a legal-awareness wave: everything enters by the doors that a real wave uses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import select

from surveys.collection.codes import AccessCode, new_nonce
from surveys.collection.contacts import log_contact
from surveys.collection.entry import new_poster
from surveys.collection.publish import instrument_of
from surveys.collection.submit import submit, submit_open
from surveys.collection.waves import open_wave
from surveys.records.frames import Unit
from surveys.records.kinds import Disposition, Mode
from surveys.records.waves import Wave
from surveys.sampling.draw import Draw
from surveys.sampling.frame import FrameFile
from surveys.sampling.store import keep_frame, keep_margins, publish_design, run_draw
from surveys.simulation.fieldwork import Fieldwork
from surveys.simulation.people import People
from surveys.simulation.population import census_margins, town_margins
from surveys.simulation.raw import Raw, raw_answers
from surveys.simulation.volunteers import volunteers
from webapp.db import Stores
from webapp.demonstration.cast import ASSESSOR
from webapp.ending import end_phase, end_wave
from webapp.issuing import issue_codes

Progress = Callable[[str, int, int], None]  # step, done, total
CHUNK = 200
PHASES = 4
SAID = {
    "refused": Disposition.REFUSED,
    "non_contact": Disposition.NON_CONTACT,
    "ineligible": Disposition.INELIGIBLE,
}


@dataclass(frozen=True)
class Filled:
    """What one survey wave of the demonstration is made from."""

    frame: FrameFile
    allocation: Mapping[str, int]
    fieldwork: Callable[[Draw], Fieldwork]
    volunteers: int
    seed: str


def sample(stores: Stores, wave: Wave, filled: Filled, now: datetime, progress: Progress) -> Draw:
    """Frame, draw, design and margins of a planned wave."""
    progress("frame", 0, 2)
    with stores.registrar_transaction() as registrar:
        keep_frame(registrar, wave, ASSESSOR[0], filled.frame, "模拟抽样框.csv", now)
    progress("frame", 1, 2)
    with stores.registrar_transaction() as registrar:
        draw = run_draw(registrar, wave, dict(filled.allocation), filled.seed, now)
    with stores.box_transaction() as box:
        publish_design(box, wave, draw)
        towns = set(filled.allocation)
        keep_margins(box, wave, "town", [cell for cell in town_margins() if cell.key in towns])
        if len(towns) == len(town_margins()):  # the census speaks of the whole district only
            keep_margins(box, wave, "age*sex", census_margins())
    progress("frame", 2, 2)
    return draw


def field(stores: Stores, wave: Wave, draw: Draw, filled: Filled, progress: Progress) -> None:
    """Letters, answers phase by phase, volunteers, contacts, sealing and closing."""
    codes = letters(stores, wave, draw, progress)
    work = filled.fieldwork(draw)
    with stores.box_transaction() as box:
        open_wave(box, wave, wave.opens_at)
        poster = new_poster(box, wave, "模拟·办事大厅").code
    contacts(stores, wave, draw, work)
    instrument = instrument_of(wave)
    raws = list(raw_answers(instrument, work.people, filled.seed))
    for phase in range(PHASES):
        now = wave.opens_at + timedelta(days=7 + 20 * phase)
        answers(stores, now, _of_phase(work.people, raws, codes, phase), (phase, len(raws)), progress)
        if phase == 0:
            walk_in(stores, wave, poster, filled, now)
        end_wave(stores, wave) if phase == PHASES - 1 else end_phase(stores, wave)


def letters(stores: Stores, wave: Wave, draw: Draw, progress: Progress) -> list[AccessCode]:
    """The codes of all issued units, in the order of `draw.issued`."""
    issued = draw.issued
    codes: dict[tuple[str, int], AccessCode] = {}
    while some := issue_codes(stores, wave, most=1000):
        codes |= {(one.unit.psu, one.unit.dwelling): one.invitation for one in some}
        progress("letters", len(codes), len(issued))
    return [codes[unit.psu, unit.dwelling] for unit in issued]


def answers(
    stores: Stores,
    now: datetime,
    given: Iterator[tuple[AccessCode, Raw, Mode]],
    counted: tuple[int, int],
    progress: Progress,
) -> None:
    """Submit answers a chunk at a time."""
    phase, total = counted
    done = 0
    while some := list(islice(given, CHUNK)):
        with stores.box_transaction() as box:
            for code, raw, mode in some:
                submit(box, code, raw, now, mode=mode)
        done += len(some)
        progress(f"answers-{phase}", done, total)


def walk_in(stores: Stores, wave: Wave, poster: str, filled: Filled, now: datetime) -> None:
    """Volunteers of the open link."""
    given = raw_answers(instrument_of(wave), volunteers(filled.seed, filled.volunteers), filled.seed, form="open")
    with stores.box_transaction() as box:
        for raw in given:
            submit_open(box, poster, new_nonce(), raw, now)


def contacts(stores: Stores, wave: Wave, draw: Draw, work: Fieldwork) -> None:
    """What interviewers noted of those who did not answer."""
    with stores.registrar_transaction() as registrar:
        found = registrar.execute(select(Unit.psu, Unit.dwelling, Unit.id).where(Unit.wave_id == wave.id))
        ids = {(psu, dwelling): unit_id for psu, dwelling, unit_id in found}
        for unit, disposition in zip(draw.issued, work.disposition.tolist(), strict=True):
            if disposition in SAID:
                log_contact(registrar, wave.id, ids[unit.psu, unit.dwelling], SAID[disposition])


def _of_phase(
    people: People, raws: list[Raw], codes: list[AccessCode], phase: int
) -> Iterator[tuple[AccessCode, Raw, Mode]]:
    for place, raw in enumerate(raws):
        if int(people["phase"][place]) == phase:
            yield codes[int(people["unit"][place])], raw, Mode(str(people["mode"][place]))
