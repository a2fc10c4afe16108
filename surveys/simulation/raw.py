"""From invented people to what they would have posted: raw values for the questions of an instrument."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from surveys.instrument.instrument import Instrument
from surveys.instrument.missing import Missing
from surveys.instrument.questions import Question
from surveys.simulation.people import DONT_KNOW, REFUSED, People

Said = list[str]
Raw = dict[str, Said]
Saying = Callable[[Question, People, int, Random], Said]

COMMENTS = ("希望多办讲座。", "宣传栏字太小。", "没有意见。", "多讲讲防诈骗。")
COMMENTING, HELPED = 0.05, 0.1


def raw_answers(instrument: Instrument, people: People, seed: str, form: str = "resident") -> Iterator[Raw]:
    """What each person would post to a form, in the order of the arrays; `instrument.read` takes every one.

    Knowledge marks are laid on the questions that have a key, in version order; choices, keys and missing codes come
    from the instrument. A question nobody has told us about gets choices at random.
    """
    asked = [question for question in instrument.questions.values() if form in question.forms]
    for place in range(len(people["age"])):
        yield _one(asked, people, place, Random(f"{seed}|{place}"))


def _one(asked: list[Question], people: People, place: int, random: Random) -> Raw:
    raw: Raw = {}
    marks = iter(people["marks"][place].tolist())
    for question in asked:
        route = question.show_if
        if route is not None and not route.any & set(raw.get(route.question, ())):
            continue
        if question.key is not None:
            raw[question.code] = _marked(question, next(marks, "r"), random)
        else:
            raw[question.code] = SAYINGS.get(question.code, _anything)(question, people, place, random)
    return raw


def _marked(question: Question, mark: str, random: Random) -> Said:
    """The values that earn one knowledge mark: right, wrong, don't know or blank."""
    key = question.key or frozenset()
    if mark == "1":
        return sorted(key)
    if mark == "d":
        return _missing(question, Missing.DONT_KNOW)
    wrong = [choice for choice in question.substantive if choice not in key]
    return [random.choice(wrong)] if mark == "0" and wrong else []


def _missing(question: Question, why: Missing) -> Said:
    """The code that says so, or a blank when the question does not offer it."""
    return [code for code, missing in question.missing_codes.items() if missing is why][:1]


def _array(name: str) -> Saying:
    return lambda question, people, place, random: [str(people[name][place])]


def _grade(name: str) -> Saying:
    def say(question: Question, people: People, place: int, random: Random) -> Said:
        grade = int(people[name][place])
        missing = {DONT_KNOW: Missing.DONT_KNOW, REFUSED: Missing.REFUSED}
        return _missing(question, missing[grade]) if grade in missing else [str(grade)]

    return say


def _household(question: Question, people: People, place: int, random: Random) -> Said:
    size = int(people["people"][place])
    return [str(size)] if size else []


def _channels(question: Question, people: People, place: int, random: Random) -> Said:
    return _several(question, 3, random) if people["reached"][place] else sorted(question.exclusive)[:1]


def _told(question: Question, people: People, place: int, random: Random) -> Said:
    return ["yes" if people["induced"][place] else "no"]


def _filler(question: Question, people: People, place: int, random: Random) -> Said:
    if people["mode"][place] in ("interviewer", "telephone"):
        return ["interviewer"]
    return ["helped" if random.random() < HELPED else "self"]


def _comment(question: Question, people: People, place: int, random: Random) -> Said:
    return [f"【模拟数据】{random.choice(COMMENTS)}"] if random.random() < COMMENTING else []


def _anything(question: Question, people: People, place: int, random: Random) -> Said:
    return _several(question, question.at_most or 1, random) if question.substantive else []


def _several(question: Question, most: int, random: Random) -> Said:
    open_choices = [choice for choice in question.substantive if choice not in question.exclusive | question.ending]
    return random.sample(open_choices, random.randint(1, min(most, len(open_choices))))


SAYINGS: dict[str, Saying] = {
    "age": _array("age"),
    "sex": _array("sex"),
    "edu": _array("edu"),
    "town": _array("town"),
    "k": _household,
    "channels": _channels,
    "sat_publicity": _grade("publicity"),
    "sat_enforcement": _grade("enforcement"),
    "told_answers": _told,
    "who_filled": _filler,
    "comment": _comment,
}
