"""The figures on a report page, read from its HTML by the attributes that name them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

from tests.story.printed import Place

VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})


@dataclass
class Shown:
    """One figure as the page shows it: the text of each number."""

    place: Place
    fields: dict[str, str] = field(default_factory=dict)


def figures_on(page: str) -> list[Shown]:
    """Every figure of a page in its order; one that is shown twice comes twice."""
    reader = _Reader()
    reader.feed(page)
    return reader.found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Shown] = []
        self._open: list[str] = []  # for every open element the field it is, or ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if "data-indicator" in said:
            names = ("part", "indicator", "item", "domain", "code")
            part, indicator, item, domain, code = (said[f"data-{name}"] for name in names)
            self.found.append(Shown((part, indicator, item, domain, code)))
        if tag not in VOID:
            self._open.append(said.get("data-field", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._open and (name := self._open[-1]):
            fields = self.found[-1].fields
            fields[name] = fields.get(name, "") + data.strip()
