"""What the web process loads, and which way imports run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
HEAVY = {"pandas", "scipy", "docx", "xlsxwriter", "openpyxl", "typst", "vl_convert"}
LOADED = """
import importlib, json, pkgutil, sys
import webapp
later = ("webapp.commands", "webapp.jobs", "webapp.work.", "webapp.demonstration")
parts = [part.name for part in pkgutil.walk_packages(webapp.__path__, "webapp.") if not part.name.startswith(later)]
for name in parts:
    importlib.import_module(name)
print(json.dumps(sorted({name.split(".")[0] for name in sys.modules})))
"""


def test_the_web_loads_nothing_that_only_jobs_need() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert HEAVY & set(json.loads(done.stdout)) == set()


def test_imports_run_downhill() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
