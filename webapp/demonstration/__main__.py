"""`python -m webapp.demonstration FOLDER` loads the demonstration into a new folder; `minping demo` calls it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from webapp.commands._progress import bars
from webapp.demonstration.building import migrated
from webapp.demonstration.load import load
from webapp.fieldwork import keyfile
from webapp.stores import clock


def main(folder: Path) -> None:
    """Fill new stores in the folder, and keep the waves' key files beside them."""
    folder.mkdir(parents=True, mode=0o700)
    stores = migrated(folder)
    with bars() as report:
        keys = load(stores, clock(), report)
    stores.dispose()
    for code, private in keys.items():
        handle = os.open(folder / keyfile.file_name(code), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(keyfile.written(code, private))


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except KeyboardInterrupt:
        sys.exit(130)
