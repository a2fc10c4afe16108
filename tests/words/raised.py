"""Which refusal codes the code can raise, with the values each gives: read from the source, nothing is run.

A code is the literal first argument of a refusal (whatever inherits from Refusal), of FileFault, refused, word and
`faults.add`, and the second of an instrument's Fault. Where a code travels through a variable, every code written in
that file counts, with the values of the calls that take the variable.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
CODE = re.compile(r"[a-z_]+\.[a-z0-9_]+")
PLACE = frozenset({"row", "column", "value"})  # what words_for_fault always knows
OF_A_FAULT = frozenset({"FileFault", "Fault", "refused", "add", "_unknown"})
OF_ROWS, ROWS = "refuse_rows", frozenset({"column", "rows", "count"})  # of surveys.analysis.table
# Codes that leave a child process as JSON, and those a job ends with.
ELSEWHERE = ("surveys/sampling/workbook_child.py", "webapp/jobs.py")
NOT_CODES = ("minping.", "surveys.", "webapp.", "command.step")  # the last begins f-strings
BY_KIND = re.compile(r"\{\w+\}\.(\w+)")  # f"{kind}.not_whole"


@dataclass(frozen=True)
class Raised:
    """A code with the values given to it at one place."""

    code: str
    values: frozenset[str]
    place: str


@cache
def trees() -> dict[str, ast.Module]:
    """Every file of surveys and webapp, by its path."""
    paths = (path for top in ("surveys", "webapp") for path in sorted((ROOT / top).rglob("*.py")))
    return {str(path.relative_to(ROOT)): ast.parse(path.read_text("utf-8")) for path in paths}


@cache
def refusals() -> frozenset[str]:
    """The names of Refusal and of every class below it."""
    bases = {
        node.name: {_name(base) for base in node.bases}
        for tree in trees().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    known = {"Refusal"}
    while found := {name for name, above in bases.items() if above & known} - known:
        known |= found
    return frozenset(known)


@cache
def raised() -> tuple[Raised, ...]:
    """Every place that can refuse."""
    return tuple(one for place, tree in trees().items() for one in _in_file(place, tree))


def not_estimable() -> frozenset[str]:
    """The codes of NotEstimable, which surveys/reporting words."""
    calls = (call for tree in trees().values() for call in _calls(tree) if _name(call.func) == "NotEstimable")
    return frozenset(code for call in calls for code in _literals(call.args[0]))


def said_with(*names: str) -> frozenset[str]:
    """Literal texts among the arguments of calls of these names: actions, steps."""
    calls = (call for tree in trees().values() for call in _calls(tree) if _name(call.func) in names)
    return frozenset(text for call in calls for argument in call.args for text in _literals(argument))


def begun_with(*names: str) -> tuple[str, ...]:
    """How the f-strings among those arguments begin: f"answers-{phase}" begins with "answers"."""
    calls = (call for tree in trees().values() for call in _calls(tree) if _name(call.func) in names)
    joined = (argument for call in calls for argument in call.args if isinstance(argument, ast.JoinedStr))
    heads = (text for argument in joined if argument.values for text in _literals(argument.values[0]))
    return tuple(sorted({head.rstrip("-") for head in heads if head}))


def _in_file(place: str, tree: ast.Module) -> Iterator[Raised]:
    through_variables: set[str] = set()
    named_at: dict[str, set[int]] = {}
    passed_on = place in ELSEWHERE
    for call in _calls(tree):
        position = _code_position(call)
        if position is None or len(call.args) <= position:
            continue
        given, argument = _values(call), call.args[position]
        codes = _literals(argument)
        for code in (*codes, *_by_kind(argument)):
            named_at.setdefault(code, set()).add(argument.lineno)
            yield Raised(code, given, f"{place}:{call.lineno}")
        if not codes:
            passed_on, through_variables = True, through_variables | given
    if passed_on:
        for text, line in _texts(tree):
            if CODE.fullmatch(text) and not text.startswith(NOT_CODES) and line not in named_at.get(text, ()):
                yield Raised(text, frozenset(through_variables), f"{place}:{line}")


def _code_position(call: ast.Call) -> int | None:
    """Where a call that refuses has its code; None for other calls."""
    name = _name(call.func)
    if name in refusals() or name in ("FileFault", "refused", "word", OF_ROWS):
        return 0
    if name in ("Fault", "_unknown"):
        return 1
    if name == "add" and isinstance(call.func, ast.Attribute) and _name(call.func.value) == "faults":
        return 0
    inside_super = isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Call)
    return 0 if name == "__init__" and inside_super else None


def _values(call: ast.Call) -> frozenset[str]:
    named = {keyword.arg for keyword in call.keywords if keyword.arg and keyword.arg != "values"}
    held = [keyword.value for keyword in call.keywords if keyword.arg == "values"] + call.args
    keys = {text for node in held if isinstance(node, ast.Dict) for key in node.keys if key for text in _literals(key)}
    always = PLACE if _name(call.func) in OF_A_FAULT else ROWS if _name(call.func) == OF_ROWS else frozenset()
    return frozenset(named | keys | always)


def _literals(node: ast.expr) -> list[str]:
    if isinstance(node, ast.IfExp):
        return [*_literals(node.body), *_literals(node.orelse)]
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def _by_kind(node: ast.expr) -> Iterable[str]:
    """The codes of f"{kind}.what": one for each kind that the callers of the function name."""
    found = BY_KIND.fullmatch(ast.unparse(node)[2:-1]) if isinstance(node, ast.JoinedStr) else None
    return () if found is None else (f"{kind}.{found[1]}" for kind in said_with("whole_number"))


def _texts(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value, node.lineno


@cache
def _calls(tree: ast.Module) -> tuple[ast.Call, ...]:
    return tuple(node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
