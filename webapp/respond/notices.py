"""Kind pages: what a resident reads instead of a questionnaire, and what to do next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from zoneinfo import ZoneInfo

from flask import Response, make_response, render_template, url_for
from flask_babel import format_date
from flask_babel import gettext as _

from surveys.errors import Closed, Ineligible, NotFound, NotYetOpen, Refusal
from surveys.records.waves import Wave
from webapp.respond.look import Look
from webapp.stores import clock


@dataclass(frozen=True)
class Onward:
    """Where a kind page leads."""

    address: str
    words: str


@dataclass(frozen=True)
class Notice:
    """One kind page: what happened, what to do, and one way onward."""

    title: str
    paragraphs: tuple[str, ...]
    onward: Onward
    status: HTTPStatus = HTTPStatus.OK
    contact: str = ""
    synthetic: bool = False


def notice_page(notice: Notice) -> Response:
    """A kind page is never stored: what it says may be different in an hour."""
    page = make_response(render_template("resident/notice.html", notice=notice, look=Look.of_request()), notice.status)
    page.headers["Cache-Control"] = "no-store"
    return page


def day(instant: datetime, wave: Wave) -> str:
    """A date where the wave is, in the reader's language."""
    return str(format_date(instant.astimezone(ZoneInfo(wave.time_zone)).date(), "long"))


def door() -> Onward:
    """Back to typing the code."""
    return Onward(url_for("respond.door", **Look.of_request().kept), _("回到输入代码的页面"))


def unusable(wave: Wave | None) -> Notice:
    """Unknown, void and spent codes look alike: whoever tries codes learns nothing."""
    return Notice(
        _("这个代码现在不能用"),
        (
            _("可能抄错了一位，也可能已经用过，或者已经换成了新的代码。"),
            _("如果您家已经答过，就不用再答了，谢谢您。"),
            _("如果还没有答，请对照信再输一遍；还是不行，请打信上的咨询电话。"),
        ),
        status=HTTPStatus.NOT_FOUND,
        onward=door(),
    )


def missing(wave: Wave | None) -> Notice:
    """An address of a poster, a wave or a visit that is not ours."""
    return Notice(
        _("没有找到这一页"),
        (_("地址可能抄错了一位。请对照信或海报再看一遍，或者重新扫一次二维码。"),),
        status=HTTPStatus.NOT_FOUND,
        onward=door(),
    )


def still_secret(wave: Wave) -> Notice:
    """Right answers stay secret while anybody can still be coached with them."""
    return Notice(
        _("正确答案还没有公布"),
        (
            _(
                "测评在 %(day)s结束。结束以后，这一页公布正确答案、解释和法律依据。",
                day=day(wave.closes_at, wave),
            ),
            _("现在公布，后面答的人就可能照着答案填，数字就不准了。"),
        ),
        contact=wave.contact,
        synthetic=wave.synthetic,
        onward=Onward(
            url_for("respond.about", wave_code=wave.code, **Look.of_request().kept), _("答案存在哪里，谁能看到什么")
        ),
    )


def not_yet_open(wave: Wave | None) -> Notice:
    """The letter came before the day."""
    when = ""
    if wave and clock() < wave.opens_at:  # a wave may be opened later than planned
        when = _("答题从 %(day)s开始。请到时候再来，代码一直有效。", day=day(wave.opens_at, wave))
    return Notice(
        _("还没有开始"),
        (when or _("请过几天再来，代码一直有效。"),),
        status=HTTPStatus.FORBIDDEN,
        contact=wave.contact if wave else "",
        synthetic=bool(wave and wave.synthetic),
        onward=door(),
    )


def closed(wave: Wave | None) -> Notice:
    """The wave is over: thanks, and where the right answers stand."""
    onward = door()
    if wave:
        address = url_for("respond.right_answers", wave_code=wave.code, **Look.of_request().kept)
        onward = Onward(address, _("看正确答案和法律依据"))
    return Notice(
        _("这次测评已经结束"),
        (_("答题时间已经过了，现在不再收答案。谢谢您愿意参加。"),),
        status=HTTPStatus.GONE,
        contact=wave.contact if wave else "",
        synthetic=bool(wave and wave.synthetic),
        onward=onward,
    )


def under_age(wave: Wave | None) -> Notice:
    """An answer that ends the interview; nothing was kept and the code still works."""
    return Notice(
        _("谢谢您，这份问卷请家里大人来答"),
        (
            _("这次只请 15 岁和 15 岁以上的人来答。刚才选的都没有保存。"),
            _("请把手机交给家里 15 岁和 15 岁以上、下一个过生日的那一位，用同一个代码重新开始。"),
        ),
        onward=Onward(Look.of_request().address(), _("重新开始")),
        contact=wave.contact if wave else "",
        synthetic=bool(wave and wave.synthetic),
    )


KINDS: dict[type[Refusal], Callable[[Wave | None], Notice]] = {
    NotFound: missing,
    NotYetOpen: not_yet_open,
    Closed: closed,
    Ineligible: under_age,
}


def refusal_page(refusal: Refusal, wave: Wave | None = None) -> Response:
    """The kind page of a refusal; what has none of its own is a code that cannot be used."""
    return notice_page(KINDS.get(type(refusal), unusable)(wave))
