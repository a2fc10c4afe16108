"""Places where the group-by runs, one file each; the setting MINPING_ENGINE names one, and no list does.

    ENGINES.add("somewhere", Somewhere())

A file loads nothing heavy: what an engine needs is loaded when it is used, so that an installation without it works.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any, Protocol

from surveys.analysis.totals.partial import Partial
from surveys.analysis.totals.source import Source
from surveys.analysis.totals.wanted import Wanted
from surveys.errors import NotFound, Refusal
from surveys.plugins import Registry


@dataclass(frozen=True, eq=False)
class Counted:
    """A wave's sums in ascending order of their keys, and what made them.

    versions: of the engine's software, by name; snapshot: the SHA-256 of the snapshot added up, "" of the store itself.
    """

    partial: Partial
    versions: Mapping[str, str]
    snapshot: str = ""


class Engine(Protocol):
    """`needs` names the distributions of the extra `analytics` without which it cannot run."""

    needs: tuple[str, ...]

    def sums(self, source: Source, wanted: Wanted) -> Counted:
        """Add up the wave."""


ENGINES: Registry[Engine] = Registry("surveys.analysis.totals.engines")


def engine_named(name: str) -> Engine:
    """An engine that can run here. Raises NotFound engine.unknown, Refusal engine.not_installed."""
    if name not in ENGINES:
        raise NotFound("engine.unknown", engine=name, known=", ".join(ENGINES))
    engine = ENGINES[name]
    if missing := [package for package in engine.needs if find_spec(package) is None]:
        raise Refusal("engine.not_installed", engine=name, packages=", ".join(missing))
    return engine


def versions_of(packages: Sequence[str]) -> dict[str, str]:
    """The versions of installed distributions, by name."""
    return {package: version(package) for package in packages}


def room(name: str) -> Any:
    """A module of this package's parent that needs the extra."""
    return import_module(f"surveys.analysis.totals.{name}")
