"""Letters: one page each, the code as printed and as typed, nothing of a household read as markup."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from pypdf import PdfReader

from surveys.collection.codes import AccessCode
from surveys.collection.letters.letter import Letter, Letterhead
from surveys.collection.letters.pdf import letters_pdf
from surveys.collection.letters.wording import evaluator_head, invitation_head
from surveys.records.kinds import PassKind
from surveys.records.waves import Wave

SITE = "https://survey.example.org"


def wave(synthetic: bool = True) -> Wave:
    return Wave(
        code="yubei-2021",
        title={"zh": "渝北区法治宣传教育测评", "en": "Assessment"},
        commissioner_name={"zh": "渝北区司法局", "en": "Bureau"},
        assessor_name={"zh": "民评调查中心", "en": "Centre"},
        approval_body="渝北区统计局",
        approval_number="渝统审〔2021〕1号",
        approval_expires=date(2021, 12, 31),
        contact="023-0000 0000",
        closes_at=datetime(2021, 11, 30, 15, 59, tzinfo=UTC),
        time_zone="Asia/Shanghai",
        synthetic=synthetic,
    )


def letter(code: AccessCode, *address: str) -> Letter:
    return Letter(address or ("宝圣湖街道", "第1网格第7户"), code.printed, f"{SITE}/s/{code.symbols}")


def pages(head: Letterhead, letters: list[Letter]) -> list[str]:
    reader = PdfReader(io.BytesIO(letters_pdf(head, letters)))
    return [page.extract_text().replace("\n", "").replace(" ", "") for page in reader.pages]


def test_every_letter_is_a_page_with_its_own_code_and_approval() -> None:
    codes = [AccessCode.random() for _ in range(3)]
    found = pages(invitation_head(wave()), [letter(code) for code in codes])
    assert len(found) == 3
    for code, page in zip(codes, found, strict=True):
        assert code.printed.replace(" ", "") in page
        assert "渝统审〔2021〕1号" in page
        assert "2021年11月30日" in page
        assert "下一个过生日" in page


def test_a_synthetic_letter_says_so_and_a_real_one_does_not() -> None:
    code = AccessCode.random()
    assert "模拟数据" in pages(invitation_head(wave()), [letter(code)])[0]
    assert "模拟数据" not in pages(invitation_head(wave(synthetic=False)), [letter(code)])[0]


@pytest.mark.parametrize("hostile", ["#panic()", '#read("/etc/passwd")', "*粗* _斜_ $x$ \\", "=1+1", "<script>"])
def test_text_of_a_household_is_printed_as_typed(hostile: str) -> None:
    found = pages(invitation_head(wave()), [letter(AccessCode.random(), hostile)])[0]
    assert hostile.replace(" ", "") in found


def test_a_reissued_letter_says_that_the_old_code_is_void() -> None:
    found = pages(invitation_head(wave(), PassKind.REISSUE), [letter(AccessCode.random())])[0]
    assert "已经作废" in found


def test_a_panel_member_is_told_confidential_and_never_anonymous() -> None:
    found = pages(evaluator_head(wave(), "panel"), [letter(AccessCode.random())])[0]
    assert "保密" in found
    assert "匿名" not in found


def test_nothing_of_a_letter_stays_in_the_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    letters_pdf(invitation_head(wave()), [letter(AccessCode.random())])
    assert list(tmp_path.iterdir()) == []
