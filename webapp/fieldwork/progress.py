"""Progress by town, and the contact log. Counters move in steps of ten, so that no single answer can be watched."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from surveys.collection.contacts import latest_dispositions, log_contact
from surveys.collection.progress import response_so_far, shown_by_town
from surveys.errors import FileRefused, Refusal
from surveys.records.kinds import Channel, Disposition, Role, WaveState
from surveys.records.waves import Wave
from webapp import auth
from webapp.errors import status_of
from webapp.fieldwork.blueprint import bp, my_wave, noted
from webapp.fieldwork.contact_file import CODES, COLUMNS, EXAMPLES, read_contacts, units_by_place
from webapp.fieldwork.instruments import is_for_residents
from webapp.fieldwork.standing import TownStanding, standing
from webapp.fieldwork.uploads import Fault, in_words, uploaded
from webapp.stores import box_reading, clock, registrar_reading, registrar_transaction
from webapp.tables import Column, Listing, csv_download, csv_response, listing, mark_of
from webapp.words import words_for


@bp.get("/<code>/progress")
@auth.role(Role.ASSESSOR)
def progress(code: str) -> ResponseReturnValue:
    """Letters and answers by town, and the form for a contact; a case evaluation is followed by case."""
    wave = my_wave(code)
    if not is_for_residents(wave):
        return redirect(url_for("assess.progress", wave_code=code), 303)
    return _page(wave)


@bp.get("/<code>/progress.csv")
@auth.role(Role.ASSESSOR)
def progress_file(code: str) -> ResponseReturnValue:
    """The same as a file, with the same steps of ten."""
    wave = my_wave(code)
    with box_reading() as box, registrar_reading() as registrar:
        rows = standing(box, registrar, wave, clock())
    return csv_download(f"{code}-progress.csv", _columns(wave), rows, mark_of(wave))


@bp.post("/<code>/contacts")
@auth.role(Role.ASSESSOR)
def add_contact(code: str) -> ResponseReturnValue:
    """What one visit or call brought."""
    wave, typed = my_wave(code), request.form.to_dict()
    place = typed.get("psu", "").strip(), typed.get("dwelling", "").strip()
    try:
        with registrar_transaction() as registrar:
            unit_id = units_by_place(registrar, wave.id).get(place)
            if unit_id is None:
                raise Refusal("contact.unit_unknown", value=" ".join(place))
            found = CODES.get(typed.get("disposition", ""))
            if found is None:
                raise Refusal("contact.result_unknown", words="", value=typed.get("disposition", ""))
            log_contact(registrar, wave.id, unit_id, found, typed.get("note", "").strip())
            noted(registrar, "contact.log", wave, unit=unit_id, disposition=found.value)
    except Refusal as refusal:
        return _page(wave, fault=words_for(refusal)), status_of(refusal)
    flash(gettext("已记录。"), "success")
    return redirect(url_for("fieldwork.progress", code=code) + "#contacts", 303)


@bp.post("/<code>/contacts/file")
@auth.role(Role.ASSESSOR)
def add_contacts(code: str) -> ResponseReturnValue:
    """A file of contacts, taken whole or not at all."""
    wave = my_wave(code)
    try:
        content = uploaded()[1]
        with registrar_transaction() as registrar:
            entries = read_contacts(content, units_by_place(registrar, wave.id))
            for entry in entries:
                log_contact(registrar, wave.id, entry.unit_id, entry.disposition, entry.note)
            noted(registrar, "contact.file", wave, entries=len(entries))
    except FileRefused as refusal:
        return _page(wave, refused=in_words(refusal)), status_of(refusal)
    flash(gettext("已记录 %(count)s 条。", count=len(entries)), "success")
    return redirect(url_for("fieldwork.progress", code=code) + "#contacts", 303)


@bp.get("/<code>/contacts/template.csv")
@auth.role(Role.ASSESSOR)
def contacts_template(code: str) -> ResponseReturnValue:
    """The headings with two example rows."""
    my_wave(code)
    return csv_response("contacts-template.csv", [column.headings[0] for column in COLUMNS], EXAMPLES)


def _page(wave: Wave, fault: str = "", refused: list[Fault] | None = None) -> str:
    with box_reading() as box, registrar_reading() as registrar:
        rows = standing(box, registrar, wave, clock())
        share = response_so_far(box, registrar, wave)
        volunteers = sum(shown_by_town(box, wave, Channel.OPEN).values())
        contacts = latest_dispositions(registrar, wave.id)
    download = url_for("fieldwork.progress_file", code=wave.code)
    counted = {disposition: list(contacts.values()).count(disposition) for disposition in Disposition}
    towns: Listing[TownStanding] = listing(rows, _columns(wave), download, "fieldwork.progress", code=wave.code)
    return render_template(
        "fieldwork/progress.html",
        wave=wave,
        towns=towns,
        issued=sum(row.issued for row in rows),
        answered=sum(row.answered for row in rows),
        by_now=sum(row.by_now or 0 for row in rows),
        share=share,
        volunteers=volunteers,
        closed=wave.state is WaveState.CLOSED,
        counted=counted,
        typed=request.form,
        fault=fault,
        refused=refused,
    )


def _columns(wave: Wave) -> list[Column[TownStanding]]:
    def answered(town: TownStanding) -> object:
        return gettext("少于10") if town.few else town.answered

    return [
        Column("town", gettext("镇街"), lambda town: town.name),
        Column("issued", gettext("已寄信"), lambda town: town.issued, True),
        Column("answered", gettext("已答"), answered, True),
        Column(
            "expected",
            gettext("预计") if wave.state is WaveState.CLOSED else gettext("到今天预计"),
            lambda town: town.by_now,
            True,
        ),
    ]
