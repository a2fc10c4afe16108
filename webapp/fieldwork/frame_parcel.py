"""A frame that was read but not taken yet: it travels in the page that asks, and is kept nowhere meanwhile."""

from __future__ import annotations

import csv
import io
import zlib
from base64 import b64decode, b64encode

from surveys.sampling.frame import FrameFile
from surveys.sampling.frame_file import COLUMNS
from surveys.sampling.table import MAX_BYTES, refused

LARGEST = 900_000  # characters: a form takes one megabyte; of a larger frame the file is chosen again


def packed(frame: FrameFile) -> str:
    """The frame as compressed CSV in base64; nothing when it would not fit into a form."""
    text = base_csv(frame)
    parcel = b64encode(zlib.compress(text, 9)).decode()
    return parcel if len(parcel) <= LARGEST else ""


def unpacked(parcel: str) -> bytes:
    """The CSV again; raises FileRefused for a parcel that is damaged or unpacks to more than a file may hold."""
    opener = zlib.decompressobj()
    try:
        content = opener.decompress(b64decode(parcel, validate=True), MAX_BYTES)
    except (ValueError, zlib.error):
        raise refused("file.truncated") from None
    if not opener.eof:
        raise refused("file.truncated")
    return content


def base_csv(frame: FrameFile) -> bytes:
    """The frame in the columns of the template; read again it has the same sha256."""
    text = io.StringIO(newline="")
    lines = csv.writer(text)
    lines.writerow(column.headings[0] for column in COLUMNS)
    for order, row in enumerate(frame.rows, start=1):
        residents = "" if row.residents_15 is None else row.residents_15
        lines.writerow([row.town, row.community, row.psu, row.name, row.kind, row.dwellings, residents, order])
    return text.getvalue().encode()
