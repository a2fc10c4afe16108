"""The assessor's way through a case evaluation, page by page, without script."""

from __future__ import annotations

import io
import re
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select

from surveys.collection.codes import AccessCode
from surveys.collection.entry import evaluations_of
from surveys.records.staff import Action
from surveys.records.waves import Wave
from surveys.simulation.cases import case_register, register_csv
from tests.cases.samples import (
    SEED,
    answer_as_party,
    case_wave,
    closed,
    drawn,
    evaluate,
    letters,
    panel,
)
from tests.collection.samples import running_wave
from tests.webapp_cases.conftest import SignedIn, post, today
from webapp.config import Settings
from webapp.db import Stores

PAGES = ("", "register", "draw", "panel", "parties", "progress", "vetoes")
CODE = re.compile(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){2}-[0-9A-Z]{5}")


def at(wave: Wave, page: str = "") -> str:
    return f"/waves/{wave.code}/cases/{page}"


def text_of(answer: Any) -> str:
    return unescape(answer.get_data(as_text=True))


def upload(client: FlaskClient, wave: Wave, content: bytes, name: str = "模拟登记册.csv") -> Any:
    return post(client, at(wave, "register"), file=(io.BytesIO(content), name))


def hidden(page: str, name: str) -> str:
    return page.split(f'name="{name}" value="')[1].split('"')[0]


def printed_codes(answer: Any) -> list[str]:
    pdf = PdfReader(io.BytesIO(answer.data))
    return [CODE.findall(page.extract_text())[0] for page in pdf.pages]


def actions(stores: Stores) -> list[str]:
    with stores.registrar_reading() as registrar:
        lines = registrar.scalars(select(Action).where(Action.action.like("cases.%")).order_by(Action.sequence))
        return [line.action for line in lines]


def test_the_whole_way_from_register_to_confirmed_veto(
    client: FlaskClient, signed_in: SignedIn, wave: Wave, stores: Stores
) -> None:
    checked = upload(client, wave, register_csv(case_register("t", 2021, 60)))
    assert "共 60 件" in text_of(checked)
    assert "行政处罚" in text_of(checked)
    assert "导入登记册" in text_of(client.get(at(wave)))  # nothing was taken yet
    form = {"parcel": hidden(text_of(checked), "parcel"), "filename": "模拟登记册.csv"}
    assert post(client, at(wave, "register/take"), **form).status_code == 303
    assert post(client, at(wave, "draw"), seed=SEED, n="4").status_code == 303
    assert "复核一致" in text_of(client.get(at(wave, "draw?verify=1")))
    members = post(client, at(wave, "panel"), list="张三，律师\n李四，居民代表")
    codes = [AccessCode.parse(code) for code in printed_codes(members)]
    with stores.box_reading() as box:
        assert [len(evaluations_of(box, code)) for code in codes] == [4, 4]
    parties = post(client, at(wave, "parties"), case="", letters="1", made="0")
    assert len(printed_codes(parties)) == 4
    closed(stores, wave)
    assert "没有提出一票否决事项" in text_of(client.get(at(wave, "vetoes")))
    assert actions(stores) == ["cases.register.checked", "cases.register", "cases.draw", "cases.panel", "cases.parties"]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_teaches_before_anything_is_there(client: FlaskClient, wave: Wave, page: str) -> None:
    answer = client.get(at(wave, page))
    assert answer.status_code == 200
    assert "「模拟数据」" in text_of(answer)
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("page", [*PAGES, "register/template.csv", "drawn.csv"])
def test_another_firms_wave_and_an_official_find_nothing(signed_in: SignedIn, wave: Wave, page: str) -> None:
    assert signed_in("rival.qian").get(at(wave, page)).status_code == 404
    assert signed_in("official.zhao").get(at(wave, page)).status_code == 403


@pytest.mark.parametrize("page", PAGES)
def test_a_wave_that_asks_residents_has_no_case_pages(client: FlaskClient, stores: Stores, page: str) -> None:
    with stores.box_transaction() as box:
        awareness = running_wave(box, code="awareness-2021", **today())
    assert client.get(at(awareness, page)).status_code == 404


@pytest.mark.parametrize(
    "page", ["register", "register/take", "draw", "panel", "parties", "panel/lawyers-01/reissue", "vetoes/confirm"]
)
def test_a_form_that_is_not_ours_is_refused(client: FlaskClient, wave: Wave, page: str) -> None:
    assert client.post(at(wave, page), data={}).status_code == 400


