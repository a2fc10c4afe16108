from __future__ import annotations

import pytest

from surveys.catalog import catalog_content
from surveys.instrument.instrument import Instrument
from surveys.sampling.draw import draw_sample
from surveys.simulation.fieldwork import simulate
from surveys.simulation.frame import synthetic_frame
from surveys.simulation.people import DONT_KNOW, ITEMS, REFUSED, People
from surveys.simulation.raw import raw_answers
from surveys.simulation.volunteers import volunteers


@pytest.fixture(scope="module")
def instrument() -> Instrument:
    return Instrument.parse(catalog_content("legal-awareness"))


@pytest.fixture(scope="module")
def people() -> People:
    frame = synthetic_frame("demonstration")
    return simulate(draw_sample(frame, dict.fromkeys(frame.counts, 3), "s"), "wave").people


def test_the_instrument_has_as_many_knowledge_items_as_the_simulation(instrument: Instrument) -> None:
    assert sum(question.key is not None for question in instrument.questions.values()) == ITEMS


def test_every_invented_answer_is_taken_and_scored_as_it_was_meant(instrument: Instrument, people: People) -> None:
    for place, raw in enumerate(raw_answers(instrument, people, "raw")):
        answers = instrument.read(raw, form="resident")
        scores = instrument.scores(answers)
        assert scores["complete"] == (not people["partial"][place])
        if scores["complete"]:
            assert scores["awareness_rate"] == people["passed"][place]
            assert scores["reach"] == people["reached"][place]
        assert answers["age"] == str(people["age"][place])


def test_marks_come_back_item_by_item(instrument: Instrument, people: People) -> None:
    keyed = [item for item in instrument.items if instrument.questions[item.question].key is not None]
    for place, raw in zip(range(100), raw_answers(instrument, people, "raw"), strict=False):
        marks = instrument.marks(instrument.read(raw, form="resident"))
        assert [marks[item.position - 1] for item in keyed] == people["marks"][place].tolist()


def test_satisfaction_keeps_its_missing_codes(instrument: Instrument, people: People) -> None:
    said = {DONT_KNOW: "d", REFUSED: "r"}
    item = next(item for item in instrument.items if item.question == "sat_publicity")
    for place, raw in enumerate(raw_answers(instrument, people, "raw")):
        grade = int(people["publicity"][place])
        mark = instrument.marks(instrument.read(raw, form="resident"))[item.position - 1]
        assert mark == said.get(grade, str(grade))


def test_volunteers_name_their_town_on_the_open_form(instrument: Instrument) -> None:
    crowd = volunteers("open", 50)
    for place, raw in enumerate(raw_answers(instrument, crowd, "raw", form="open")):
        assert instrument.read(raw, form="open")["town"] == crowd["town"][place]


def test_every_comment_says_that_it_is_invented(instrument: Instrument, people: People) -> None:
    comments = [raw["comment"][0] for raw in raw_answers(instrument, people, "raw") if raw["comment"]]
    assert comments
    assert all("模拟数据" in comment for comment in comments)
