"""What an assessor decides about a wave before it starts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from surveys.errors import Refusal

WAVE_CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")
KEY_BYTES = 32
REQUIRED = (
    "area_scheme",
    "area_code",
    "commissioner",
    "assessor",
    "approval_body",
    "approval_number",
    "contact",
)
TEXTS = ("title", "area_name", "commissioner_name", "assessor_name")
LANGUAGES = ("zh", "en")
MAX_LENGTH = 200


class PlanInvalid(Refusal):
    """A plan that cannot stand; `faults` maps each field to its refusal."""

    def __init__(self, faults: dict[str, Refusal]) -> None:
        super().__init__("plan.invalid", fields=", ".join(faults))
        self.faults = faults


@dataclass(frozen=True, kw_only=True)
class WavePlan:
    """One round of asking as planned. Texts are {zh, en}, instants aware; `approval_expires` is the last good day."""

    code: str
    title: dict[str, str]
    instrument_code: str
    instrument_version: str
    area_scheme: str
    area_code: str
    area_name: dict[str, str]
    commissioner: str
    commissioner_name: dict[str, str]
    assessor: str
    assessor_name: dict[str, str]
    opens_at: datetime
    closes_at: datetime
    approval_body: str
    approval_number: str
    approval_expires: date
    contact: str
    time_zone: str = "Asia/Shanghai"
    synthetic: bool = False
    booklets: int = 4
    assessor_key: bytes = b""
    plan: Mapping[str, Any] = field(default_factory=dict)

    def check(self) -> None:
        """Raise PlanInvalid with the first fault of every field."""
        faults: dict[str, Refusal] = {}
        for name, refusal in self._faults():
            faults.setdefault(name, refusal)
        if faults:
            raise PlanInvalid(faults)

    def _faults(self) -> Iterator[tuple[str, Refusal]]:
        if not WAVE_CODE.fullmatch(self.code):
            yield "code", Refusal("plan.code_form", value=self.code)
        yield from self._faults_of_words()
        yield from self._faults_of_time()
        if not 1 <= self.booklets <= 64:
            yield "booklets", Refusal("plan.booklets", least=1, most=64)
        if len(self.assessor_key) not in (0, KEY_BYTES):
            yield "assessor_key", Refusal("plan.key_length", length=KEY_BYTES)

    def _faults_of_words(self) -> Iterator[tuple[str, Refusal]]:
        for name in REQUIRED:
            words: str = getattr(self, name)
            if not words.strip():
                yield name, Refusal("plan.empty")
            elif len(words) > MAX_LENGTH:
                yield name, Refusal("plan.too_long", most=MAX_LENGTH)
        for name in TEXTS:
            text: dict[str, str] = getattr(self, name)
            if not all(text.get(language, "").strip() for language in LANGUAGES):
                yield name, Refusal("plan.text_missing", languages=", ".join(LANGUAGES))
            elif max(map(len, text.values())) > MAX_LENGTH:
                yield name, Refusal("plan.too_long", most=MAX_LENGTH)

    def _faults_of_time(self) -> Iterator[tuple[str, Refusal]]:
        for name in ("opens_at", "closes_at"):
            if getattr(self, name).tzinfo is None:
                yield name, Refusal("plan.no_time_zone")
                return
        if self.closes_at <= self.opens_at:
            yield "closes_at", Refusal("plan.closes_before_opening")
        try:
            zone = ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            yield "time_zone", Refusal("plan.time_zone_unknown", value=self.time_zone)
        else:
            if self.approval_expires < self.closes_at.astimezone(zone).date():
                yield "approval_expires", Refusal("plan.approval_ends_before_closing", expires=self.approval_expires)
