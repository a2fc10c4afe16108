"""Discovery: a question type, an export format or a chart is one file in its folder, and no list names it."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

T = TypeVar("T")
C = TypeVar("C", bound=Callable[..., Any])


class Registry(Generic[T]):
    """Names mapped to what the modules of one package registered; the modules are imported on first use."""

    def __init__(self, package: str) -> None:
        self._package = package
        self._found: dict[str, T] = {}
        self._discovered = False

    def register(self, name: str) -> Callable[[C], C]:
        """Decorate a class or function of type T; raises ValueError when the name is taken."""

        def keep(thing: C) -> C:
            if name in self._found:
                raise ValueError(f"{name!r} is registered twice in {self._package}")
            self._found[name] = thing  # type: ignore[assignment]
            return thing

        return keep

    def add(self, name: str, thing: T) -> T:
        """Register an instance; raises ValueError when the name is taken."""
        if name in self._found:
            raise ValueError(f"{name!r} is registered twice in {self._package}")
        self._found[name] = thing
        return thing

    def __getitem__(self, name: str) -> T:
        self._discover()
        return self._found[name]

    def __contains__(self, name: object) -> bool:
        self._discover()
        return name in self._found

    def __iter__(self) -> Iterator[str]:
        self._discover()
        return iter(sorted(self._found))

    def _discover(self) -> None:
        if self._discovered:
            return
        package = importlib.import_module(self._package)
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{self._package}.{module.name}")
        self._discovered = True
