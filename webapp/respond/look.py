"""How a page is read: language and type size, kept in the address and nowhere else (no cookie)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from flask import request


@dataclass(frozen=True)
class Look:
    """`language` is zh or en; `size` is empty or "big" (elder mode)."""

    language: str = "zh"
    size: str = ""

    @classmethod
    def of_request(cls) -> Look:
        """What the address asks for; anything unknown is the ordinary page in Chinese."""
        language = "en" if request.args.get("lang") == "en" else "zh"
        return cls(language, "big" if request.args.get("size") == "big" else "")

    @property
    def is_big(self) -> bool:
        return self.size == "big"

    @property
    def kept(self) -> dict[str, Any]:
        """What goes on into the next address."""
        asked = {"lang": self.language if self.language != "zh" else "", "size": self.size}
        return {name: value for name, value in asked.items() if value}

    def address(self, **changed: str) -> str:
        """The same page in another look, relative, so that a page never has to say its own address."""
        return "?" + urlencode(replace(self, **changed).kept)
