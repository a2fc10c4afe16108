"""Sums kept in a file, so that a later question about the same answers costs no second group-by.

A file says which content it is of and carries its own hash: one that is damaged, or of something else, is never read.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from surveys.analysis.table import Labels
from surveys.analysis.totals.partial import Partial

FORMAT = 2
HEAD = b"minping sums 2\n"
DIGEST = hashlib.sha256().digest_size
ABOUT, NUMBERS, COUNTS = "about", "numbers", "counts"

Arrays = dict[str, Any]


class CacheDamaged(Exception):
    """A file that is not what it says, or not what was asked for."""


@dataclass(frozen=True)
class Kept:
    """Sums from a file; `about` says how they were made."""

    partial: Partial
    about: Mapping[str, Any]


def key_of(*parts: object) -> str:
    """A name for content and question: the hash of their canonical JSON and of this file format."""
    return hashlib.sha256(json.dumps([FORMAT, *parts], sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def keep(path: Path, key: str, partial: Partial, about: Mapping[str, Any]) -> None:
    """Write sums to a file that its owner alone may read; whole or not at all."""
    said = json.dumps({"key": key, "keys": list(partial.keys), "about": dict(about)})
    arrays: Arrays = {
        ABOUT: np.array(said),
        NUMBERS: np.asfortranarray(partial.numbers),
        COUNTS: np.asfortranarray(partial.counts),
    }
    for place, column in enumerate(partial.keys.values()):
        arrays |= _taken_apart(f"key{place}", column)
    packed = io.BytesIO()
    np.savez(packed, allow_pickle=False, **arrays)
    content = packed.getvalue()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, making = tempfile.mkstemp(prefix=".", dir=path.parent)  # mode 0600
    with os.fdopen(handle, "wb") as file:
        file.write(HEAD + hashlib.sha256(content).digest() + content)
    os.replace(making, path)


def kept(path: Path, key: str) -> Kept | None:
    """The sums in a file; None when there is no file. Raises CacheDamaged."""
    try:
        whole = path.read_bytes()
    except FileNotFoundError:
        return None
    digest, content = whole[len(HEAD) : len(HEAD) + DIGEST], memoryview(whole)[len(HEAD) + DIGEST :]
    if not whole.startswith(HEAD) or hashlib.sha256(content).digest() != digest:
        raise CacheDamaged(path)
    try:
        return _read(content, key)
    except (KeyError, ValueError, TypeError, BadZipFile, IndexError) as fault:
        raise CacheDamaged(path) from fault


def _read(content: memoryview, key: str) -> Kept:
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        said = json.loads(str(arrays[ABOUT]))
        if said["key"] != key:
            raise ValueError(key)
        keys = {name: _put_together(arrays, f"key{place}") for place, name in enumerate(said["keys"])}
        return Kept(Partial(keys, arrays[NUMBERS], arrays[COUNTS]), said["about"])


def _taken_apart(name: str, column: Labels) -> Arrays:
    """A column of texts as its labels and small integers that point to them; numbers as they are."""
    if column.dtype != object:
        return {name: column}
    rank = {label: place for place, label in enumerate(dict.fromkeys(column.tolist()))}
    codes = np.fromiter(map(rank.__getitem__, column.tolist()), np.int64, len(column))
    return {f"{name}.codes": codes.astype(np.min_scalar_type(len(rank))), f"{name}.labels": np.array([*rank], str)}


def _put_together(arrays: Mapping[str, Any], name: str) -> Labels:
    if name in arrays:
        return np.asarray(arrays[name])
    return np.asarray(arrays[f"{name}.labels"].astype(object)[arrays[f"{name}.codes"]])
