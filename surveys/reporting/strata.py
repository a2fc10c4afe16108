"""Strata in reasons by the names people know: the town's, where a stratum lies in one town."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from surveys.analysis.drafts import Draft
from surveys.analysis.waves.domains import Town
from surveys.records.passes import DesignPsu
from surveys.reporting.words import LANGUAGES

Words = Mapping[str, str]


def named_strata(psus: Iterable[DesignPsu], towns: Sequence[Town]) -> dict[str, Words]:
    """The name of every stratum by its code: its town's; a certainty PSU, one of several in a town, keeps its code too.

    A stratum of several towns keeps its code alone.
    """
    names = {town.code: town.name for town in towns}
    towns_of: dict[str, set[str]] = {}
    for psu in psus:
        towns_of.setdefault(psu.stratum, set()).add(psu.town)
    return {stratum: _named(stratum, sorted(within), names) for stratum, within in towns_of.items()}


def with_strata(draft: Draft, names: Mapping[str, Words]) -> Draft:
    """The draft with its reason's strata under their names."""
    strata = draft.reason_values.get("strata")
    if not isinstance(strata, list):
        return draft
    named = [dict(names.get(code) or dict.fromkeys(LANGUAGES, str(code))) for code in strata]
    return replace(draft, reason_values={**draft.reason_values, "strata": named})


def _named(stratum: str, towns: Sequence[str], names: Mapping[str, Words]) -> Words:
    if len(towns) != 1 or towns[0] not in names:
        return dict.fromkeys(LANGUAGES, stratum)
    name = names[towns[0]]
    own = {language: name.get(language) or name.get("zh") or stratum for language in LANGUAGES}
    return own if stratum == towns[0] else {language: f"{said} {stratum}" for language, said in own.items()}
