"""Loading the demonstration from nothing: cast, areas, instruments, four waves and their releases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

from surveys.analysis.waves.plan_kept import RESIDENTS, default_plan, lodge
from surveys.catalog import catalog_codes, catalog_content
from surveys.collection.entry import new_poster
from surveys.collection.plan import WavePlan
from surveys.collection.publish import instrument_of, publish
from surveys.collection.sealed import new_key_pair
from surveys.collection.waves import new_wave, open_wave
from surveys.records.waves import Wave
from surveys.sampling.allocation import psus_per_town
from surveys.sampling.area_store import keep_areas
from surveys.sampling.areas import areas_of_yubei
from surveys.sampling.frame import FrameFile
from surveys.simulation.fieldwork import simulate
from surveys.simulation.frame import synthetic_frame
from surveys.simulation.hard_cases import LONELY, PSUS, TOWNS, hard_wave, small_frame
from webapp.db import Stores
from webapp.demonstration import plans
from webapp.demonstration.cast import keep_cast
from webapp.demonstration.evaluation import evaluate
from webapp.demonstration.publish import release_wave
from webapp.demonstration.standing import LIVE
from webapp.demonstration.survey import Filled, Progress, field, sample

SEED = "模拟-2021"
RELEASED = datetime(2022, 1, 10, tzinfo=UTC)
LODGED_BEFORE = timedelta(days=7)  # the opening


def load(stores: Stores, now: datetime, progress: Progress) -> dict[str, bytes]:
    """Fill empty, migrated stores; gives the private keys of the waves' sealed codes by wave code."""
    progress("cast", 0, 1)
    versions = ground(stores, now)
    keys = {code: new_key_pair() for code in ("yubei-2021", "yubei-2021-small", LIVE)}
    awareness, evaluation = versions[plans.AWARENESS], versions[plans.EVALUATION]
    progress("cast", 1, 1)
    frame = synthetic_frame(SEED)

    cases = planned(stores, plans.case_plan(evaluation), now)
    evaluate(stores, cases, cases.opens_at)
    release_wave(stores, cases, RELEASED, progress)

    survey = planned(stores, plans.survey_plan(awareness, keys["yubei-2021"].public), now)
    large = Filled(frame, default_allocation(frame), partial(simulate, seed=SEED), 600, SEED)
    field(stores, survey, sample(stores, survey, large, survey.opens_at, progress), large, progress)
    release_wave(stores, survey, RELEASED, progress)

    small = planned(stores, plans.hard_plan(awareness, keys["yubei-2021-small"].public), now)
    hard = hard_filled(frame)
    field(stores, small, sample(stores, small, hard, small.opens_at, progress), hard, progress)
    release_wave(stores, small, RELEASED, progress)

    live = planned(stores, plans.live_plan(awareness, keys[LIVE].public, now), now)
    sample(stores, live, hard, now, progress)
    with stores.box_transaction() as box:
        open_wave(box, live, now)
        new_poster(box, live, "模拟·试答")
    return {code: pair.private for code, pair in keys.items()}


def ground(stores: Stores, now: datetime) -> dict[str, str]:
    """Cast, areas and published instruments; gives the version of each instrument."""
    with stores.registrar_transaction() as registrar:
        keep_cast(registrar, now)
    with stores.box_transaction() as box:
        keep_areas(box, areas_of_yubei())
        published = [publish(box, catalog_content(code), now) for code in catalog_codes()]
        return {version.code: version.version for version in published}


def planned(stores: Stores, plan: WavePlan, now: datetime) -> Wave:
    """Keep a planned wave with its analysis plan lodged, and its instrument at hand."""
    with stores.box_transaction() as box:
        wave = new_wave(box, plan, now)
        instrument = instrument_of(wave)
        if RESIDENTS in instrument.forms:
            lodge(box, wave, instrument, default_plan(instrument, wave).text.encode(), wave.opens_at - LODGED_BEFORE)
        box.refresh(wave, ["instrument_version"])
        return wave


def default_allocation(frame: FrameFile) -> dict[str, int]:
    """PSUs by town after the rule of docs/sampling.md."""
    dwellings = {town: count.dwellings for town, count in frame.counts.items()}
    return dict(psus_per_town(dwellings))


def hard_filled(frame: FrameFile) -> Filled:
    """The small wave's making."""
    allocation = {town: 1 if town == LONELY else PSUS for town in TOWNS}
    return Filled(small_frame(frame), allocation, lambda draw: hard_wave(frame, SEED)[1], 30, SEED)
