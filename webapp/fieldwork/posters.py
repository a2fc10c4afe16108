"""Posters of the open link: anybody may answer, and nobody's answer there enters the rate of the sample."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from surveys.collection.entry import new_poster, poster_by_code
from surveys.collection.letters.poster import Sheet, poster_pdf
from surveys.collection.publish import instrument_of
from surveys.errors import NotFound, Refusal
from surveys.records.kinds import Role
from surveys.records.passes import Poster
from surveys.records.waves import Wave
from webapp import auth, printing
from webapp.errors import status_of
from webapp.fieldwork.blueprint import bp, my_wave, noted
from webapp.i18n import local_time
from webapp.stores import box_reading, box_transaction, current_settings, registrar_transaction
from webapp.tables import attached
from webapp.words import words_for

FORM = "open"
LONGEST = 60
WORDS = (
    "受{commissioner}委托，了解居民对法律常识的知晓情况和对普法、执法工作的看法。",
    "15岁及以上的居民都可以回答，大约4分钟，不需要姓名和电话。",
)
ENGLISH = "Anybody aged 15 or over may answer; about 4 minutes; no name, no telephone number."


@bp.get("/<code>/posters")
@auth.role(Role.ASSESSOR)
def posters(code: str) -> ResponseReturnValue:
    """The posters of a wave, and a form for one more."""
    return _page(my_wave(code))


@bp.post("/<code>/posters")
@auth.role(Role.ASSESSOR)
def add_poster(code: str) -> ResponseReturnValue:
    """A poster for a place; its address is no secret and can be printed again."""
    wave, place = my_wave(code), request.form.get("place", "").strip()
    try:
        printing.must_be_reachable(current_settings(), wave)
        if not 0 < len(place) <= LONGEST:
            raise Refusal("poster.place", most=LONGEST)
        with box_transaction() as box:
            poster = new_poster(box, my_wave(code, box), place)
    except Refusal as refusal:
        return _page(wave, words_for(refusal)), status_of(refusal)
    with registrar_transaction() as registrar:
        noted(registrar, "poster.new", wave, poster=poster.code, place=place)
    return redirect(url_for("fieldwork.posters", code=code), 303)


@bp.get("/<code>/posters/<poster>.pdf")
@auth.role(Role.ASSESSOR)
def poster_file(code: str, poster: str) -> ResponseReturnValue:
    """A poster to print; raises NotFound for another wave's."""
    with box_reading() as box:
        wave = my_wave(code, box)
        found = poster_by_code(box, poster)
    if found.wave_id != wave.id:
        raise NotFound("poster.unknown")
    printing.must_be_reachable(current_settings(), wave)
    return attached(f"{code}-poster-{poster}.pdf", poster_pdf(sheet(wave, found)), "application/pdf")


def sheet(wave: Wave, poster: Poster) -> Sheet:
    """What stands on the poster."""
    title, commissioner = wave.title["zh"], wave.commissioner_name["zh"]
    return Sheet(
        title=title,
        paragraphs=tuple(words.replace("{commissioner}", commissioner) for words in WORDS),
        english=ENGLISH,
        place=poster.place,
        url=f"{current_settings().public_url}/o/{poster.code}",
        issuer=wave.assessor_name["zh"],
        approval=(f"批准机关：{wave.approval_body}　批准文号：{wave.approval_number}",),
        contact=f"咨询：{wave.contact}　截止：{local_time(wave.closes_at, wave.time_zone)[:10]}",
        synthetic=wave.synthetic,
    )


def _page(wave: Wave, fault: str = "") -> str:
    with box_reading() as box:
        found = box.scalars(select(Poster).where(Poster.wave_id == wave.id).order_by(Poster.place, Poster.code)).all()
        has_form = FORM in instrument_of(wave).forms
    return render_template(
        "fieldwork/posters.html",
        wave=wave,
        posters=found,
        has_form=has_form,
        fault=fault,
        place=request.form.get("place", ""),
        public_url=current_settings().public_url,
    )
