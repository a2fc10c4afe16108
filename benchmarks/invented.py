"""An invented wave put straight into a box, sealed and closed: for measuring and for tests of releases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib import resources
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import insert
from sqlalchemy.orm import Session

from surveys.analysis.waves.fieldwork import FieldworkCounts
from surveys.instrument import Instrument
from surveys.records.areas import Area
from surveys.records.kinds import Channel, Mode, WaveState
from surveys.records.passes import DesignPsu
from surveys.records.responses import Response
from surveys.records.waves import InstrumentVersion, Margin, Wave
from surveys.sampling.allocation import psus_per_town
from surveys.sampling.areas import YUBEI, towns_of_yubei
from surveys.sampling.draw import Draw, draw_sample
from surveys.simulation.fieldwork import Fieldwork, simulate
from surveys.simulation.frame import synthetic_frame
from surveys.simulation.people import People
from surveys.simulation.population import census_margins, town_margins
from surveys.simulation.raw import raw_answers
from surveys.simulation.volunteers import volunteers

NOW = datetime(2021, 12, 20, 2, 0, tzinfo=UTC)


@dataclass(frozen=True)
class InventedWave:
    """A closed wave in the box, with what the registrar would know of its fieldwork."""

    wave: Wave
    fieldwork: FieldworkCounts


def catalog(name: str) -> str:
    """The text of an instrument that comes with the program."""
    return resources.files("surveys.catalog").joinpath(f"{name}.toml").read_text(encoding="utf-8")


def keep_wave(box: Session, content: str, code: str, plan: dict[str, Any] | None = None) -> Wave:
    """A closed synthetic wave of an instrument, without answers."""
    instrument = Instrument.parse(content)
    version = InstrumentVersion(
        code=instrument.code,
        version=instrument.version,
        content=content,
        sha256=instrument.sha256,
        published_at=NOW,
    )
    wave = Wave(
        code=code,
        title={"zh": "渝北区 2021 年普法测评", "en": "Yubei legal-awareness assessment 2021"},
        instrument_version=version,
        area_scheme="stats",
        area_code=YUBEI,
        area_name={"zh": "渝北区", "en": "Yubei District"},
        commissioner="bureau",
        commissioner_name={"zh": "渝北区司法局（模拟）", "en": "Yubei Justice Bureau (synthetic)"},
        assessor="assessor",
        assessor_name={"zh": "模拟第三方测评机构", "en": "Synthetic third-party assessor"},
        opens_at=datetime(2021, 10, 8, 0, 0, tzinfo=UTC),
        closes_at=datetime(2021, 11, 30, 16, 0, tzinfo=UTC),
        approval_body="渝北区统计局（模拟）",
        approval_number="渝北统审〔2021〕0号（模拟）",
        approval_expires=date(2021, 12, 31),
        contact="023-0000 0000",
        synthetic=True,
        state=WaveState.CLOSED,
        log_id=bytes(16),
        plan=plan or {},
    )
    box.add(wave)
    box.flush()
    return wave


def keep_design(box: Session, wave: Wave, draw: Draw) -> None:
    """The drawn PSUs, the population margins and the towns."""
    box.execute(
        insert(DesignPsu),
        [
            {
                "wave_id": wave.id,
                "stratum": psu.stratum,
                "psu": psu.psu,
                "town": psu.town,
                "dwellings": psu.dwellings,
                "stratum_dwellings": psu.stratum_dwellings,
                "psus_drawn": psu.psus_drawn,
                "inclusion_probability": psu.inclusion_probability,
                "take": psu.take,
                "base_weight": psu.base_weight,
            }
            for psu in draw.psus
        ],
    )
    drawn = {psu.town for psu in draw.psus}
    margins = [("age*sex", cell) for cell in census_margins()] if len(drawn) == 30 else []
    margins += [("town", cell) for cell in town_margins() if cell.key in drawn]
    box.add_all(
        Margin(
            wave_id=wave.id,
            name=name,
            key=cell.key,
            total=cell.total,
            source=cell.source,
            dated=cell.dated,
            synthetic=cell.synthetic,
        )
        for name, cell in margins
    )
    keep_towns(box)


def keep_towns(box: Session) -> None:
    """Yubei's towns in register order."""
    for position, area in enumerate(towns_of_yubei()):
        box.add(
            Area(
                scheme=area.scheme,
                code=area.code,
                valid_from=area.valid_from or date(1994, 1, 1),
                valid_to=area.valid_to,
                parent=area.parent,
                kind=area.kind,
                name={"zh": area.name_zh, "en": area.name_en},
                position=position,
                source=area.source,
            )
        )
    box.flush()


def keep_answers(box: Session, wave: Wave, people: People, seed: str, channel: Channel, form: str) -> None:
    """The people's answers as sealed responses."""
    instrument = Instrument.parse(wave.instrument_version.content)
    rng = np.random.default_rng(len(people["age"]))
    rows = []
    for place, raw in enumerate(raw_answers(instrument, people, seed, form)):
        answers = instrument.read(raw, form)
        rows.append(
            _placed(people, place, channel)
            | {
                "id": UUID(bytes=rng.bytes(16)),
                "wave_id": wave.id,
                "instrument_version_id": wave.instrument_version_id,
                "form": form,
                "cell": instrument.cell(answers),
                "marks": instrument.marks(answers),
                "scores": instrument.scores(answers),
                "answers": answers.canonical(),
                "receipt_id": rng.bytes(16),
                "commitment_key": rng.bytes(32),
            }
        )
    if rows:
        box.execute(insert(Response), rows)


def _placed(people: People, place: int, channel: Channel) -> dict[str, Any]:
    opened = channel is Channel.OPEN
    return {
        "mode": Mode(str(people["mode"][place])),
        "channel": channel,
        "phase": int(people["phase"][place]),
        "stratum": "" if opened else str(people["stratum"][place]),
        "psu": "" if opened else str(people["psu"][place]),
        "town": str(people["town"][place]),
        "base_weight": 1.0 if opened else float(people["base_weight"][place]),
    }


def keep_simulated(box: Session, wave: Wave, draw: Draw, work: Fieldwork, seed: str, opened: int = 0) -> InventedWave:
    """A draw with its simulated fieldwork, and some volunteers."""
    keep_design(box, wave, draw)
    keep_answers(box, wave, work.people, seed, Channel.INVITED, "resident")
    keep_answers(box, wave, volunteers(seed, opened), seed, Channel.OPEN, "open")
    box.flush()
    ineligible = int((work.disposition == "ineligible").sum())
    return InventedWave(wave, FieldworkCounts(len(work.disposition), ineligible))


def demonstration_draw(seed: str, take: int = 20, towns: Sequence[str] = ()) -> Draw:
    """A draw of the demonstration's design, or of some of its towns."""
    frame = synthetic_frame(seed)
    sizes = {town: count.dwellings for town, count in frame.counts.items() if not towns or town in towns}
    return draw_sample(frame, psus_per_town(sizes), seed, take=take, reserve=0)


def demonstration(box: Session, take: int = 20, opened: int = 800, seed: str = "minping") -> InventedWave:
    """The legal-awareness wave of the demonstration: about 180 completes for each dwelling taken in a PSU."""
    draw = demonstration_draw(seed, take)
    wave = keep_wave(box, catalog("legal_awareness"), "yubei-2021")
    return keep_simulated(box, wave, draw, simulate(draw, seed), seed, opened)
