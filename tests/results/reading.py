"""What a report page says of each figure, read out of its HTML by the data- attributes."""

from __future__ import annotations

from collections import defaultdict
from html.parser import HTMLParser

Place = tuple[str, str, str, str, str]
VOID = {"br", "hr", "img", "input", "link", "meta", "source"}
NAMES = ("data-part", "data-indicator", "data-item", "data-domain", "data-code")


class FiguresOn(HTMLParser):
    """`figures`: (part, indicator, item, domain, code) -> field -> each text printed for it ("—" is left out)."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.figures: dict[Place, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        self._open: list[tuple[Place | None, str]] = []
        self._text: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            return
        said = {name: value or "" for name, value in attrs}
        place = tuple(said[name] for name in NAMES) if "data-indicator" in said else None
        self._open.append((place if place is None else (place[0], place[1], place[2], place[3], place[4]), ""))
        if "data-field" in said:
            self._open[-1] = (self._open[-1][0], said["data-field"])
            self._text = []

    def handle_data(self, data: str) -> None:
        self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        _, field = self._open.pop()
        text = "".join(self._text).strip()
        place = next((place for place, _ in reversed(self._open) if place), None)
        if field and place and text != "—":
            self.figures[place][field].append(text)
