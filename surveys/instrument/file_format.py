"""The parts of an instrument file, as a lawyer writes them: names, types and bounds, not their sense."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Words = Annotated[str, StringConstraints(pattern=r"\S", max_length=2000)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}\z")]
ChoiceCode = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,20}\z")]
Percent = Annotated[int, Field(ge=0, le=100)]


class Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class TextPart(Part):
    """A wording; both languages or none."""

    zh: Words
    en: Words


class ChoicePart(TextPart):
    code: ChoiceCode
    exclusive: bool = False
    ends_interview: bool = False
    points: Percent | None = None


class WordsPart(Part):
    """How don't know and refusal are worded wherever a question offers them."""

    dont_know: TextPart
    refused: TextPart
    cannot_judge: TextPart


class HeadPart(Part):
    code: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}\z")]
    version: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}\.[0-9]{1,4}\z")]
    title: TextPart
    booklets: Annotated[int, Field(ge=1, le=64)]
    words: WordsPart


class FormPart(Part):
    code: Code
    title: TextPart


class TopicPart(TextPart):
    code: Code


class ListPart(Part):
    code: Code
    choices: list[ChoicePart]


class RoutePart(Part):
    question: str
    any: Annotated[list[str], Field(min_length=1)]


class SectionPart(Part):
    code: Code
    title: TextPart
    help: TextPart | None = None
    shuffle: bool = False
    show_if: RoutePart | None = None


class LawPart(TextPart):
    article: TextPart | None = None


class QuestionPart(Part):
    code: Code
    kind: str
    section: str
    text: TextPart
    forms: list[str] | None = None
    help: TextPart | None = None
    choices: list[ChoicePart] | None = None
    choices_from: str | None = None
    dont_know: bool = False
    can_refuse: bool = False
    required: bool = False
    show_if: RoutePart | None = None
    key: list[str] | None = None
    weight: Annotated[int, Field(ge=1, le=1000)] = 1
    law: LawPart | None = None
    explanation: TextPart | None = None
    topic: str | None = None
    cell: Literal["margin", "domain", "weight"] | None = None
    at_most: Annotated[int, Field(ge=1)] | None = None
    minimum: int | None = None
    maximum: int | None = None
    max_length: Annotated[int, Field(ge=1, le=5000)] | None = None


class GroupPart(TextPart):
    code: Code
    weight: Annotated[int, Field(ge=1, le=1000)]


class GradePart(TextPart):
    code: Code
    from_: Percent = Field(alias="from")


class IndicatorPart(Part):
    code: Code
    version: Annotated[int, Field(ge=1)]
    kind: str
    title: TextPart
    definition: TextPart
    base: str | None = None
    question: str | None = None
    questions: list[str] | None = None
    section: str | None = None
    choices: list[str] | None = None
    threshold: Percent | None = None
    refused: Literal["wrong", "out"] | None = None
    least: Annotated[int, Field(ge=1)] | None = None
    groups: list[GroupPart] | None = None
    grades: list[GradePart] | None = None
