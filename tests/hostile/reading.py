"""Whether a page shows a text as it was typed: as text, never as markup."""

from __future__ import annotations

import re
from html.parser import HTMLParser


def as_read(page: str) -> str:
    """Everything a reader can see or find filled in: texts and field values, blanks made one."""
    reader = _Reader()
    reader.feed(page)
    return one_blank(" ".join(reader.texts))


def shows(page: str, typed: str) -> bool:
    """Whether the page holds the text as typed."""
    return one_blank(typed) in as_read(page)


def one_blank(text: str) -> str:
    """The text with every run of blanks as one."""
    return re.sub(r"\s+", " ", text).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self.tags: list[tuple[str, tuple[str, ...]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))
        self.texts += [value or "" for name, value in attrs if name == "value"]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def foreign_markup(page: str) -> list[str]:
    """Elements and attributes that our own pages never have, so that they can only come from what was typed."""
    reader = _Reader()
    reader.feed(page)
    tags = [tag for tag, _ in reader.tags if tag in ("iframe", "svg", "b", "style")]
    handlers = [name for _, names in reader.tags for name in names if name.startswith("on")]
    inline = len(re.findall(r"<script(?![^>]* src=)", page))
    return tags + handlers + ["script"] * inline
