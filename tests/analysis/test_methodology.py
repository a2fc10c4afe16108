"""The methodology page has every heading that the code points to, and every work that it names."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "methodology.md").read_text(encoding="utf-8")
# What is no estimator: how answers are kept and handed on, rules of publication, and what is said about the page.
# Definitions of indicators are ours, made of the means and shares above.
WITHOUT_A_SOURCE = {
    *("Methodology: from answers to a number that can be defended", "Sufficient statistics", "Where it runs"),
    *("Refused input", "The plan", "Reliability", "Definitions", "Complete"),
    *("Awareness rate", "Satisfied share", "Satisfaction score", "Reach", "Case score", "Coverage"),
    *("Cases met otherwise", "Limits", "References"),
}
SURNAME = re.compile(r"([^\W\d_]+), [A-Z]\.")


def sections() -> dict[str, str]:
    """The text below each heading, up to the next one of any depth."""
    parts = re.split(r"^#+ (.+)$", PAGE, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def listed() -> set[str]:
    """Every work of the references as the text names it: Holm 1979, Rao and Scott 1981, Rao, Wu and Yue 1992."""
    entries = re.findall(r"^- (.+?) \((\d{4})\)\. ", sections()["References"], re.M)
    return {f"{_joined(SURNAME.findall(head) or [head])} {year}" for head, year in entries}


def _joined(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def plainly(text: str) -> str:
    """Kuonen's (1999), Korn–Graubard 1998 and Rao and Scott 1981, 1984 in the one way of `listed`."""
    plain = re.sub(r"[()]|'s\b", "", text)
    return re.sub(r"([^\W\d_]+(?: and [^\W\d_]+)?) (\d{4}), (\d{4})", r"\1 \2, \1 \3", plain)


def named(text: str) -> set[str]:
    """The works that a text names, by the last author's name and the year."""
    return {" ".join(found) for found in re.findall(r"\b([A-ZÁ][^\W\d_]+) ((?:18|19|20)\d\d)\b", plainly(text))}


def test_every_formula_named_in_the_code_stands_on_the_page() -> None:
    headings = {re.sub(r"[^\w]+", "-", line.lower()).strip("-") for line in re.findall(r"^#+ (.+)$", PAGE, re.M)}
    named = {
        (name, source.name)
        for source in (ROOT / "surveys").rglob("*.py")
        for name in re.findall(r"docs/methodology\.md#([\w-]+)", source.read_text())
    }
    assert {name for name, _ in named} >= {"korn-graubard", "calibration", "degrees-of-freedom", "case-score"}
    assert sorted(pair for pair in named if pair[0] not in headings) == []


def test_every_estimator_names_a_work_that_stands_in_the_references() -> None:
    known = listed()
    silent = [
        heading
        for heading, text in sections().items()
        if heading not in WITHOUT_A_SOURCE and not any(work in plainly(text) for work in known)
    ]
    assert silent == []
    assert set(sections()) >= WITHOUT_A_SOURCE


def test_every_work_named_is_listed_and_every_work_listed_is_named() -> None:
    known, text = listed(), PAGE.split("## References")[0]
    assert len(known) > 40
    assert named(text) - {" ".join(work.rsplit(" ", 2)[-2:]) for work in known} == set()
    assert sorted(work for work in known if work not in plainly(text)) == []


def test_the_references_stand_in_alphabetical_order_and_once() -> None:
    lines = re.findall(r"^- (.+?\(\d{4}\))", sections()["References"], re.M)
    assert len(lines) == len(set(lines)) == len(listed())
    first = [line.split(",")[0].replace("á", "a").replace("ä", "a").lower() for line in lines]
    assert first == sorted(first)
