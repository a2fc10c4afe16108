"""The list of planted faults stays true: each names one line that stands in the code, and tests that exist."""

from __future__ import annotations

import pytest

from tests.analysis.planted_faults import ROOT, Fault, faults


@pytest.mark.parametrize("fault", faults(), ids=lambda fault: f"{fault.file}: {fault.right.strip()}")
def test_a_planted_fault_would_change_one_line_of_the_code(fault: Fault) -> None:
    text = (ROOT / "surveys" / fault.file).read_text(encoding="utf-8")
    assert text.count(fault.right) == 1
    assert fault.wrong != fault.right
    assert all((ROOT / "tests" / name).exists() for name in fault.tests)
