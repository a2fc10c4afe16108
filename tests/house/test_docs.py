"""The docs name what exists: folders, files, commands, make targets, and the order in which imports run."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from webapp.commands import main

ROOT = Path(__file__).parents[2]
TOP = ("surveys/", "webapp/", "migrations/", "tests/", "deploy/", "benchmarks/", "docs/", ".ci/")
QUOTED = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
COMMAND = re.compile(r"\bminping ([a-z]+)")
TARGET = re.compile(r"\bmake ([a-z]+)\b")
GROUPS = ("simulation", "reporting", "cases", "collection", "ledger", "records", "instrument", "catalog")


def pages() -> list[Path]:
    return [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


def names_of(page: Path) -> set[str]:
    return {name for name in QUOTED.findall(page.read_text(encoding="utf-8")) if name.startswith(TOP)}


def exists(name: str) -> bool:
    plain = name.split("#")[0].rstrip("/")
    if "<" in plain or "…" in plain:
        return True  # a pattern, not a file
    return any(ROOT.glob(plain)) if "*" in plain else (ROOT / plain).exists()


def test_every_path_in_the_docs_exists() -> None:
    missing = {page.name: {name for name in names_of(page) if not exists(name)} for page in pages()}
    assert {page: names for page, names in missing.items() if names} == {}


def test_every_link_between_pages_leads_somewhere() -> None:
    broken = {
        f"{page.name} -> {link}"
        for page in pages()
        for link in LINK.findall(page.read_text(encoding="utf-8"))
        if "://" not in link and not (page.parent / link).exists()
    }
    assert broken == set()


def test_every_command_in_the_docs_exists() -> None:
    known = set(main.list_commands(None))  # type: ignore[arg-type]
    named = {
        command
        for page in pages()
        for quoted in [*QUOTED.findall(page.read_text(encoding="utf-8")), *_blocks(page)]
        for command in COMMAND.findall(quoted)
    }
    assert named - known == set()


def test_every_make_target_in_the_docs_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {
        target
        for page in pages()
        for quoted in [*QUOTED.findall(page.read_text(encoding="utf-8")), *_blocks(page)]
        for target in TARGET.findall(quoted)
    }
    assert named - targets == set()


def test_the_drawing_has_the_order_of_the_import_contract() -> None:
    drawing = _blocks(ROOT / "docs" / "architecture.md")[0]
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract for contract in contracts if contract["id"] == "downhill")["layers"]
    order = [re.split(r"\W+", layer.strip("( "))[0] for layer in layers]
    drawn = [line.split()[0] for line in drawing.splitlines() if line.strip() and line.split()[0] in GROUPS]
    first = re.search(r"^surveys\s+(\w+)", drawing, re.MULTILINE)
    assert first is not None
    assert [first[1], *drawn] == order


def test_the_drawing_names_every_room_of_surveys() -> None:
    drawing = _blocks(ROOT / "docs" / "architecture.md")[0]
    rooms = {path.parent.name for path in (ROOT / "surveys").glob("*/__init__.py")}
    assert {room for room in rooms if room not in drawing} == set()


def _blocks(page: Path) -> list[str]:
    return re.findall(r"```\w*\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
