"""Adding up a closed wave with the engine that the setting names, once: what it came to is kept and found again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from surveys.analysis.totals.cache import CacheDamaged, Kept, keep, kept, key_of
from surveys.analysis.totals.engines import Engine, engine_named
from surveys.analysis.totals.live import certain_strata
from surveys.analysis.totals.manifest import origin_of
from surveys.analysis.totals.source import TOTALS, Source, forget
from surveys.analysis.totals.sums import Totals
from surveys.analysis.totals.wanted import Wanted
from surveys.records.waves import Wave

NAME_DIGITS = 32


@dataclass(frozen=True, eq=False)
class AddedUp:
    """A wave's totals, and how they were made.

    snapshot: the SHA-256 of the snapshot that was added up, "" where the store itself was asked.
    cache: "used", "made", "rebuilt" where a damaged file stood, "off" without a data folder or a sealed ledger.
    """

    totals: Totals
    engine: str
    versions: Mapping[str, str]
    snapshot: str
    cache: str

    @property
    def facts(self) -> dict[str, str]:
        """What a release says of it: the engine that added up, its versions, and the snapshot if there was one."""
        return {"engine": self.engine, **self.versions, **({"snapshot": self.snapshot} if self.snapshot else {})}


def add_up(source: Source, wanted: Wanted, engine: str) -> AddedUp:
    """The totals of a closed and sealed wave.

    Raises NotFound engine.unknown, Refusal engine.not_installed, Conflict snapshot.not_sealed, and what the engine
    refuses.
    """
    chosen, path, key = engine_named(engine), *_place(source, wanted)
    found, cache = _found(path, key) if path else (None, "off")
    if found is None:
        found = _made(source, wanted, engine, chosen)
        if path:
            _clear(source, path)
            keep(path, key, found.partial, found.about)
    about = found.about
    totals = Totals.of(found.partial, wanted)
    return AddedUp(totals, str(about["engine"]), dict(about["versions"]), str(about["snapshot"]), cache)


def _place(source: Source, wanted: Wanted) -> tuple[Path | None, str]:
    """The file for these totals, and what it must say it holds; after sealing the answers never change."""
    origin = origin_of(source.box, source.wave, source.instrument)
    if source.folder is None or not origin.root:
        return None, ""
    content = key_of(vars(origin), certain_strata(source.box, source.wave.id))
    asked: list[Any] = [wanted.scores, {**wanted.marks}, wanted.bases, sorted(wanted.binary)]
    key = key_of(content, asked)
    return source.folder / TOTALS / f"{source.wave.code}.{content[:NAME_DIGITS]}.{key[:NAME_DIGITS]}", key


def _found(path: Path, key: str) -> tuple[Kept | None, str]:
    try:
        found = kept(path, key)
    except CacheDamaged:
        return None, "rebuilt"
    return found, "used" if found else "made"


def _made(source: Source, wanted: Wanted, name: str, engine: Engine) -> Kept:
    made = engine.sums(source, wanted)
    about = {"engine": name, "versions": dict(made.versions), "snapshot": made.snapshot}
    return Kept(made.partial, about)


def _clear(source: Source, path: Path) -> None:
    """Delete what is of answers that are no longer there, of this wave and of waves that are gone."""
    assert source.folder is not None
    forget(source.folder, list(source.box.scalars(select(Wave.code))))
    content = path.name.rpartition(".")[0]
    for other in path.parent.glob(f"{source.wave.code}.*"):
        if not other.name.startswith(f"{content}."):
            other.unlink()
