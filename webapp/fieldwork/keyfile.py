"""The assessor's offline key as a file: one line a person can read, save and choose again."""

from __future__ import annotations

import re

from surveys.errors import NotAllowed

LABEL = "minping-key-1"
LINE = re.compile(rf"{LABEL} ([a-z0-9-]+) ([0-9a-f]{{64}})")
LARGEST = 4096


def file_name(wave_code: str) -> str:
    """The name it is saved under."""
    return f"minping-{wave_code}.key"


def written(wave_code: str, private: bytes) -> str:
    """The file's text."""
    return f"{LABEL} {wave_code} {private.hex()}\n"


def read(content: bytes, wave_code: str) -> bytes:
    """The private key in an uploaded file; raises NotAllowed for another wave's key or no key at all."""
    found = LINE.fullmatch(content[:LARGEST].decode("utf-8-sig", "replace").strip())
    if found is None:
        raise NotAllowed("key.file")
    if found[1] != wave_code:
        raise NotAllowed("key.other_wave", key=found[1], wave=wave_code)
    return bytes.fromhex(found[2])
