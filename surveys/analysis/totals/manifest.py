"""What stands beside the parts of a snapshot: what they are of, and how to notice that they are not.

A manifest holds no clock time and no id of a response.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from surveys.analysis.outcome import AnalysisRefused
from surveys.errors import Conflict, NotFound
from surveys.instrument import Instrument
from surveys.ledger.log import latest_checkpoint
from surveys.records.kinds import WaveState
from surveys.records.responses import Arrival, Response
from surveys.records.waves import Wave

FORMAT = 1
FILE = "manifest.json"
PATTERN = "*.parquet"
MARK = "模拟数据 (synthetic data)"


@dataclass(frozen=True)
class Part:
    """One file of a snapshot; its name ends in the first digits of its hash."""

    name: str
    rows: int
    sha256: str


@dataclass(frozen=True)
class Origin:
    """Whose answers these are: all that must agree with the wave before a snapshot is read.

    log, root: the wave's ledger and the root of its sealed tree, as hex ("" without one); rows: answers of the wave.
    """

    wave: str
    log: str
    root: str
    instrument: str
    rows: int


@dataclass(frozen=True)
class Manifest:
    """`mark` says of synthetic answers that they are; scores and items are those that have columns.

    beside: the CSV files of the design and the margins, for other programs.
    """

    origin: Origin
    synthetic: bool
    mark: str
    scores: tuple[str, ...]
    items: tuple[str, ...]
    parts: tuple[Part, ...]
    beside: tuple[Part, ...] = ()
    format: int = FORMAT

    @property
    def sha256(self) -> str:
        """Of the whole: it covers every part through its hash."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    def write(self, folder: Path) -> None:
        said = {**asdict(self), "sha256": self.sha256}
        path = folder / FILE
        path.write_text(json.dumps(said, indent=2, ensure_ascii=False) + "\n", "utf-8")
        path.chmod(0o600)

    def files(self, folder: Path) -> list[Path]:
        """The parts in the order in which they are added up."""
        return [folder / part.name for part in sorted(self.parts, key=lambda part: part.name)]


def origin_of(box: Session, wave: Wave, instrument: Instrument) -> Origin:
    """What a snapshot of the wave, as it stands, is of. Raises Conflict snapshot.not_sealed."""
    if wave.state is not WaveState.CLOSED or box.scalar(select(exists().where(Arrival.wave_id == wave.id))):
        raise Conflict("snapshot.not_sealed", wave=wave.code)
    # one look into an index; by subject it would be a look at every answer, each time something cached is asked for
    answers = select(func.count()).select_from(Response).where(Response.wave_id == wave.id)
    sealed = latest_checkpoint(box, wave.id)
    root = sealed.root.hex() if sealed else ""
    return Origin(wave.code, wave.log_id.hex(), root, instrument.sha256, box.scalar(answers) or 0)


def read_manifest(folder: Path, wave: str) -> Manifest:
    """The manifest of a folder. Raises NotFound snapshot.absent, AnalysisRefused snapshot.manifest, snapshot.format."""
    try:
        said = json.loads((folder / FILE).read_text("utf-8"))
    except FileNotFoundError:
        raise NotFound("snapshot.absent", wave=wave) from None
    except ValueError:
        raise AnalysisRefused("snapshot.manifest", wave=wave) from None
    if isinstance(said, dict) and said.get("format") != FORMAT:
        raise AnalysisRefused("snapshot.format", wave=wave, format=said.get("format"), known=FORMAT)
    try:
        manifest = _parsed(said)
    except (KeyError, TypeError):
        raise AnalysisRefused("snapshot.manifest", wave=wave) from None
    if manifest.sha256 != said.get("sha256"):
        raise AnalysisRefused("snapshot.manifest", wave=wave)
    return manifest


def check_origin(manifest: Manifest, origin: Origin) -> None:
    """Raises AnalysisRefused snapshot.other_wave, snapshot.other_instrument, snapshot.rows, snapshot.other_answers."""
    found, wave = manifest.origin, origin.wave
    if (found.wave, found.log) != (origin.wave, origin.log):
        raise AnalysisRefused("snapshot.other_wave", wave=wave, found=found.wave)
    if found.instrument != origin.instrument:
        raise AnalysisRefused("snapshot.other_instrument", wave=wave)
    if found.rows != origin.rows:
        raise AnalysisRefused("snapshot.rows", wave=wave, rows=found.rows, kept=origin.rows)
    if found.root != origin.root:
        raise AnalysisRefused("snapshot.other_answers", wave=wave)
    if sum(part.rows for part in manifest.parts) != found.rows:
        raise AnalysisRefused("snapshot.manifest", wave=wave)


def check_files(folder: Path, manifest: Manifest) -> None:
    """Every part is there, none twice, and nothing else; what is in them is looked at where they are read.

    Raises AnalysisRefused snapshot.part_twice, snapshot.part_missing, snapshot.part_extra.
    """
    wave, names = manifest.origin.wave, {part.name for part in manifest.parts}
    refuse_twice(wave, [(part.name, part.sha256) for part in manifest.parts])
    there = {path.name for path in folder.glob(PATTERN)}
    if missing := sorted(names - there):
        raise AnalysisRefused("snapshot.part_missing", wave=wave, part=missing[0], count=len(missing))
    if extra := sorted(there - names):
        known = [(part.name, part.sha256) for part in manifest.parts]
        refuse_twice(wave, [*known, (extra[0], sha256_of(folder / extra[0]))])
        raise AnalysisRefused("snapshot.part_extra", wave=wave, part=extra[0], count=len(extra))


def refuse_twice(wave: str, named: Sequence[tuple[str, str]]) -> None:
    """Raises AnalysisRefused snapshot.part_twice when two of (name, hash) have the same content."""
    seen: dict[str, str] = {}
    for name, digest in named:
        if digest in seen:
            raise AnalysisRefused("snapshot.part_twice", wave=wave, part=name, other=seen[digest])
        seen[digest] = name


def sha256_of(path: Path) -> str:
    """The hash of a file, read in blocks."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _parsed(said: dict[str, Any]) -> Manifest:
    return Manifest(
        origin=Origin(**said["origin"]),
        synthetic=said["synthetic"],
        mark=said["mark"],
        scores=tuple(said["scores"]),
        items=tuple(said["items"]),
        parts=tuple(Part(**part) for part in said["parts"]),
        beside=tuple(Part(**part) for part in said["beside"]),
        format=said["format"],
    )
