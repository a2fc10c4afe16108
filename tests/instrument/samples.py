"""Small instruments that tests build on."""

from __future__ import annotations

HEAD = """
code = "sample"
version = "2021.1"
title = { zh = "样本", en = "Sample" }
booklets = 2
[words]
dont_know = { zh = "不知道", en = "Don't know" }
refused = { zh = "不想回答", en = "No answer" }
cannot_judge = { zh = "无法评判", en = "Cannot judge" }
[[form]]
code = "full"
title = { zh = "全", en = "Full" }
"""

SECTION = """
[[section]]
code = "{code}"
title = {{ zh = "部分", en = "Part" }}
"""

YES_NO = '[{ code = "yes", zh = "是", en = "Yes" }, { code = "no", zh = "否", en = "No" }]'


def question(code: str, kind: str, *lines: str, section: str = "all") -> str:
    """One question; `lines` are more settings."""
    settings = "\n".join(lines)
    return f'[[question]]\ncode = "{code}"\nkind = "{kind}"\nsection = "{section}"\n{TEXT}\n{settings}\n'


TEXT = 'text = { zh = "问", en = "Ask" }'


def yes_no(code: str, *lines: str, section: str = "all") -> str:
    return question(code, "single", f"choices = {YES_NO}", *lines, section=section)


def item(code: str, weight: int = 1, section: str = "all") -> str:
    """A knowledge item; "yes" is right."""
    return yes_no(code, "dont_know = true", f"weight = {weight}", *KEYED, section=section)


KEYED = (
    'key = ["yes"]',
    'law = { zh = "法", en = "Law" }',
    'explanation = { zh = "因为", en = "Because" }',
)


def indicator(code: str, kind: str, *lines: str) -> str:
    settings = "\n".join(lines)
    named = f'[[indicator]]\ncode = "{code}"\nkind = "{kind}"\nversion = 1\n'
    return (
        f'{named}title = {{ zh = "名", en = "Name" }}\ndefinition = {{ zh = "口径", en = "Definition" }}\n{settings}\n'
    )


def file_of(*parts: str, section: str = "all") -> str:
    """A whole file with one section."""
    return HEAD + SECTION.format(code=section) + "\n".join(parts)
