"""Waves (批次): new, plan, open, seal, close, list, show."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import click
from sqlalchemy import select

from surveys.analysis.waves.plan_kept import lodge, standing, template
from surveys.collection.progress import response_so_far, town_progress
from surveys.collection.publish import instrument_of
from surveys.collection.sealed import new_key_pair
from surveys.collection.waves import new_wave, open_wave
from surveys.errors import Refusal
from surveys.records.kinds import WaveState
from surveys.records.staff import Organisation
from surveys.records.waves import Wave
from webapp.commands._files import new_file
from webapp.commands._opened import noted, opened, wave_named
from webapp.db import Stores
from webapp.ending import end_phase, end_wave
from webapp.fieldwork import instruments, keyfile
from webapp.fieldwork.wave_form import parties, plan_typed
from webapp.i18n import local_time
from webapp.stores import clock

EXAMPLE = Path(__file__).parent / "_wave_example.toml"
FIELDS = {
    "code": "Short code: small letters, digits, hyphens (编号).",
    "title_zh": "Title in Chinese (名称).",
    "title_en": "Title in English (英文名称).",
    "instrument": '"code version", for example "legal-awareness 2021.1" (问卷).',
    "area": '"scheme code", for example "stats 500112"; see minping area list (地区).',
    "commissioner": "Code of the commissioning organisation (委托单位代码).",
    "assessor": "Code of the assessing organisation (测评机构代码).",
    "opens_at": "2026-09-01T08:00, local time (开始).",
    "closes_at": "2026-11-30T18:00, local time: the planned end (结束).",
    "approval_body": "Who approved the survey (批准机关).",
    "approval_number": "Number of the approval (批准文号).",
    "approval_expires": "2026-12-31: its last day (有效期至).",
    "contact": "Whom a resident may ask (咨询电话).",
    "booklets": "Random orders of the knowledge items. Default: 4.",
    "expected_response": "Answers expected of 100 letters. Default: 50.",
}
DEFAULTS = {"booklets": "4", "expected_response": "50"}
STATES = {WaveState.PLANNED: "planned 计划中", WaveState.OPEN: "open 进行中", WaveState.CLOSED: "closed 已结束"}
CLOSING = (
    "结束后不能再收答卷，也不能重开；尚未寄出的访问码将销毁。",
    "A closed wave takes no answers and never opens again; codes not yet sent are destroyed.",
)
SEALING = (
    "封存后，本阶段的答卷与访问码之间再无联系，回执页不能再次打开；这一步不能撤销。",
    "Sealing cuts the answers of this phase off their codes for good; it cannot be undone.",
)
WAVE = click.argument("wave", metavar="WAVE")


def plan_options(command: Callable[..., None]) -> Callable[..., None]:
    """An option for each field of the plan."""
    for name, help_text in reversed(FIELDS.items()):
        command = click.option(f"--{name.replace('_', '-')}", name, help=help_text)(command)
    return command


@click.group()
def command() -> None:
    """Waves: one round of asking each, from its plan to its closing. WAVE is the wave's code."""


@command.command()
@click.argument("plan", type=click.Path(path_type=Path, dir_okay=False, exists=True), required=False)
@click.option("--template", is_flag=True, help="Print an example of a plan file and stop (打印样例).")
@click.option(
    "--key-out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where the key file goes. Default: ./minping-CODE.key.",
)
@click.option("--synthetic", is_flag=True, help="An exercise: 「模拟数据」 on every page and letter.")
@plan_options
def new(plan: Path | None, template: bool, key_out: Path | None, synthetic: bool, **given: str | None) -> None:
    """Plan a wave from a PLAN file, from options, or both (options win).

    Writes the wave's key file, once: without it no reminder can be printed and no lost letter be replaced.
    Keep it off this machine.
    """
    if template:
        click.echo(EXAMPLE.read_text("utf-8"), nl=False)
        return
    typed = {**DEFAULTS, **(_from_file(plan) if plan else {}), **{k: v for k, v in given.items() if v is not None}}
    typed |= {"synthetic": "yes"} if synthetic else {}
    pair = new_key_pair()
    path = key_out or Path(keyfile.file_name(typed.get("code") or "wave"))
    with opened() as stores, new_file(path) as file:
        wave = _kept(stores, typed, pair.public)
        file.write(keyfile.written(wave.code, pair.private).encode())
        noted(stores, "wave.new", wave, code=wave.code, synthetic=wave.synthetic)
    click.echo(f"{wave.code}: {wave.title['zh']} ({STATES[wave.state]})")
    click.echo(f"Key file, written only now; keep it off this machine (密钥文件，只生成一次，请另行保管): {path}")


def _from_file(path: Path) -> dict[str, str]:
    try:
        said = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise Refusal("command.plan_unreadable", path=path, fault=fault) from None
    if strange := set(said) - FIELDS.keys() - {"synthetic"}:
        raise Refusal("command.plan_strange", fields=", ".join(sorted(strange)))
    return {name: _typed(value) for name, value in said.items() if value is not False}


def _typed(value: object) -> str:
    """A TOML value as the form of the web would have it."""
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)


def _kept(stores: Stores, typed: dict[str, str], key: bytes) -> Wave:
    """The planned wave; its instrument is published when it stands in the catalogue only."""
    with stores.registrar_reading() as registrar:
        assessors = list(registrar.scalars(select(Organisation).where(Organisation.kind == "assessor")))
        found = parties(registrar, typed, assessors)
    now = clock()
    with stores.box_transaction() as box:
        plan = plan_typed(box, typed, found, key)
        instruments.chosen(box, f"{plan.instrument_code} {plan.instrument_version}", now)
        return new_wave(box, plan, now)


