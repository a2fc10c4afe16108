"""An invented register of closed enforcement cases, and what a panel and the parties would say of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from surveys.simulation.chance import chance

HEADINGS = ("案件编号", "执法单位", "案件类别", "办结日期")
FIELDS = (
    *("市场监管", "城市管理", "交通运输", "生态环境", "卫生健康", "应急管理"),
    *("农业农村", "文化旅游", "规划自然资源", "人力社保", "住房建设"),
)
TEAMS = 33
KINDS = {"行政处罚": 0.62, "行政许可": 0.2, "行政强制": 0.1, "行政检查": 0.08}
STEP = 5
INDICATORS = ("body", "facts", "procedure", "basis", "discretion", "conduct", "efficiency")
PARTY_INDICATORS = ("p_conduct", "p_efficiency")
PANEL = ("deputies", "supervisors", "lawyers", "residents")
RECUSAL, VETO = 0.04, 0.01


@dataclass(frozen=True, slots=True)
class SyntheticCase:
    """One closed case; `quality` (0-100) is its truth, which no register would hold."""

    code: str
    body: str
    kind: str
    closed_on: date
    quality: float


@dataclass(frozen=True, slots=True)
class PanelMark:
    """One evaluator's marks of one case (indicator -> 0, 5 ... 100), empty when recused; `veto`: a defect was seen."""

    case: str
    rater: str
    group: str
    recused: bool
    marks: dict[str, int]
    veto: bool


@dataclass(frozen=True, slots=True)
class PartyMark:
    """One party's marks of their own case; no name, no rater. `satisfaction` is 1 (very satisfied) to 5."""

    case: str
    marks: dict[str, int]
    rights_told: str
    satisfaction: int


def case_register(seed: str, year: int, n: int = 400, without: Sequence[str] = ()) -> tuple[SyntheticCase, ...]:
    """n invented cases closed in `year`, with codes in order of closing; no case of the kinds in `without`."""
    rng = chance(seed, "cases")
    kinds = {kind: share for kind, share in KINDS.items() if kind not in without}
    kind = rng.choice(list(kinds), size=n, p=np.array(list(kinds.values())) / sum(kinds.values()))
    body = rng.integers(TEAMS, size=n)
    closed = np.sort(rng.integers(365, size=n))
    quality = np.clip(rng.normal(80, 4, TEAMS)[body] + rng.normal(0, 8, n), 5, 100)
    return tuple(
        SyntheticCase(
            f"SIM{year}-{place + 1:04d}",
            _body(int(body[place])),
            str(kind[place]),
            date(year, 1, 1) + timedelta(days=int(closed[place])),
            float(quality[place]),
        )
        for place in range(n)
    )


def register_csv(cases: Sequence[SyntheticCase]) -> bytes:
    """The register as a file to import: case code, body, kind, closing date."""
    text = io.StringIO(newline="")
    rows = [(case.code, case.body, case.kind, case.closed_on.isoformat()) for case in cases]
    csv.writer(text).writerows([HEADINGS, *rows])
    return text.getvalue().encode("utf-8-sig")


def panel_marks(seed: str, cases: Sequence[SyntheticCase], raters_a_group: int = 2) -> tuple[PanelMark, ...]:
    """Every panel member's marks of every case; some are lenient and some strict, a few recuse themselves."""
    rng = chance(seed, "panel")
    raters = [(f"{group}-{place:02d}", group) for group in PANEL for place in range(1, raters_a_group + 1)]
    leniency = dict(zip(raters, rng.normal(0, 5, len(raters)).tolist(), strict=True))
    return tuple(
        _panel_mark(case, rater, group, leniency[rater, group], rng) for case in cases for rater, group in raters
    )


def party_marks(seed: str, cases: Sequence[SyntheticCase], answering: float = 0.6) -> tuple[PartyMark, ...]:
    """What parties say, one a case, where they answer (about 60 %); they are less pleased than the panel."""
    rng = chance(seed, "parties")
    return tuple(_party_mark(case, rng) for case in cases if rng.random() < answering)


def _panel_mark(case: SyntheticCase, rater: str, group: str, leniency: float, rng: np.random.Generator) -> PanelMark:
    recused = bool(rng.random() < RECUSAL)
    marks = {} if recused else _marks(INDICATORS, case.quality + leniency, rng)
    return PanelMark(case.code, rater, group, recused, marks, not recused and bool(rng.random() < VETO))


def _party_mark(case: SyntheticCase, rng: np.random.Generator) -> PartyMark:
    marks = _marks(PARTY_INDICATORS, case.quality - 6, rng)
    told = str(rng.choice(["yes", "partly", "no"], p=[0.7, 0.2, 0.1]))
    felt = sum(marks.values()) / len(marks)
    return PartyMark(case.code, marks, told, int(np.clip(round((100 - felt) / 25) + 1, 1, 5)))


def _marks(indicators: Sequence[str], level: float, rng: np.random.Generator) -> dict[str, int]:
    felt = level + rng.normal(0, 12, len(indicators))
    steps = np.clip(np.round(felt / STEP) * STEP, 0, 100).astype(int)
    return dict(zip(indicators, steps.tolist(), strict=True))


def _body(place: int) -> str:
    return f"模拟·{FIELDS[place % len(FIELDS)]}执法{place // len(FIELDS) + 1}队"
