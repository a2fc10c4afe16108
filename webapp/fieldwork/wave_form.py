"""The form of a new wave: from what was typed to a plan, with every fault beside its field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from surveys.collection.plan import PlanInvalid, WavePlan
from surveys.errors import Refusal
from surveys.records.staff import Organisation
from webapp.fieldwork.places import area_in

ZONE = ZoneInfo("Asia/Shanghai")
STAND_IN = datetime(2000, 1, 1, tzinfo=ZONE)  # keeps the plan readable while a date is missing
TAKEN = ("new",)  # pages beside those of the waves
PLACES = {
    "title": "title_zh",
    "area_scheme": "area",
    "area_code": "area",
    "area_name": "area",
    "commissioner_name": "commissioner",
    "assessor_name": "assessor",
}
Typed = Mapping[str, str]
Faults = dict[str, Refusal]


@dataclass(frozen=True)
class Parties:
    """The two organisations as the registrar knows them; None for one it does not know."""

    commissioner: Organisation | None
    assessor: Organisation | None


def parties(registrar: Session, typed: Typed, mine: list[Organisation]) -> Parties:
    """The commissioner by its code, and the assessor among one's own organisations."""
    code = said(typed, "commissioner").lower()
    found = registrar.get(Organisation, code) if code else None
    commissioner = found if found is not None and found.kind == "commissioner" else None
    chosen = said(typed, "assessor")
    return Parties(commissioner, next((one for one in mine if one.code == chosen), None))


def plan_typed(box: Session, typed: Typed, found: Parties, key: bytes) -> WavePlan:
    """The plan in a form; raises PlanInvalid naming every field of the form at fault, the instrument's apart."""
    faults: Faults = {}
    opens, closes = (_instant(typed, name, faults) for name in ("opens_at", "closes_at"))
    expires = _day(typed, "approval_expires", faults)
    scheme, _, code = said(typed, "area").partition(" ")
    area = area_in(box, scheme, code)
    if area is None:
        faults["area"] = Refusal("plan.choose")
    _faults_of_parties(typed, found, faults)
    if said(typed, "code") in TAKEN:
        faults["code"] = Refusal("wave.code_taken", wave=said(typed, "code"))
    instrument, _, version = said(typed, "instrument").partition(" ")
    if not version:
        faults["instrument"] = Refusal("plan.choose")
    plan = WavePlan(
        code=said(typed, "code"),
        title={"zh": said(typed, "title_zh"), "en": said(typed, "title_en")},
        instrument_code=instrument,
        instrument_version=version,
        area_scheme=scheme,
        area_code=code,
        area_name=in_both(area.name) if area else {},
        **_sides(found),
        opens_at=opens or STAND_IN,
        closes_at=closes or STAND_IN,
        approval_body=said(typed, "approval_body"),
        approval_number=said(typed, "approval_number"),
        approval_expires=expires or STAND_IN.date(),
        contact=said(typed, "contact"),
        synthetic=bool(typed.get("synthetic")),
        booklets=_whole(typed, "booklets", faults),
        assessor_key=key,
        plan=_expected(typed, faults),
    )
    raise_all(plan, typed, faults)
    return plan


def said(typed: Typed, name: str) -> str:
    """One field without the blanks around it."""
    return typed.get(name, "").strip()


def in_both(text: Mapping[str, str]) -> dict[str, str]:
    """A text in both languages: an organisation without an English name goes by its Chinese one."""
    zh = text.get("zh", "")
    return {"zh": zh, "en": text.get("en") or zh}


def raise_all(plan: WavePlan, typed: Typed, faults: Faults) -> None:
    """Join the plan's own faults to those of the form, which come first."""
    known = dict(faults)
    if not (said(typed, "title_en") or "title_en" in known):
        known["title_en"] = Refusal("plan.empty")
    try:
        plan.check()
    except PlanInvalid as refusal:
        for name, fault in refusal.faults.items():
            place = PLACES.get(name, name)
            rests_on_dates = name in ("closes_at", "approval_expires") and {"opens_at", "closes_at"} & faults.keys()
            only_english = name == "title" and said(typed, "title_zh")
            if not rests_on_dates and not only_english:
                known.setdefault(place, fault)
    if known:
        raise PlanInvalid(known)


def _sides(found: Parties) -> dict[str, Any]:
    sides: dict[str, Any] = {}
    for name, organisation in (("commissioner", found.commissioner), ("assessor", found.assessor)):
        sides[name] = organisation.code if organisation else ""
        sides[f"{name}_name"] = in_both(organisation.name) if organisation else {}
    return sides


def _faults_of_parties(typed: Typed, found: Parties, faults: Faults) -> None:
    code = said(typed, "commissioner")
    if found.commissioner is None:
        faults["commissioner"] = Refusal("organisation.unknown", organisation=code) if code else Refusal("plan.empty")
    if found.assessor is None:
        faults["assessor"] = Refusal("plan.choose")


def _instant(typed: Typed, name: str, faults: Faults) -> datetime | None:
    text = said(typed, name)
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZONE)
    except ValueError:
        faults[name] = Refusal("plan.instant", value=text) if text else Refusal("plan.empty")
        return None


def _day(typed: Typed, name: str, faults: Faults) -> date | None:
    text = said(typed, name)
    try:
        return date.fromisoformat(text)
    except ValueError:
        faults[name] = Refusal("plan.day", value=text) if text else Refusal("plan.empty")
        return None


def _whole(typed: Typed, name: str, faults: Faults) -> int:
    text = said(typed, name)
    if text.isascii() and text.isdigit() and len(text) < 6:
        return int(text)
    faults[name] = Refusal("plan.whole", value=text)
    return 1


def _expected(typed: Typed, faults: Faults) -> dict[str, float]:
    text = said(typed, "expected_response")
    if not text:
        return {}
    if text.isascii() and text.isdigit() and 1 <= int(text[:4]) <= 100:
        return {"expected_response": int(text) / 100}
    faults["expected_response"] = Refusal("plan.percent", value=text)
    return {}
