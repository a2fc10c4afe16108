"""Panel members as somebody lists them: a name and a group a line."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys.cases.declared import PANEL
from surveys.instrument.indicators import Group
from surveys.records.registers import Evaluator
from surveys.sampling.table import Faults

MOST = 100  # members added at once: each has a page to print
LONGEST_NAME = 60
NAME, GROUP = "姓名", "组别"
BETWEEN = re.compile(r"\s*[,，;；\t]\s*")
PARTS = re.compile(r"[、，,]")


@dataclass(frozen=True)
class Member:
    """A person to invite to the panel."""

    name: str
    group: str


def read_members(text: str, groups: Mapping[str, Group], known: Collection[Member] = ()) -> list[Member]:
    """The members in a list of "name, group" lines; a group by its code, its title or a part of it.

    Raises FileRefused naming every line at fault; a member who is `known`, or stands there twice, is one: whoever
    presses the button twice invites nobody twice.
    """
    faults, spoken = Faults(), _spoken(groups)
    members: list[Member] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        name, said = _halves(line)
        member = Member(name, spoken.get(said.casefold(), ""))
        _check(member, said, number, faults, groups)
        if member.group and (member in known or member in members):
            faults.add("cases.member_twice", number, NAME, name)
        members.append(member)
    if not members:
        faults.add("cases.no_members")
    if len(members) > MOST:
        faults.add("cases.too_many_members", limit=MOST)
    faults.refuse()
    return members


def members_of(registrar: Session, wave_id: int) -> list[Evaluator]:
    """The wave's panel members by pseudonym."""
    panel = select(Evaluator).where(Evaluator.wave_id == wave_id, Evaluator.kind == PANEL)
    return list(registrar.scalars(panel.order_by(Evaluator.panel_group, Evaluator.id)))


def known_members(registrar: Session, wave_id: int) -> set[Member]:
    """Who is on the panel already."""
    return {Member(one.name, one.panel_group) for one in members_of(registrar, wave_id)}


def _halves(line: str) -> tuple[str, str]:
    name, *rest = BETWEEN.split(line.strip(), maxsplit=1)
    return name, "".join(rest)


def _spoken(groups: Mapping[str, Group]) -> dict[str, str]:
    """What people may call a group -> its code; what would mean two groups means none."""
    found: dict[str, str] = {}
    for code, group in groups.items():
        titles = {group.title.zh, *PARTS.split(group.title.zh), group.title["en"], code}
        for title in {title.strip().casefold() for title in titles}:
            found[title] = "" if found.get(title, code) != code else code
    return found


def _check(member: Member, said: str, line: int, faults: Faults, groups: Mapping[str, Group]) -> None:
    if not member.name:
        faults.add("cases.member_without_name", line, NAME)
    elif len(member.name) > LONGEST_NAME or not member.name.isprintable():
        faults.add("cases.member_name_unfit", line, NAME, member.name, limit=LONGEST_NAME)
    if not member.group:
        titles = "；".join(group.title.zh for group in groups.values())
        faults.add("cases.group_unknown", line, GROUP, said, groups=titles)
