"""A reason that is about strata names them as people know them."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from benchmarks.invented import keep_towns
from surveys.analysis.drafts import Draft
from surveys.analysis.waves.domains import Town
from surveys.records.kinds import Audience
from surveys.records.passes import DesignPsu
from surveys.reporting.edition import edition
from surveys.reporting.prepare import prepare_figures
from surveys.reporting.sentences import headline
from surveys.reporting.strata import named_strata, with_strata
from surveys.reporting.words import reason_text
from tests.reporting.made import FIELDWORK, Said, survey

NOW = datetime(2021, 12, 20, 3, 0, tzinfo=UTC)
TOWNS = [Town("1", "", {"zh": "双凤桥街道", "en": "Shuangfengqiao"}), Town("2", "", {"zh": "统景镇"})]


def drawn(stratum: str, town: str) -> DesignPsu:
    return DesignPsu(stratum=stratum, psu=f"{stratum}-{town}", town=town)


def test_a_town_gives_its_stratum_its_name_and_a_certainty_psu_keeps_its_code_beside_it() -> None:
    psus = [drawn("1", "1"), drawn("1/07", "1"), drawn("2", "2"), drawn("north", "1"), drawn("north", "2")]
    assert named_strata([*psus, drawn("9", "9")], TOWNS) == {
        "1": {"zh": "双凤桥街道", "en": "Shuangfengqiao"},
        "1/07": {"zh": "双凤桥街道 1/07", "en": "Shuangfengqiao 1/07"},
        "2": {"zh": "统景镇", "en": "统景镇"},
        "north": {"zh": "north", "en": "north"},
        "9": {"zh": "9", "en": "9"},
    }


def test_only_reasons_about_strata_change() -> None:
    draft = Draft("headline", "rate", "1", "percent", reason="one_psu", reason_values={"strata": ["1", "x"], "k": 1})
    named = with_strata(draft, named_strata([drawn("1", "1")], TOWNS))
    shown = [{"zh": "双凤桥街道", "en": "Shuangfengqiao"}, {"zh": "x", "en": "x"}]
    assert dict(named.reason_values) == {"strata": shown, "k": 1}
    other = Draft("headline", "rate", "1", "percent", reason="few_cases", reason_values={"n": 3})
    assert with_strata(other, {}) is other


def test_the_reports_sentence_names_the_town(box: Session) -> None:
    keep_towns(box)
    places = ["500112002/1", "500112002/2", "500112004/1"]
    answers = [Said(psu, {"awareness_rate": float(one % 2)}) for psu in places for one in range(40)]
    read = edition(box, prepare_figures(box, survey(box, places, answers), FIELDWORK, NOW), Audience.OFFICIAL)
    assert read.headline is not None
    assert read.headline.reason == "one_psu"
    for language in ("zh", "en"):
        town = read.label("town", "500112004", language)
        assert town != "500112004"
        assert town in headline(read, language)
        assert read.label("town", "500112002", language) not in headline(read, language)


def test_earlier_releases_hold_codes_and_the_earliest_nothing() -> None:
    assert "：a、b只抽了" in reason_text("one_psu", {"strata": ["a", "b"]})
    assert "drawn in a, b, so" in reason_text("one_psu", {"strata": ["a", "b"]}, "en")
    assert "：有的层只抽了" in reason_text("one_psu", {})
    assert "drawn in a stratum, so" in reason_text("one_psu", {}, "en")
