"""What invented evaluators would post to the forms of the enforcement evaluation."""

from __future__ import annotations

from random import Random

from surveys.instrument.instrument import Instrument
from surveys.simulation.cases import PanelMark, PartyMark
from surveys.simulation.raw import Raw

REMARK = "【模拟数据】案卷完整，说理可以再细一些。"


def panel_raw(instrument: Instrument, mark: PanelMark) -> Raw:
    """One panel member's form: recusal first and alone; a veto is one of the instrument's veto items."""
    if mark.recused:
        return {"recused": ["yes"]}
    random = Random(f"{mark.case}|{mark.rater}")
    vetoes = [question.code for question in instrument.questions.values() if question.type.is_veto]
    ticked = {random.choice(vetoes): ["1"]} if mark.veto else {}
    remarks = {"remarks": [REMARK]} if random.random() < 0.2 else {}
    return {"recused": ["no"], **_typed(mark.marks), **ticked, **remarks}


def party_raw(mark: PartyMark) -> Raw:
    """One party's form."""
    return {**_typed(mark.marks), "p_rights": [mark.rights_told], "p_satisfaction": [str(mark.satisfaction)]}


def _typed(marks: dict[str, int]) -> Raw:
    return {code: [str(value)] for code, value in marks.items()}
