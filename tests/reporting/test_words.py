"""The words of a release: everything in both languages, and nothing without words."""

from __future__ import annotations

import re
import tomllib
from importlib import resources
from pathlib import Path

import pytest

from surveys.reporting.words import both, flag_text, is_said, method_text, reason_text, said

ROOT = Path(__file__).parents[2]
WORDS = tomllib.loads(resources.files("surveys.reporting").joinpath("words.toml").read_text(encoding="utf-8"))
CODES = [f"{table}.{name}" for table, names in WORDS.items() for name in names]
REASONS = (
    *("confidential", "n_eff_below_30", "df_below_3", "width_30_points", "few_cases", "few_raters", "psus_alike"),
    *(
        "nothing_issued",
        "no_answers",
        "one_psu",
        "one_ssu",
        "too_few_psus",
        "no_variation",
        "zero_denominator",
        "interval_undefined",
    ),
)
PLACES = re.compile(r"\{([a-z0-9_]+)\}")


@pytest.mark.parametrize("code", CODES)
def test_every_wording_is_in_both_languages_with_the_same_places(code: str) -> None:
    words = both(code)
    assert set(words) == {"zh", "en"}
    assert all(text.strip() for text in words.values())
    assert set(PLACES.findall(words["zh"])) == set(PLACES.findall(words["en"]))


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_has_words(reason: str) -> None:
    assert is_said(f"reason.{reason}")


def test_every_literal_code_in_reporting_has_words() -> None:
    used = {
        code
        for path in (ROOT / "surveys" / "reporting").rglob("*.py")
        for code in re.findall(r'(?:said|both)\(\s*"([a-z_]+\.[a-z_0-9]+)"', path.read_text(encoding="utf-8"))
    }
    assert used
    assert {code for code in used if not is_said(code)} == set()


def test_a_reason_lists_its_values() -> None:
    assert "25.6" in reason_text("n_eff_below_30", {"n_eff": 25.6, "fewest": 30}, "zh")
    assert reason_text("", {}, "zh") == ""
    assert flag_text("few_df", "en").startswith("fewer than 8")
    assert method_text("", "en") == ""


def test_an_unknown_code_is_shown_as_it_is() -> None:
    assert said("reason.never_heard_of", "en") == "reason.never_heard_of"
