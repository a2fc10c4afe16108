"""What the pages say: the messages that extraction finds, the catalogue, and Chinese that stands untranslated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

ROOT = Path(__file__).parents[2]
WEB = ROOT / "webapp"
TRANSLATIONS = WEB / "translations"
ENGLISH = TRANSLATIONS / "en" / "LC_MESSAGES"
KEYWORDS = {**DEFAULT_KEYWORDS, "lazy_gettext": None}
TRANSLATORS = frozenset({"_", "gettext", "ngettext"})
CHINESE = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
# What stands in Chinese on purpose: the mark of synthetic data, and how a page in English offers the Chinese one.
MARK = re.compile("「模拟数据」|[「」]")
OFFERS = frozenset({"中文", "换成中文"})


@cache
def said() -> frozenset[str]:
    """The msgids of all templates and Python files of the web, extracted anew."""
    with (TRANSLATIONS / "babel.cfg").open(encoding="utf-8") as mapping:
        methods, options = parse_mapping_cfg(mapping)  # type: ignore[no-untyped-call]
    found = extract_from_dir(WEB, methods, options, KEYWORDS)
    return frozenset(_first(message) for _file, _line, message, _comments, _context in found)


@cache
def catalogue() -> Catalog:
    """The English messages as text."""
    with (ENGLISH / "messages.po").open("rb") as file:
        return read_po(file, locale="en")


def compiled() -> dict[str, object]:
    """The English messages as the server reads them."""
    with (ENGLISH / "messages.mo").open("rb") as file:
        return {_first(message.id): message.string for message in read_mo(file) if message.id}


def messages() -> list[Message]:
    """The messages of the catalogue, its head apart."""
    return [message for message in catalogue() if message.id]


def templates() -> list[Path]:
    return sorted((WEB / "templates").rglob("*.html"))


def unwrapped(template: str) -> list[str]:
    """Chinese in a template that no call of gettext translates."""
    return [text.strip() for text in _untranslated(template) if CHINESE.search(_without_offers(MARK.sub("", text)))]


def _untranslated(template: str) -> Iterator[str]:
    tree = Environment(extensions=["jinja2.ext.i18n"], autoescape=True).parse(template)
    wrapped = {id(argument) for call in tree.find_all(nodes.Call) if _translates(call) for argument in call.args}
    for written in tree.find_all(nodes.TemplateData):
        yield written.data
    for constant in tree.find_all(nodes.Const):
        if isinstance(constant.value, str) and id(constant) not in wrapped:
            yield constant.value


def _translates(call: nodes.Call) -> bool:
    return isinstance(call.node, nodes.Name) and call.node.name in TRANSLATORS


def _without_offers(text: str) -> str:
    """Without the words that say, in Chinese, that the page is there in Chinese."""
    return re.sub(r">([^<]*)<", lambda found: "><" if found[1].strip() in OFFERS else found[0], text)


def _first(message: object) -> str:
    """The msgid, of a message with a plural its singular."""
    return str(message[0] if isinstance(message, tuple | list) else message)
