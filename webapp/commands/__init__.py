"""The console command `minping`: each sub-command is one file here, imported only when it is asked for.

A file defines `command`, a click command or group; its docstring's first line is the line in `minping --help`.
"""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path

import click
from pydantic import ValidationError

from surveys.errors import FileRefused, InstrumentInvalid, Refusal
from webapp.config import Settings, load
from webapp.db import Stores, UnsafeStore
from webapp.words import words_for, words_for_fault

FOLDER = Path(__file__).parent


class Commands(click.Group):
    """Finds sub-commands by their files."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(path.stem.replace("_", "-") for path in FOLDER.glob("*.py") if not path.stem.startswith("_"))

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in self.list_commands(ctx):
            return None
        found: click.Command = import_module(f"{__name__}.{name.replace('-', '_')}").command
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, _first_line(name)) for name in self.list_commands(ctx)])

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            raise click.ClickException(said(refusal)) from None
        except UnsafeStore as fault:
            raise click.ClickException(str(fault)) from None


def _first_line(name: str) -> str:
    source = (FOLDER / f"{name.replace('-', '_')}.py").read_text("utf-8")
    return (ast.get_docstring(ast.parse(source)) or "").partition("\n")[0]


def said(refusal: Refusal) -> str:
    """A refusal for the terminal, in both languages; a file's faults line by line."""
    lines = [words_for(refusal, "zh"), words_for(refusal, "en")]
    faults = refusal.faults if isinstance(refusal, (FileRefused, InstrumentInvalid)) else []
    for fault in faults:
        place = " ".join(str(part) for part in (f"row {fault.row}" if fault.row else "", fault.column) if part)
        lines.append(f"  {place}: {words_for_fault(fault, 'zh')} {words_for_fault(fault, 'en')}")
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
    return Stores.at(chosen.box_url, chosen.registrar_url)


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Settings come from the environment and from the env file in MINPING_ENV_FILE (default var/minping.env).",
)
@click.version_option(package_name="minping", message="%(version)s")
def main() -> None:
    """Minping 民评: from sampling frame to published number in one verifiable chain.

    \b
    A new installation:   minping init, then minping serve
    A look around:        minping demo, then minping serve
    """
