"""The group-by over responses, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from surveys.analysis.totals.live import BITS, UNSCORED, Wanted, totals
from surveys.records.kinds import Channel
from tests.reporting.made import AWARENESS, Said, survey

WANTED = Wanted.by(AWARENESS)


def test_answers_in_one_cell_of_one_psu_are_one_row(box: Session) -> None:
    answers = [
        Said("a/1", {"awareness_rate": 1.0, "knowledge_score": 80.0}, {"k01": "1", "sat_publicity": "2"}),
        Said("a/1", {"awareness_rate": 0.0, "knowledge_score": 30.0}, {"k01": "d", "sat_publicity": "r"}),
        Said("a/1", {"awareness_rate": 1.0, "knowledge_score": 65.0}, {"k01": "1", "sat_publicity": "2"}),
    ]
    kept = totals(box, survey(box, ["a/1", "a/2"], answers).id, WANTED)
    assert (kept.channel, kept.stratum, kept.psu, kept.town) == (("invited",), ("a",), ("a/1",), ("a",))
    assert kept.count.tolist() == [3]
    score = kept.scores["knowledge_score"]
    assert (score.n.tolist(), score.x.tolist(), score.xx.tolist()) == ([3], [175], [80**2 + 30**2 + 65**2])
    assert kept.scores["awareness_rate"].x.tolist() == [2]
    assert {mark: column.tolist() for mark, column in kept.marks["k01"].items()} == {
        "0": [0],
        "1": [2],
        "d": [1],
        "r": [0],
    }
    assert kept.marks["sat_publicity"]["2"].tolist() == [2]
    assert kept.marks["sat_publicity"]["r"].tolist() == [1]


def test_a_score_nobody_has_is_a_sum_over_nobody(box: Session) -> None:
    kept = totals(box, survey(box, ["a/1"], [Said("a/1")]).id, WANTED)
    assert kept.scores["awareness_rate"].n.tolist() == [0]
    assert kept.scores["awareness_rate"].x.tolist() == [0]


def test_weight_cell_channel_and_completeness_keep_rows_apart(box: Session) -> None:
    answers = [
        Said("a/1"),
        Said("a/1", weight=2.0),
        Said("a/1", cell="age=4;sex=2"),
        Said("a/1", complete=False),
        Said("a", channel=Channel.OPEN),
    ]
    kept = totals(box, survey(box, ["a/1"], answers).id, WANTED)
    assert kept.count.tolist() == [1] * 5
    assert kept.based("complete").sum() == 4
    assert kept.came_by(Channel.OPEN).sum() == 1


def test_an_answer_without_the_base_score_counts_for_no_indicator(box: Session) -> None:
    wave = survey(box, ["a/1"], [])
    kept = totals(box, wave.id, WANTED)
    assert len(kept.count) == 0
    assert kept.based("complete").tolist() == []
    assert UNSCORED != 1


def test_a_wave_sees_its_own_answers_only(box: Session) -> None:
    wave = survey(box, ["a/1"], [Said("a/1")])
    assert len(totals(box, wave.id + 1, WANTED).count) == 0


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_row_of_more_people_than_packed_counts_can_hold_is_counted_right(box: Session) -> None:
    many = 1 << BITS
    marks = {"k01": "r", "k02": "1"}
    kept = totals(box, survey(box, ["a/1"], [Said("a/1", marks=marks)] * many).id, WANTED)
    assert kept.count.tolist() == [many]
    assert {mark: column.tolist() for mark, column in kept.marks["k01"].items()}["r"] == [many]
    assert kept.marks["k02"]["1"].tolist() == [many]
    assert kept.marks["k02"]["0"].tolist() == [0]
