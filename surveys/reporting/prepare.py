"""From a closed wave's sealed answers to a release with all its files, ready for the assessor to let out.

Loads numpy, scipy and the file writers: for jobs and commands, never for a web page.
"""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Callable, Sequence
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from surveys.analysis.drafts import Draft
from surveys.analysis.evaluations.figures import case_figures_of, is_case_wave
from surveys.analysis.totals.adding import AddedUp
from surveys.analysis.waves.domains import Town
from surveys.analysis.waves.fieldwork import Fieldwork
from surveys.analysis.waves.figures import figures_of, rule_of_completeness
from surveys.analysis.waves.groups import KIND, TOWN
from surveys.analysis.waves.plan_kept import without_plan
from surveys.analysis.waves.published import published
from surveys.errors import Conflict
from surveys.instrument import Instrument
from surveys.records.kinds import Audience, WaveState
from surveys.records.passes import DesignPsu
from surveys.records.releases import Figure, Release, Rendition
from surveys.records.waves import Wave
from surveys.reporting.edition import Edition, edition
from surveys.reporting.formats import FORMATS
from surveys.reporting.gate import THRESHOLD, gated
from surveys.reporting.labels import case_labels, definitions_of, wave_labels
from surveys.reporting.release import next_number
from surveys.reporting.strata import named_strata, with_strata
from surveys.reporting.suppression import Nesting
from surveys.reporting.verdicts import judged

Progress = Callable[[float, str], None]
FEWEST_PARAMETERS = 200  # rows a statement: within every database's limit of parameters


def no_progress(_done: float, _step: str) -> None:
    """For callers who do not watch."""


def prepare(
    box: Session,
    wave: Wave,
    fieldwork: Fieldwork | None,
    now: datetime,
    progress: Progress = no_progress,
    corrects: Release | None = None,
    reason: str = "",
    added: AddedUp | None = None,
) -> Release:
    """Compute, pass through the gate and keep a wave's figures for both audiences, and render every file.

    `fieldwork` holds the registrar's counts; a case evaluation needs none. With `corrects` it is an erratum, and
    `reason` must say why. `added` holds the totals of an engine; without it the box adds up. Raises Conflict when the
    wave is not closed, and AnalysisRefused when answers lie outside the design, when the margins sum to different
    populations, or when more cases are kept than their register held.
    """
    release = prepare_figures(box, wave, fieldwork, now, progress, corrects, reason, added)
    for audience in Audience:
        render(box, edition(box, release, audience), progress)
    progress(1.0, "done")
    return release


def prepare_figures(
    box: Session,
    wave: Wave,
    fieldwork: Fieldwork | None,
    now: datetime,
    progress: Progress = no_progress,
    corrects: Release | None = None,
    reason: str = "",
    added: AddedUp | None = None,
) -> Release:
    """The release with its figures, without files."""
    if wave.state is not WaveState.CLOSED:
        raise Conflict("release.wave_not_closed", wave=wave.code)
    if corrects is not None and (corrects.wave_id != wave.id or not reason.strip()):
        raise Conflict("release.erratum_without_reason", number=corrects.number)
    instrument = Instrument.parse(wave.instrument_version.content)
    computed = _cases if is_case_wave(instrument) else _awareness
    drafts, labels, facts, nestings = computed(box, wave, instrument, fieldwork, progress, added)
    counted = dict.fromkeys(draft.indicator for draft in drafts if draft.unit == "count" or draft.part == "fieldwork")
    release = Release(
        wave_id=wave.id,
        number=next_number(box, wave.id),
        prepared_at=now,
        erratum_of=corrects.id if corrects else None,
        reason=reason.strip(),
        companion_id=_companion(box, wave, instrument),
        synthetic=wave.synthetic,
        definitions=definitions_of(published(instrument), counted, rule_of_completeness(instrument)),
        labels=labels,
        facts=facts | _common_facts(wave, instrument, added),
    )
    box.add(release)
    box.flush()
    progress(0.65, "gate")
    for audience in Audience:
        families = facts.get("plan", {}).get("families", {})
        _keep(box, release, audience, judged(gated(drafts, audience, nestings), families))
    return release


def render(box: Session, read: Edition, progress: Progress = no_progress) -> None:
    """Render and keep every file of a release for one audience."""
    forms = [form for form in FORMATS if read.audience in FORMATS[form].audiences]
    for place, form in enumerate(forms):
        progress(0.7 + 0.3 * place / len(forms), form)
        for file in FORMATS[form].render(read):
            box.add(
                Rendition(
                    release_id=read.release.id,
                    audience=read.audience,
                    format=file.format,
                    filename=file.filename,
                    media_type=file.media_type,
                    content=file.content,
                    sha256=hashlib.sha256(file.content).hexdigest(),
                )
            )
    box.flush()


Computed = tuple[list[Draft], dict[str, Any], dict[str, Any], Sequence[Nesting]]


