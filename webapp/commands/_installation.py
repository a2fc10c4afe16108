"""What every command stands on: the installation's settings and stores, and refusals in words for the terminal."""

from __future__ import annotations

import click
from pydantic import ValidationError

from surveys.collection.plan import PlanInvalid
from surveys.errors import FileRefused, InstrumentInvalid, Refusal
from webapp.config import Settings, load
from webapp.db import Stores, UnsafeStore
from webapp.words import words_for, words_for_fault


def in_words(fault: Exception) -> Exception:
    """What to raise for a fault: a refusal or an unsafe store as a ClickException (exit 1), all else as it is."""
    if isinstance(fault, Refusal):
        return click.ClickException(said(fault))
    return click.ClickException(str(fault)) if isinstance(fault, UnsafeStore) else fault


def said(refusal: Refusal) -> str:
    """A refusal for the terminal, in both languages; a file's faults line by line."""
    lines = [words_for(refusal, "zh"), words_for(refusal, "en")]
    faults = refusal.faults if isinstance(refusal, (FileRefused, InstrumentInvalid)) else []
    for fault in faults:
        place = " ".join(str(part) for part in (f"row {fault.row}" if fault.row else "", fault.column) if part)
        lines.append(f"  {place}: {words_for_fault(fault, 'zh')} {words_for_fault(fault, 'en')}")
    if isinstance(refusal, PlanInvalid):
        lines += [
            f"  {name}: {words_for(fault, 'zh')} {words_for(fault, 'en')}" for name, fault in refusal.faults.items()
        ]
    return "\n".join(lines)


def settings() -> Settings:
    """The installation's settings, or a ClickException that says which one is missing and what to run."""
    try:
        return load()
    except ValidationError as fault:
        named = {".".join(map(str, error["loc"])) or "settings": error["msg"] for error in fault.errors()}
        lines = [f"  {name}: {message}" for name, message in named.items()]
        raise click.ClickException(
            "The settings are not complete / 设置不完整：\n"
            + "\n".join(lines)
            + "\nRun `minping init` for a new installation, or see deploy/env.example."
        ) from None


def stores() -> Stores:
    """The installation's stores, which may still lack a migration."""
    chosen = settings()
    return Stores.at(chosen.box_url, chosen.registrar_url, analytics=chosen.analytics)