@command.command()
@WAVE
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True), required=False)
@click.option("--template", "example", is_flag=True, help="Print the default plan with explanations (打印样例).")
def plan(wave: str, file: Path | None, example: bool) -> None:
    """Lodge FILE as WAVE's analysis plan, or print the plan that holds and its SHA-256 (分析方案).

    A plan names indicators, domains, margins, comparisons and rules before any answer is seen. Once the wave has
    opened none is taken.
    """
    with opened() as stores:
        kept = wave_named(stores, wave)
        instrument = instrument_of(kept)
        if file is not None:
            with stores.box_transaction() as box:
                lodged = lodge(box, kept, instrument, file.read_bytes(), clock())
            noted(stores, "plan.lodge", kept, sha256=lodged.sha256)
            click.echo(f"Lodged / 已登记: {wave} sha256 {lodged.sha256}")
            return
        held = standing(kept, instrument)
    click.echo(template(kept) if example else held.plan.text, nl=False)
    if not example:
        said = (
            "default plan, none was lodged / 默认方案，没有登记"
            if held.is_default
            else f"lodged / 登记于 {held.lodged_at}"
        )
        click.echo(f"sha256 {held.plan.sha256}  {said}", err=True)


@command.command("open")
@WAVE
def open_(wave: str) -> None:
    """Let answers in from the planned opening on (开始)."""
    with opened() as stores:
        kept = wave_named(stores, wave)
        with stores.box_transaction() as box:
            open_wave(box, kept, clock())
        noted(stores, "wave.open", kept)
    click.echo(f"{wave}: open from / 开放时间 {local_time(kept.opens_at, kept.time_zone)}")


@command.command()
@WAVE
@click.option("--yes", is_flag=True, help="Do not ask (不再询问).")
def close(wave: str, yes: bool) -> None:
    """End the asking for good (结束): no more answers, everything sealed, unsent codes destroyed."""
    with opened() as stores:
        kept = wave_named(stores, wave)
        if not yes:
            click.confirm(f"{CLOSING[0]}\n{CLOSING[1]}\n{wave}", abort=True)
        sealed = end_wave(stores, kept)
        noted(stores, "wave.close", kept, sealed=sealed.responses)
    click.echo(f"{wave}: closed, {sealed.responses} answers sealed / 已结束，本次封存 {sealed.responses} 份")
    click.echo(f"Next (下一步): minping analyse {wave}")


@command.command()
@WAVE
@click.option("--yes", is_flag=True, help="Do not ask (不再询问).")
def seal(wave: str, yes: bool) -> None:
    """End a phase at a reminder cut-off (封存): its answers are sealed, and the registrar learns who needs no reminder.

    At most three times a wave; closing seals the last phase by itself.
    """
    with opened() as stores:
        kept = wave_named(stores, wave)
        if not yes:
            click.confirm(f"{SEALING[0]}\n{SEALING[1]}\n{wave}", abort=True)
        sealed = end_phase(stores, kept)
        noted(stores, "wave.seal", kept, phase=sealed.phase, sealed=sealed.responses)
    click.echo(f"{wave}: phase {sealed.phase}, {sealed.responses} answers sealed / 封存 {sealed.responses} 份")


@command.command("list")
def list_() -> None:
    """All waves, the latest to open first (列表)."""
    with opened() as stores, stores.box_reading() as box:
        for wave in box.scalars(select(Wave).order_by(Wave.opens_at.desc(), Wave.code)):
            click.echo(f"{wave.code}  {STATES[wave.state]}  {_when(wave)}  {wave.title['zh']}{_mark(wave)}")


@command.command()
@WAVE
def show(wave: str) -> None:
    """Where one wave stands: its plan, and letters and answers by town (进度)."""
    with opened() as stores:
        kept = wave_named(stores, wave)
        for name, said in _facts(kept).items():
            click.echo(f"{name}: {said}")
        with stores.box_reading() as box, stores.registrar_reading() as registrar:
            towns = town_progress(box, registrar, kept)
            rate = response_so_far(box, registrar, kept)
    click.echo("town 镇街   letters 发信   answers 答卷 (from 10, in steps of 10 / 满10份起，每10份更新)")
    for town in towns:
        click.echo(f"{town.town}   {town.issued:>8}   {town.answered:>8}")
    click.echo(f"answers per letter so far / 目前回收比例: {'—' if rate is None else f'{rate:.1%}'}")


def _facts(wave: Wave) -> dict[str, str]:
    version = wave.instrument_version
    return {
        "title 名称": f"{wave.title['zh']} / {wave.title['en']}{_mark(wave)}",
        "state 状态": f"{STATES[wave.state]}, phase {wave.phase} 阶段",
        "instrument 问卷": f"{version.code} {version.version}",
        "area 地区": f"{wave.area_scheme} {wave.area_code} {wave.area_name['zh']}",
        "commissioner 委托单位": wave.commissioner_name["zh"],
        "assessor 测评机构": wave.assessor_name["zh"],
        "time 时间": f"{_when(wave)} ({wave.time_zone})",
        "approval 批准": f"{wave.approval_body} {wave.approval_number}, {wave.approval_expires}",
        "contact 咨询": wave.contact,
    }


def _when(wave: Wave) -> str:
    return f"{local_time(wave.opens_at, wave.time_zone)} – {local_time(wave.closes_at, wave.time_zone)}"


def _mark(wave: Wave) -> str:
    return " 「模拟数据」synthetic" if wave.synthetic else ""