def _awareness(
    box: Session,
    wave: Wave,
    instrument: Instrument,
    fieldwork: Fieldwork | None,
    progress: Progress,
    added: AddedUp | None,
) -> Computed:
    if fieldwork is None:
        raise Conflict("release.no_fieldwork", wave=wave.code)
    result = figures_of(box, wave, instrument, fieldwork, progress, added)
    labels = wave_labels(instrument, result.towns, published(instrument))
    strata = named_strata(box.scalars(select(DesignPsu).where(DesignPsu.wave_id == wave.id)), result.towns)
    drafts = [with_strata(draft, strata) for draft in result.drafts]
    return drafts, labels, result.facts | {"fieldwork": _counts(fieldwork)}, [_towns_in_kinds(result.towns)]


def _cases(
    box: Session,
    wave: Wave,
    instrument: Instrument,
    _fieldwork: Fieldwork | None,
    progress: Progress,
    _added: AddedUp | None,
) -> Computed:
    result = case_figures_of(box, wave, instrument, progress)
    return result.drafts, case_labels(instrument, result.cases, published(instrument)), result.facts, []


def _towns_in_kinds(towns: Sequence[Town]) -> Nesting:
    return Nesting(TOWN, KIND, {town.code: town.kind for town in towns})


def _counts(fieldwork: Fieldwork) -> dict[str, Any]:
    """Every count the caller knows, where it is a dataclass; otherwise the two that are asked for."""
    names = getattr(fieldwork, "__dataclass_fields__", {})
    known = {name: getattr(fieldwork, name) for name in names}
    return known | {"issued": fieldwork.issued, "ineligible": fieldwork.ineligible}


def _companion(box: Session, wave: Wave, instrument: Instrument) -> int | None:
    """The latest released case evaluation of the same area, organisations and year; a case evaluation has none."""
    if is_case_wave(instrument):
        return None
    beside = (
        select(Release)
        .join(Wave, Wave.id == Release.wave_id)
        .where(Wave.area_scheme == wave.area_scheme, Wave.area_code == wave.area_code, Wave.id != wave.id)
        .where(Wave.commissioner == wave.commissioner, Wave.assessor == wave.assessor)
        .where(Wave.synthetic == wave.synthetic, Release.released_at.is_not(None))
        .order_by(Release.released_at.desc(), Release.id.desc())
    )
    year = _year(wave)
    for found in box.scalars(beside):
        if "cases" in found.facts and _year(box.get_one(Wave, found.wave_id)) == year:
            return found.id
    return None


def _year(wave: Wave) -> int:
    return wave.closes_at.astimezone(ZoneInfo(wave.time_zone)).year


def _common_facts(wave: Wave, instrument: Instrument, added: AddedUp | None) -> dict[str, Any]:
    zone = ZoneInfo(wave.time_zone)
    opens, closes = wave.opens_at.astimezone(zone), wave.closes_at.astimezone(zone)
    return {
        "wave": {
            "code": wave.code,
            "title": wave.title,
            "area_name": wave.area_name,
            "area": {"scheme": wave.area_scheme, "code": wave.area_code},
            "commissioner_name": wave.commissioner_name,
            "assessor_name": wave.assessor_name,
            "opens_on": opens.date().isoformat(),
            "closes_on": closes.date().isoformat(),
            "year": opens.year,
            "approval_body": wave.approval_body,
            "approval_number": wave.approval_number,
            "approval_expires": wave.approval_expires.isoformat(),
            "contact": wave.contact,
            "plan": without_plan(wave.plan),
        },
        "instrument": {"code": instrument.code, "version": instrument.version, "sha256": instrument.sha256},
        "rules": {audience.value: threshold for audience, threshold in THRESHOLD.items()},
        "software": _software() | (added.facts if added else {"engine": "database"}),
    }


def _software() -> dict[str, str]:
    return {"minping": _installed("minping"), "python": platform.python_version(), "numpy": version("numpy")}


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _keep(box: Session, release: Release, audience: Audience, drafts: Sequence[Draft]) -> None:
    rows = [_row(release, audience, position, draft) for position, draft in enumerate(drafts)]
    for first in range(0, len(rows), FEWEST_PARAMETERS):
        box.execute(insert(Figure), rows[first : first + FEWEST_PARAMETERS])


def _row(release: Release, audience: Audience, position: int, draft: Draft) -> dict[str, Any]:
    return {
        "release_id": release.id,
        "audience": audience,
        "position": position,
        "part": draft.part,
        "indicator": draft.indicator,
        "version": draft.version,
        "item": draft.item,
        "domain": draft.domain,
        "domain_code": draft.domain_code,
        "unit": draft.unit,
        "n": draft.n,
        "n_eff": _float(draft.n_eff),
        "df": _float(draft.df),
        "value": _float(draft.value),
        "se": _float(draft.se),
        "lower": _float(draft.lower),
        "upper": _float(draft.upper),
        "deff": _float(draft.deff),
        "method": draft.method,
        "flag": draft.flag,
        "reason": draft.reason,
        "reason_values": dict(draft.reason_values),
        "counts": dict(draft.counts),
    }


def _float(number: float | None) -> float | None:
    return None if number is None else float(number)
