"""A register between preview and confirmation: it travels in the form itself, so that nothing waits on disk."""

from __future__ import annotations

import binascii
import zlib
from base64 import b64decode, b64encode
from datetime import date

from surveys.cases.register_file import RegisterFile, read_register, written
from surveys.sampling.table import MAX_BYTES, refused


def packed(register: RegisterFile) -> str:
    """The register as text for a hidden field."""
    return b64encode(zlib.compress(written(register), 9)).decode()


def unpacked(parcel: str, today: date) -> RegisterFile:
    """The register in a hidden field, read and checked like a fresh file; raises FileRefused."""
    try:
        reader = zlib.decompressobj()
        content = reader.decompress(b64decode(parcel, validate=True), MAX_BYTES)
    except (binascii.Error, ValueError, zlib.error):
        raise refused("register.parcel_broken") from None
    if not reader.eof:
        raise refused("register.parcel_broken")
    return read_register(content, today)