def test_a_bad_file_is_refused_with_its_faults_and_changes_nothing(client: FlaskClient, wave: Wave) -> None:
    bad = "案件编号,执法单位,案件类别,办结日期\nA/1,<b>一队</b>,处罚,三月\n".encode()
    answer = upload(client, wave, bad)
    assert answer.status_code == 422
    assert "怎样修改" in text_of(answer)
    assert "三月" in text_of(answer)
    assert "现有登记册" not in text_of(client.get(at(wave, "register")))


@pytest.mark.parametrize("parcel", ["", "%%%", "AAAA", "eJwDAAAAAAE="])
def test_a_damaged_parcel_is_refused(client: FlaskClient, wave: Wave, parcel: str) -> None:
    answer = post(client, at(wave, "register/take"), parcel=parcel)
    assert answer.status_code == 422


def test_hostile_text_is_shown_as_typed(client: FlaskClient, wave: Wave) -> None:
    answer = upload(client, wave, "案件编号,执法单位,案件类别,办结日期\nA1,<script>x</script>,=1+1,2021-03-01".encode())
    assert b"&lt;script&gt;x&lt;/script&gt;" in answer.data
    assert b"<script>x" not in answer.data


def test_formulas_leave_as_text(client: FlaskClient, wave: Wave) -> None:
    listed = "案件编号,执法单位,案件类别,办结日期\n=A1,@一队,+处罚,2021-03-01\n".encode()
    form = {"parcel": hidden(text_of(upload(client, wave, listed)), "parcel"), "filename": "f"}
    post(client, at(wave, "register/take"), **form)
    post(client, at(wave, "draw"), seed="s", n="1")
    written = client.get(at(wave, "drawn.csv")).data.decode("utf-8-sig").splitlines()
    assert written == ["案件编号,执法单位,案件类别,办结日期,模拟数据", "'=A1,'@一队,'+处罚,2021-03-01,模拟数据"]


def test_a_register_cannot_be_changed_once_drawn(client: FlaskClient, wave: Wave, stores: Stores) -> None:
    drawn(stores, wave)
    assert upload(client, wave, register_csv(case_register("t", 2021, 60))).status_code == 409
    again = post(client, at(wave, "draw"), seed="another", n="4")
    assert again.status_code == 409
    assert "不能再改" in text_of(again)


@pytest.mark.parametrize(("seed", "n"), [("", "4"), ("s", "99"), ("s", "三十三"), ("s", "-1"), ("s", "9" * 30)])
def test_a_bad_draw_is_refused_and_keeps_what_was_typed(client: FlaskClient, wave: Wave, seed: str, n: str) -> None:
    form = {"parcel": "", "filename": "f"}
    form["parcel"] = hidden(text_of(upload(client, wave, register_csv(case_register("t", 2021, 40)))), "parcel")
    post(client, at(wave, "register/take"), **form)
    answer = post(client, at(wave, "draw"), seed=seed, n=n)
    assert answer.status_code == 422
    assert f'value="{n}"' in text_of(answer)


def test_letters_are_streamed_with_a_code_and_never_stored(
    client: FlaskClient, wave: Wave, stores: Stores, settings: Settings
) -> None:
    drawn(stores, wave)
    answer = post(client, at(wave, "panel"), name="张三", group="lawyers")
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    (code,) = printed_codes(answer)
    for path in settings.data_dir.rglob("*"):
        assert path.is_dir() or code.replace("-", "").encode() not in path.read_bytes()
    assert code not in text_of(client.get(at(wave, "panel")))


def test_a_member_is_not_invited_twice_and_the_list_stays_typed(
    client: FlaskClient, wave: Wave, stores: Stores
) -> None:
    drawn(stores, wave)
    post(client, at(wave, "panel"), name="张三", group="lawyers")
    again = post(client, at(wave, "panel"), list="李四，律师\n张三，律师\n王五，记者")
    assert again.status_code == 422
    assert "作废并补信" in text_of(again)
    assert "李四，律师\n张三，律师\n王五，记者" in text_of(again)
    assert "lawyers-02" not in text_of(client.get(at(wave, "panel")))


def test_a_reissued_letter_opens_what_is_left(client: FlaskClient, wave: Wave, stores: Stores) -> None:
    cases = drawn(stores, wave)
    (member,) = panel(stores, wave, cases, "lawyers")
    evaluate(stores, member, cases[0])
    (code,) = printed_codes(post(client, at(wave, "panel/lawyers-01/reissue")))
    with stores.box_reading() as box:
        assert [slot.subject for slot in evaluations_of(box, AccessCode.parse(code))] == cases[1:]
    assert post(client, at(wave, "panel/nobody-01/reissue")).status_code == 404


