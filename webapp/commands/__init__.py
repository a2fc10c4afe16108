"""The console command `minping`: each sub-command is one file here, imported only when it is asked for.

A file defines `command`, a click command or group; its docstring's first line is the line in `minping --help`.
"""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path

import click

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
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except Exception as fault:
            raise import_module(f"{__name__}._installation").in_words(fault) from fault.__cause__


def _first_line(name: str) -> str:
    source = (FOLDER / f"{name.replace('-', '_')}.py").read_text("utf-8")
    return (ast.get_docstring(ast.parse(source)) or "").partition("\n")[0]


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
