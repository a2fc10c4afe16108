"""Printing letters: a POST answers with the PDF, which exists nowhere else and cannot be had a second time."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from surveys.collection.reminders import destroy_sent
from surveys.errors import NotFound, Refusal
from surveys.records.areas import Area
from surveys.records.kinds import PassKind, Role
from surveys.records.waves import Wave
from surveys.sampling.store import drawn
from webapp import auth
from webapp.errors import status_of
from webapp.fieldwork import keyfile, letters
from webapp.fieldwork.blueprint import bp, my_wave, noted
from webapp.fieldwork.places import towns_of
from webapp.fieldwork.sample import town_words
from webapp.fieldwork.uploads import uploaded
from webapp.stores import (
    box_reading,
    current_settings,
    current_stores,
    registrar_reading,
    registrar_transaction,
)
from webapp.tables import Column, attached, csv_download, file_asked, mark_of, small_table
from webapp.words import words_for

LATER = {PassKind.REMINDER.value: PassKind.REMINDER, PassKind.VISIT.value: PassKind.VISIT}


@bp.get("/<code>/invitations")
@auth.role(Role.ASSESSOR)
def invitations(code: str) -> ResponseReturnValue:
    """Letters by town: how many there are to be, and the button that prints the rest; `?csv=letters` is a file."""
    wave = my_wave(code)
    if file_asked() == "letters":
        rows, areas = _towns(wave)
        return csv_download(f"{code}-letters.csv", _columns(areas), rows, mark_of(wave))
    return _page(wave)


@bp.post("/<code>/invitations")
@auth.role(Role.ASSESSOR)
def print_letters(code: str) -> ResponseReturnValue:
    """The letters of one town that has none yet."""
    wave, town = my_wave(code), request.form.get("town", "")
    try:
        count, pdf = letters.new_letters(current_stores(), current_settings(), wave, town)
    except Refusal as refusal:
        return _page(wave, words_for(refusal)), status_of(refusal)
    return _pdf(wave, "letters.issue", f"{code}-{town}.pdf", pdf, town=town, letters=count)


@bp.post("/<code>/invitations/lost")
@auth.role(Role.ASSESSOR)
def reissue(code: str) -> ResponseReturnValue:
    """A letter that got lost, or all of a PSU: the old codes are void."""
    wave, psu = my_wave(code), request.form.get("psu", "").strip()
    try:
        key, dwelling = _key(wave), _dwelling()
        found = letters.lost_letters(current_stores(), current_settings(), wave, psu, dwelling, key)
    except Refusal as refusal:
        return _page(wave, words_for(refusal)), status_of(refusal)
    return _pdf(wave, "letters.reissue", f"{code}-{psu}-new.pdf", found[1], psu=psu, letters=found[0])


@bp.post("/<code>/invitations/later")
@auth.role(Role.ASSESSOR)
def print_later(code: str) -> ResponseReturnValue:
    """Reminders, or the letters a visitor leaves, for one town."""
    wave, town = my_wave(code), request.form.get("town", "")
    try:
        kind = _kind()
        count, pdf = letters.later_letters(current_stores(), current_settings(), wave, town, kind, _key(wave))
    except Refusal as refusal:
        return _page(wave, words_for(refusal)), status_of(refusal)
    return _pdf(wave, f"letters.{kind.value}", f"{code}-{town}-{kind.value}.pdf", pdf, town=town, letters=count)


@bp.post("/<code>/invitations/destroy")
@auth.role(Role.ASSESSOR)
def destroy(code: str) -> ResponseReturnValue:
    """After a mail-out: its codes leave the sealed store, for the units that got no letter too."""
    wave = my_wave(code)
    try:
        kind, key = _kind(), _key(wave)
        with registrar_transaction() as registrar:
            count = destroy_sent(registrar, wave, kind, key)
            noted(registrar, "letters.destroy", wave, kind=kind.value, codes=count)
    except Refusal as refusal:
        return _page(wave, words_for(refusal)), status_of(refusal)
    flash(gettext("已销毁 %(count)s 个封存的访问码。", count=count), "success")
    return redirect(url_for("fieldwork.invitations", code=code), 303)


def _pdf(wave: Wave, action: str, filename: str, pdf: bytes, **details: object) -> ResponseReturnValue:
    with registrar_transaction() as registrar:
        noted(registrar, action, wave, **details)
    name = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-.") else "_" for sign in filename)
    return attached(name, pdf, "application/pdf")


def _key(wave: Wave) -> bytes:
    return keyfile.read(uploaded("key")[1], wave.code)


def _kind() -> PassKind:
    kind = LATER.get(request.form.get("kind", ""))
    if kind is None:
        raise NotFound("letters.kind_unknown")
    return kind


def _dwelling() -> int | None:
    text = request.form.get("dwelling", "").strip()
    if text and not (text.isascii() and text.isdigit() and len(text) < 7):
        raise Refusal("letters.dwelling_form", value=text)
    return int(text) if text else None


def _page(wave: Wave, fault: str = "") -> str:
    with registrar_reading() as registrar:
        draw, sealed = drawn(registrar, wave.id), letters.sealed_left(registrar, wave.id)
    rows, areas = _towns(wave)
    settings = current_settings()
    return render_template(
        "fieldwork/invitations.html",
        wave=wave,
        draw=draw,
        rows=rows,
        letters=small_table("letters", rows, _columns(areas), "fieldwork.invitations", code=wave.code),
        areas=areas,
        sealed=sealed,
        fault=fault,
        typed=request.form,
        public_url=settings.public_url,
        unreachable=settings.leads_nowhere and not wave.synthetic,
    )


def _towns(wave: Wave) -> tuple[list[letters.TownLetters], dict[str, Area]]:
    """The towns of the sample in register order, and the areas that name them."""
    with registrar_reading() as registrar:
        found = letters.by_town(registrar, wave.id)
    with box_reading() as box:
        areas = towns_of(box, wave)
    order = [code for code in areas if code in found]
    return [found[code] for code in order + sorted(found.keys() - areas.keys())], areas


def _columns(areas: dict[str, Area]) -> list[Column[letters.TownLetters]]:
    return [
        Column("town", gettext("镇街"), lambda row: town_words(areas, row.town)),
        Column("wanted", gettext("应寄"), lambda row: row.wanted, True),
        Column("issued", gettext("已打印"), lambda row: row.issued, True),
        Column("left", gettext("未打印"), lambda row: row.left, True),
    ]
