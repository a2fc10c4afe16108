"""What is asked: questions, types, routing, keys and indicators. Pure: no database, no clock, no web."""

from surveys.instrument.answers import Answers
from surveys.instrument.forms import Form, Section
from surveys.instrument.indicators import MEASURES, Grade, Group, Indicator
from surveys.instrument.instrument import Instrument
from surveys.instrument.missing import Missing
from surveys.instrument.panel import grade_of, panel_score
from surveys.instrument.questions import QUESTION_TYPES, Item, Law, Question, QuestionType
from surveys.instrument.raw import RawAnswers
from surveys.instrument.texts import Text

__all__ = [
    "MEASURES",
    "QUESTION_TYPES",
    "Answers",
    "Form",
    "Grade",
    "Group",
    "Indicator",
    "Instrument",
    "Item",
    "Law",
    "Missing",
    "Question",
    "QuestionType",
    "RawAnswers",
    "Section",
    "Text",
    "grade_of",
    "panel_score",
]