def test_pressing_twice_prints_the_parties_letters_once(client: FlaskClient, wave: Wave, stores: Stores) -> None:
    drawn(stores, wave, 4)
    assert len(printed_codes(post(client, at(wave, "parties"), case="", letters="2", made="0"))) == 8
    again = post(client, at(wave, "parties"), case="", letters="2", made="0")
    assert again.status_code == 409
    assert "已印 8 封" in text_of(again)


@pytest.mark.parametrize(("case", "each"), [("", "0"), ("", "11"), ("", "二"), ("X-1", "1")])
def test_a_bad_order_of_letters_is_refused(
    client: FlaskClient, wave: Wave, stores: Stores, case: str, each: str
) -> None:
    drawn(stores, wave)
    assert post(client, at(wave, "parties"), case=case, letters=each, made="0").status_code == 422


def test_a_real_waves_letters_need_a_public_address(client: FlaskClient, stores: Stores) -> None:
    real = case_wave(stores, code="real-2026", synthetic=False, **today())
    drawn(stores, real)
    answer = post(client, at(real, "panel"), name="张三", group="lawyers")
    assert answer.status_code == 409
    assert "PUBLIC_URL" in text_of(answer)
    assert "lawyers-01" not in text_of(client.get(at(real, "panel")))


def test_progress_shows_counts_and_no_mark(client: FlaskClient, wave: Wave, stores: Stores) -> None:
    cases = drawn(stores, wave)
    member, _ = panel(stores, wave, cases, "lawyers", "residents")
    evaluate(stores, member, cases[0], 37)
    for one in letters(stores, wave, cases[:1], 2):
        answer_as_party(stores, one, 41)
    page = text_of(client.get(at(wave, "progress")))
    assert "应评 8 份，已评 1 份" in page
    assert "暂不显示" in page
    assert "37" not in re.sub(r"<[^>]+>|[0-9a-f]{10,}|SIM2021-\d+", "", page)


def test_two_assessors_confirm_and_one_withdraws(signed_in: SignedIn, wave: Wave, stores: Stores) -> None:
    cases = drawn(stores, wave)
    (member,) = panel(stores, wave, cases, "lawyers")
    evaluate(stores, member, cases[0], 80, "veto_law")
    evaluate(stores, member, cases[1], recused=True)
    li, wu = signed_in("assessor.li"), signed_in("assessor.wu")
    assert "收集结束以后办理" in text_of(li.get(at(wave, "vetoes")))
    closed(stores, wave)
    veto = {"case": cases[0], "item": "veto_law"}
    post(li, at(wave, "vetoes/confirm"), **veto)
    assert "还差一人" in text_of(wu.get(at(wave, "vetoes")))
    post(wu, at(wave, "vetoes/confirm"), **veto)
    page = text_of(li.get(at(wave, "vetoes")))
    assert "生效：不合格" in page
    assert "人员 assessor.li、人员 assessor.wu" in page
    post(li, at(wave, "vetoes/withdraw"), **veto)
    assert "还差一人" in text_of(li.get(at(wave, "vetoes")))
    assert actions(stores) == ["cases.veto.confirm", "cases.veto.confirm", "cases.veto.withdraw"]
    assert "模拟评议员0" in text_of(li.get(at(wave, "progress")))  # who withdrew from a case
    assert post(li, at(wave, "vetoes/confirm"), case=cases[0], item="body").status_code == 404


def test_a_closed_wave_takes_nobody_in(client: FlaskClient, wave: Wave, stores: Stores) -> None:
    cases = drawn(stores, wave)
    panel(stores, wave, cases, "lawyers")
    closed(stores, wave)
    assert post(client, at(wave, "panel"), name="张三", group="lawyers").status_code == 409
    assert post(client, at(wave, "parties"), case="", letters="1", made="0").status_code == 409
    said = post(client, at(wave, "panel/lawyers-01/reissue"))
    assert said.status_code == 303
    assert client.get(said.location).status_code == 200


def test_the_menu_leads_here(client: FlaskClient, wave: Wave) -> None:
    assert f'href="{at(wave)}" aria-current="page"' in text_of(client.get(at(wave)))
    assert client.get(at(wave).rstrip("/")).status_code == 308
