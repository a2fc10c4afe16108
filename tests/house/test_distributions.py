"""What the wheel and the source distribution carry."""

from __future__ import annotations

from pathlib import Path

import pytest
from hatchling.builders.plugin.interface import BuilderInterface
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).parents[2]


def carried(builder: type[BuilderInterface]) -> set[str]:  # type: ignore[type-arg]
    return {file.relative_path for file in builder(str(ROOT)).recurse_included_files()}


@pytest.mark.parametrize("builder", [SdistBuilder, WheelBuilder])
def test_reference_data_of_others_is_not_handed_on(builder: type[BuilderInterface]) -> None:  # type: ignore[type-arg]
    found = carried(builder)
    assert "surveys/analysis/design.py" in found
    assert not [path for path in found if "golden" in path]


def test_the_wheel_carries_no_tests_and_the_source_does() -> None:
    assert not [path for path in carried(WheelBuilder) if path.startswith(("tests", "benchmarks"))]
    assert "tests/house/test_distributions.py" in carried(SdistBuilder)
