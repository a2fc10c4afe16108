"""What anybody may read about a wave: what happens to the answers, and, once it has closed, which were right."""

from __future__ import annotations

from collections.abc import Iterator

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue

from surveys.collection.waves import instrument_of, wave_by_code
from surveys.instrument import Instrument, Question
from surveys.records.kinds import WaveState
from webapp.auth import public
from webapp.respond.blueprint import bp
from webapp.respond.look import Look
from webapp.respond.notices import notice_page, still_secret
from webapp.stores import box_reading, clock

SHARED = "public, max-age=300"


@bp.get("/answers/<wave_code>")
@public
def right_answers(wave_code: str) -> ResponseReturnValue:
    """Keys and laws for everybody at the same moment: nobody can coach with them while the wave is open."""
    with box_reading() as box:
        wave = wave_by_code(box, wave_code)
        if wave.state is not WaveState.CLOSED and clock() < wave.closes_at:
            return notice_page(still_secret(wave))
        look, instrument = Look.of_request(), instrument_of(wave)
        topics = list(keyed_by_topic(instrument, look.language))
        return _shared(
            render_template("resident/right_answers.html", wave=wave, instrument=instrument, topics=topics, look=look)
        )


@bp.get("/about/<wave_code>")
@public
def about(wave_code: str) -> ResponseReturnValue:
    """What happens to the answers, and what we cannot promise."""
    with box_reading() as box:
        wave = wave_by_code(box, wave_code)
        return _shared(render_template("resident/about.html", wave=wave, look=Look.of_request()))


def keyed_by_topic(instrument: Instrument, language: str) -> Iterator[tuple[str, list[Question]]]:
    """The items with a key under their topics' titles, in the instrument's order; those without a topic come last."""
    keyed = [question for question in instrument.questions.values() if question.key]
    titles = {code: text[language] for code, text in instrument.topics.items()} | {None: ""}
    for topic, title in titles.items():
        if listed := [question for question in keyed if question.topic == topic]:
            yield title, listed


def _shared(body: str) -> ResponseReturnValue:
    page = make_response(body)
    page.headers["Cache-Control"] = SHARED
    page.add_etag()
    return page.make_conditional(request)
