"""Drawing the sample: plan it, run it once with a recorded seed, look at it, and prove it."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from surveys.errors import NotFound, Refusal
from surveys.records.frames import DrawRecord
from surveys.records.kinds import Role
from surveys.records.waves import Wave
from surveys.sampling.draw import Draw
from surveys.sampling.store import draw_again, drawn, frame_file, frame_in_force, publish_design, run_draw
from surveys.sampling.uniforms import public_seed
from webapp import auth
from webapp.errors import status_of
from webapp.fieldwork import sample
from webapp.fieldwork.blueprint import bp, my_wave, noted
from webapp.fieldwork.places import towns_of
from webapp.fieldwork.planning import Design, default_design, district_plan, town_plans, typed_design
from webapp.stores import box_reading, box_transaction, clock, registrar_reading, registrar_transaction
from webapp.tables import csv_download, file_asked, listing, mark_of, small_table
from webapp.words import words_for


@bp.get("/<code>/draw")
@auth.role(Role.ASSESSOR)
def draw(code: str) -> ResponseReturnValue:
    """The sample, or the plan for one; `?csv=strata` gives the strata as a file."""
    wave = my_wave(code)
    with registrar_reading() as registrar:
        kept = drawn(registrar, wave.id)
    if kept and file_asked() == "strata":
        return _strata_file(wave)
    return _sample_page(wave, kept) if kept else _plan_page(wave, {})


@bp.post("/<code>/draw")
@auth.role(Role.ASSESSOR)
def plan_or_run(code: str) -> ResponseReturnValue:
    """Work the plan out anew, make a seed from public results, or draw: the button says which."""
    wave, typed = my_wave(code), request.form.to_dict()
    act = typed.get("act")
    if act != "run":
        if act == "seed":
            typed["seed"] = public_seed(typed.get("rule", "").strip(), typed.get("results", "").strip())
        _note(wave, "draw.plan")
        return _plan_page(wave, typed)
    try:
        found = _run(wave, typed)
        _publish(wave, found)
    except Refusal as refusal:
        return _plan_page(wave, typed, words_for(refusal)), status_of(refusal)
    flash(gettext("样本已抽取并公布到收卷库。"), "success")
    return redirect(url_for("fieldwork.draw", code=code), 303)


@bp.post("/<code>/draw/publish")
@auth.role(Role.ASSESSOR)
def publish(code: str) -> ResponseReturnValue:
    """Publish the design again after a break between the two stores; what is there already stays."""
    wave = my_wave(code)
    with registrar_reading() as registrar:
        again = draw_again(registrar, wave.id)
    _publish(wave, again)
    flash(gettext("抽样设计已公布到收卷库。"), "success")
    return redirect(url_for("fieldwork.draw", code=code), 303)


@bp.post("/<code>/draw/verify")
@auth.role(Role.ASSESSOR)
def verify(code: str) -> ResponseReturnValue:
    """Run the draw again from its record and compare."""
    wave = my_wave(code)
    with registrar_transaction() as registrar:
        kept = _kept(drawn(registrar, wave.id))
        try:
            sha256, fault = sample.proved(registrar, kept), ""
        except Refusal as refusal:
            sha256, fault = "", words_for(refusal)
        noted(registrar, "draw.verify", wave, equal=not fault)
    return _sample_page(wave, kept, sha256, fault)


@bp.get("/<code>/draw/psus.csv")
@auth.role(Role.ASSESSOR)
def psus_file(code: str) -> ResponseReturnValue:
    """All PSUs drawn."""
    wave = my_wave(code)
    with box_reading() as box, registrar_reading() as registrar:
        kept = _kept(drawn(registrar, wave.id))
        rows = sample.psus_drawn(registrar, kept, sample.design_of(box, wave.id), towns_of(box, wave))
        return csv_download(f"{code}-psus.csv", sample.psu_columns(), rows, mark_of(wave))


@bp.get("/<code>/draw/dwellings.csv")
@auth.role(Role.ASSESSOR)
def dwellings_file(code: str) -> ResponseReturnValue:
    """All sampled dwellings, for those who deliver letters or visit."""
    wave = my_wave(code)
    with box_reading() as box, registrar_reading() as registrar:
        rows = sample.dwellings(registrar, _kept(drawn(registrar, wave.id)), towns_of(box, wave))
        return csv_download(f"{code}-dwellings.csv", sample.dwelling_columns(), rows, mark_of(wave))


def _strata_file(wave: Wave) -> Response:
    with box_reading() as box:
        rows = sample.strata(sample.design_of(box, wave.id), towns_of(box, wave))
    return csv_download(f"{wave.code}-strata.csv", sample.stratum_columns(), rows, mark_of(wave))


def _run(wave: Wave, typed: dict[str, str]) -> Draw:
    now, account, seed = clock(), auth.current_account().id, typed.get("seed", "").strip()
    with registrar_transaction() as registrar:
        frame = frame_in_force(registrar, wave.id)
        if frame is None:
            raise NotFound("frame.none", wave=wave.code)
        design = typed_design(typed, frame_file(registrar, frame).counts)
        if design.faults:
            raise Refusal("draw.form", count=len(design.faults))
        if len(seed) > 200:
            raise Refusal("draw.seed_too_long", most=200)
        found = run_draw(registrar, wave, design.psus, seed, now, design.take, design.reserve, account)
        noted(registrar, "draw.run", wave, seed=seed, sha256=found.sha256, psus=len(found.psus))
    return found


def _publish(wave: Wave, found: Draw) -> None:
    with box_transaction() as box:
        publish_design(box, wave, found)
    _note(wave, "draw.publish", sha256=found.sha256)


def _note(wave: Wave, action: str, **details: object) -> None:
    with registrar_transaction() as registrar:
        noted(registrar, action, wave, **details)


def _kept(found: DrawRecord | None) -> DrawRecord:
    if found is None:
        raise NotFound("draw.none")
    return found


def _plan_page(wave: Wave, typed: dict[str, str], fault: str = "") -> str:
    with registrar_reading() as registrar:
        frame = frame_in_force(registrar, wave.id)
        counts = frame_file(registrar, frame).counts if frame else {}
    if not counts:
        return render_template("fieldwork/draw_without_frame.html", wave=wave)
    with box_reading() as box:
        towns = towns_of(box, wave)
    design: Design = typed_design(typed, counts) if typed else default_design(counts)
    plans = town_plans(design, counts, towns, wave)
    return render_template(
        "fieldwork/draw_plan.html",
        wave=wave,
        typed=typed,
        faults={name: words_for(refusal) for name, refusal in design.faults.items()},
        fault=fault,
        design=design,
        plans=plans,
        district=district_plan(plans, design, wave),
        missing=[area for code, area in towns.items() if code not in counts],
    )


def _sample_page(wave: Wave, kept: DrawRecord, proved: str = "", fault: str = "") -> str:
    with box_reading() as box, registrar_reading() as registrar:
        design, towns = sample.design_of(box, wave.id), towns_of(box, wave)
        psus = sample.psus_drawn(registrar, kept, design, towns)
        counts = sample.letters_and_reserve(registrar, kept)
    download = url_for("fieldwork.psus_file", code=wave.code)
    return render_template(
        "fieldwork/draw.html",
        wave=wave,
        draw=kept,
        counts=counts,
        strata=small_table(
            "strata", sample.strata(design, towns), sample.stratum_columns(), "fieldwork.draw", code=wave.code
        ),
        psus=listing(psus, sample.psu_columns(), download, "fieldwork.draw", code=wave.code),
        proved=proved,
        fault=fault,
    )
