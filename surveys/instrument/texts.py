"""Words shown to people, in every language the instrument was written in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

LANGUAGES = ("zh", "en")


class Text(Mapping[str, str]):
    """One wording by language code; never changes, compares and hashes by content."""

    __slots__ = ("_words",)

    def __init__(self, words: Mapping[str, str]) -> None:
        self._words = dict(words)

    def __getitem__(self, language: str) -> str:
        return self._words[language]

    def __iter__(self) -> Iterator[str]:
        return iter(self._words)

    def __len__(self) -> int:
        return len(self._words)

    def __hash__(self) -> int:
        return hash(tuple(sorted(self._words.items())))

    def __repr__(self) -> str:
        return f"Text({self._words!r})"

    @property
    def zh(self) -> str:
        return self._words["zh"]

    @property
    def en(self) -> str:
        return self._words["en"]
