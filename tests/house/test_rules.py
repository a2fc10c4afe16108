"""The rules of the house that a machine can keep."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = ("surveys", "webapp", "migrations", "tests", "benchmarks")
LONGEST_FILE, LONGEST_FUNCTION, LARGEST_BYTES = 300, 50, 3 * 2**20
# The history of the tables is written by Alembic and never edited: length says nothing there.
HISTORY = "versions"


def python_files() -> list[Path]:
    return sorted(path for folder in CODE for path in (ROOT / folder).rglob("*.py"))


def own_files() -> list[Path]:
    """What is, or would be, in the repository: all that git does not ignore."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def offenders(breaks: Callable[[Path], object]) -> dict[str, object]:
    """The files that break a rule, with what breaks it."""
    return {shown(path): found for path in python_files() if (found := breaks(path))}


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def code_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_a_file_is_one_subject() -> None:
    assert offenders(lambda path: lines(path) > LONGEST_FILE and path.parent.name != HISTORY and lines(path)) == {}


def long_functions(path: Path) -> list[str]:
    return [f.name for f in functions(path) if (f.end_lineno or 0) - f.lineno >= LONGEST_FUNCTION]


def test_a_function_is_one_thought() -> None:
    assert offenders(lambda path: path.parent.name != HISTORY and long_functions(path)) == {}


def hidden_imports(path: Path) -> list[str]:
    return [f.name for f in functions(path) if any(isinstance(n, ast.Import | ast.ImportFrom) for n in ast.walk(f))]


def test_most_functions_of_the_estimation_core_are_a_few_lines() -> None:
    """Lines of code, the docstring apart: what a reader must hold in mind at once."""
    paths = [path for path in python_files() if path.is_relative_to(ROOT / "surveys" / "analysis")]
    sizes = sorted(code_lines(function) for path in paths for function in functions(path))
    assert sizes[len(sizes) // 2] <= 6
    assert sizes[9 * len(sizes) // 10] <= 20


def test_no_import_hides_in_a_function() -> None:
    assert offenders(hidden_imports) == {}


def test_a_file_says_what_it_is_for() -> None:
    files = [path for path in python_files() if (ROOT / "tests") not in path.parents]
    texts = {path: path.read_text(encoding="utf-8").strip() for path in files}
    assert [shown(path) for path, text in texts.items() if text and not ast.get_docstring(ast.parse(text))] == []


VAGUE = re.compile(r"^(utils?|helpers?|common|misc|managers?)$")
LEFT_OPEN = re.compile(r"\b(TODO|FIXME|XXX)\b|pytest\.mark\.(skip|xfail)|pytest\.(skip|xfail)\(")


def test_a_name_says_what_it_holds() -> None:
    assert (
        offenders(lambda path: [part for part in (*path.relative_to(ROOT).parts, path.stem) if VAGUE.match(part)]) == {}
    )


def test_nothing_is_left_open_or_skipped() -> None:
    """One test may be skipped, and says why: it asks R, where R is installed."""
    allowed = {Path(__file__), ROOT / "tests" / "analysis" / "test_against_r.py"}
    found = offenders(lambda path: path not in allowed and LEFT_OPEN.search(path.read_text(encoding="utf-8")))
    assert found == {}


def test_no_file_is_heavy() -> None:
    assert [shown(path) for path in own_files() if path.stat().st_size > LARGEST_BYTES] == []


def test_the_map_in_the_readme_names_folders_that_exist() -> None:
    for readme in ("README.md", "README.zh-CN.md"):
        text = (ROOT / readme).read_text(encoding="utf-8")
        named = set(
            re.findall(r"(?:^|[\s`(│├└─])((?:surveys|webapp|migrations|tests|deploy|docs|benchmarks)/[\w./-]*)", text)
        )
        assert named, f"{readme} has no map"
        assert {name for name in named if not (ROOT / name).exists()} == set()


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_has_hashes_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    requirements = [line for line in text.splitlines() if "==" in line]
    assert "://" not in text
    assert "--index-url" not in text
    assert "pysqlite3-binary" not in text
    assert requirements
    assert all(line.endswith("\\") for line in requirements)


def test_the_development_lock_holds_the_same_versions() -> None:
    locks = [(ROOT / name).read_text(encoding="utf-8") for name in ("requirements.lock", "requirements-dev.lock")]
    run, development = (set(re.findall(r"^([\w.-]+==\S+)", lock, re.MULTILINE)) for lock in locks)
    assert run - development == set()


def test_third_parties_files_are_what_the_manifest_says() -> None:
    vendor = ROOT / "webapp/static/vendor"
    packages = tomllib.loads((vendor / "manifest.toml").read_text(encoding="utf-8"))["package"]
    for package in packages:
        assert sha256((vendor / package["file"]).read_bytes()).hexdigest() == package["sha256"], package["name"]
        assert (vendor / package["licence_file"]).read_text(encoding="utf-8").strip()
    listed = {package[key] for package in packages for key in ("file", "licence_file")} | {"manifest.toml"}
    assert {path.name for path in vendor.iterdir()} == listed


def test_the_licence_and_the_names_of_third_parties_are_there() -> None:
    assert "Apache License" in (ROOT / "LICENSE").read_text(encoding="utf-8")
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    assert {name for name in ("psycopg", "Bootstrap", "htmx", "Noto Sans CJK") if name not in notice} == set()
