"""The questionnaire page: the same bytes for everybody with the same wave, form, booklet, language and size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from flask import Response, make_response, render_template, request
from flask_babel import gettext as _

from surveys.errors import AnswerInvalid
from surveys.instrument import Form, Instrument, Question, RawAnswers, Section
from surveys.instrument.questions import Route
from surveys.records.evaluations import DrawnCase
from surveys.records.waves import Wave
from webapp.respond.look import Look
from webapp.words import words_for

SECONDS_SHARED = 60  # a wave that opens or closes shows it within a minute


@dataclass(frozen=True)
class Paper:
    """What one kind of respondent is asked: it names nobody, so every page made from it can be shared."""

    wave: Wave
    instrument: Instrument
    form: Form
    booklet: int
    template: str = "resident/questionnaire.html"
    about: str = "resident"  # which first screen introduces it: resident, open, panel, party
    case: DrawnCase | None = None  # what an evaluator is asked about


@dataclass(frozen=True)
class Part:
    """A section as it stands on a page. Where all its questions depend on one answer, that is said once, here."""

    section: Section
    questions: list[Asked]
    route: Route | None
    hint: str


@dataclass(frozen=True)
class Asked:
    """One question as it stands on a page: its place, what was given, what is wrong with it."""

    question: Question
    place: int
    count: int
    given: tuple[str, ...]
    fault: str
    hint: str
    is_first_fault: bool

    @property
    def id(self) -> str:
        return f"q-{self.question.code}"

    @property
    def anchor(self) -> str:
        """The id of the first control, where a fault's link leads."""
        return f"{self.id}-1"

    @property
    def route(self) -> Route | None:
        return self.question.show_if

    @property
    def typed(self) -> str:
        """What was typed into a field, exactly; codes of tick boxes beside the field left out."""
        return next((value for value in self.given if value not in self.question.choices), "")

    @property
    def described_by(self) -> str:
        """The ids of the notes that a screen reader reads with the legend."""
        notes = {"route": self.hint, "help": self.question.help, "fault": self.fault}
        return " ".join(f"{self.id}-{name}" for name, there in notes.items() if there)


def parts_of(paper: Paper, look: Look, given: RawAnswers, faults: Mapping[str, AnswerInvalid]) -> list[Part]:
    """The booklet's sections with their questions, numbered through."""
    sections = paper.form.sections(paper.booklet)
    order = [question.code for _section, questions in sections for question in questions]
    places = {code: place for place, code in enumerate(order, start=1)}
    first = next((code for code in order if code in faults), None)

    def stand(question: Question, shared: Route | None) -> Asked:
        own = question.show_if if question.show_if != shared else None
        return Asked(
            question=question,
            place=places[question.code],
            count=len(order),
            given=given.values(question.code),
            fault=words_for(faults[question.code], look.language) if question.code in faults else "",
            hint=hint_of(own, paper.instrument, places, look),
            is_first_fault=question.code == first,
        )

    def part(section: Section, questions: list[Question]) -> Part:
        shared = _shared_route(questions)
        stood = [stand(question, shared) for question in questions]
        return Part(section, stood, shared, hint_of(shared, paper.instrument, places, look))

    return [part(section, questions) for section, questions in sections]


def _shared_route(questions: list[Question]) -> Route | None:
    routes = {question.show_if for question in questions}
    return routes.pop() if len(routes) == 1 else None


def hint_of(route: Route | None, instrument: Instrument, places: Mapping[str, int], look: Look) -> str:
    """What a reader without script must know about questions that not everybody is asked."""
    if route is None:
        return ""
    choices = instrument.questions[route.question].choices
    labels = [choices[code][look.language] for code in choices if code in route.any]
    chosen = _("或").join(_("“%(label)s”", label=label) for label in labels)
    told = _("如果第 %(place)s 题选了%(chosen)s，请回答。否则请跳过。", place=places[route.question], chosen=chosen)
    return str(told)


def fresh_page(paper: Paper) -> Response:
    """The empty questionnaire, shareable by every cache on the way and checked again by its ETag."""
    page = make_response(_render(paper, RawAnswers({}), {}))
    page.headers["Cache-Control"] = f"public, max-age={SECONDS_SHARED}"
    page.add_etag()
    page.make_conditional(request)
    return page


def filled_page(
    paper: Paper,
    given: RawAnswers,
    status: HTTPStatus,
    faults: Mapping[str, AnswerInvalid] | None = None,
    warning: str = "",
) -> Response:
    """The questionnaire as it was sent, with what is wrong; nobody else's, so it is stored nowhere."""
    page = make_response(_render(paper, given, faults or {}, warning, is_reply=True), status)
    page.headers["Cache-Control"] = "no-store"
    return page


def _render(
    paper: Paper,
    given: RawAnswers,
    faults: Mapping[str, AnswerInvalid],
    warning: str = "",
    is_reply: bool = False,
) -> str:
    look = Look.of_request()
    parts = parts_of(paper, look, given, faults)
    questions = [asked for part in parts for asked in part.questions]
    return render_template(
        paper.template,
        paper=paper,
        wave=paper.wave,
        look=look,
        parts=parts,
        count=len(questions),
        faults=[asked for asked in questions if asked.fault],
        warning=warning,
        is_reply=is_reply,
    )
