"""Drawing the cases from a recorded seed, and drawing again to verify."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from surveys.cases.draw import ALGORITHM
from surveys.cases.evaluators import must_take_evaluators
from surveys.cases.store import drawn_cases, publish_cases, register_of, run_case_draw
from surveys.cases.verify import verify_draw
from surveys.errors import NotFound, Refusal
from surveys.records.evaluations import DrawnCase
from surveys.records.kinds import Role
from surveys.records.waves import Wave
from webapp import auth
from webapp.cases.assess import bp, case_wave, noted, register_or_none, status_beside_form
from webapp.stores import box_reading, box_transaction, registrar_reading, registrar_transaction
from webapp.tables import Column, csv_download, listing, mark_of
from webapp.words import words_for

SUGGESTED = 33
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # what a spreadsheet would take for a formula


@bp.get("/draw")
@auth.role(Role.ASSESSOR)
def draw(wave_code: str) -> ResponseReturnValue:
    """Seed and size before the draw; afterwards the cases. `?verify=1` draws again and compares."""
    return _page(case_wave(wave_code), {"n": str(SUGGESTED)}, "")


def _page(wave: Wave, typed: dict[str, str], fault: str) -> str:
    with registrar_reading() as registrar, box_reading() as box:
        kept = register_or_none(registrar, wave)
        cases = drawn_cases(box, wave.id)
        check = verify_draw(box, registrar, wave.id) if request.args.get("verify") and cases else None
    download = url_for("assess.drawn_csv", wave_code=wave.code)
    return render_template(
        "cases/draw.html",
        wave=wave,
        kept=kept,
        cases=cases,
        drawn=listing(cases, case_columns(), download, "assess.draw", wave_code=wave.code),
        check=check,
        typed=typed,
        fault=fault,
        algorithm=ALGORITHM,
    )


@bp.post("/draw")
@auth.role(Role.ASSESSOR)
def run_draw(wave_code: str) -> ResponseReturnValue:
    """Record seed and size with the registrar, then publish the cases to the box; both may be repeated."""
    wave = case_wave(wave_code)
    typed = {name: request.form.get(name, "").strip() for name in ("seed", "n")}
    try:
        must_take_evaluators(wave)
        count = _drawn(wave, typed["seed"], _whole(typed["n"]))
    except NotFound:
        raise
    except Refusal as refusal:
        return _page(wave, typed, words_for(refusal)), status_beside_form(refusal)
    flash(gettext("已抽取 %(count)s 件，种子已记录，不能重抽。接下来请评议员。", count=count), "success")
    return redirect(url_for("assess.draw", wave_code=wave.code), 303)


def _drawn(wave: Wave, seed: str, n: int) -> int:
    with registrar_transaction() as registrar:
        rows = run_case_draw(registrar, wave.id, seed, n)
        kept = register_of(registrar, wave.id)
        noted(registrar, "cases.draw", wave, seed=kept.seed, drawn=n, listed=kept.cases, sha256=kept.sha256)
    with box_transaction() as box:
        return publish_cases(box, wave.id, rows, kept.cases)


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 8):
        raise Refusal("cases.not_whole", value=text)
    return int(text)


@bp.get("/drawn.csv")
@auth.role(Role.ASSESSOR)
def drawn_csv(wave_code: str) -> ResponseReturnValue:
    """The drawn cases as a file, in register order."""
    wave = case_wave(wave_code)
    with box_reading() as box:
        return csv_download(f"{wave.code}-cases.csv", case_columns(), drawn_cases(box, wave.id), mark_of(wave))


def case_columns() -> list[Column[DrawnCase]]:
    """The columns of the drawn cases' table and file."""
    return [
        Column("case", gettext("案件编号"), lambda case: case.code, is_code=True),
        Column("body", gettext("执法单位"), lambda case: case.body),
        Column("kind", gettext("案件类别"), lambda case: case.kind),
        Column("closed", gettext("办结日期"), lambda case: case.closed_on.isoformat()),
    ]
