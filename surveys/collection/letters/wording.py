"""The words of the letters: to a sampled household, to a panel member, to a party of a case."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from surveys.collection.letters.letter import Letterhead
from surveys.records.kinds import PassKind
from surveys.records.waves import Wave

OPENINGS = {
    PassKind.INVITATION: "受{commissioner}委托，我们正在了解居民对法律常识的知晓情况，以及对普法、执法工作的看法。"
    "您家是按随机抽样选中的，我们没有您的姓名和电话。",
    PassKind.REMINDER: "前些天我们寄过一封邀请函。如果您家已经作答，谢谢您，请不必理会这封信；"
    "如果还没有，现在仍可以回答。",
    PassKind.VISIT: "调查员来访时您家不方便，特留下这封信。现在仍可以回答。",
    PassKind.REISSUE: "应您的要求补寄这封信。上一封信上的代码已经作废，请用这一封。",
}
WHO = (
    "请家中15岁及以上、下一个过生日的那一位来回答。大约4分钟，不知道的题可以选“不知道”。"
    "请按自己的想法回答，任何人都不应告诉您该怎么答。"
)
APART = "答案与住址分开保存：寄信的一方不知道您答了什么，收卷的一方不知道您是谁。是否参加由您自愿决定。"
STEPS = ("扫描左边的二维码", "读完第一屏的说明再作答", "提交后可记下回执号")
ENGLISH = (
    "English: scan the picture, or open the address and type the access code. "
    "The questionnaire is available in English."
)
PANEL = (
    "请您作为评议员，对抽中的行政执法案件逐件评议。打开后请先申报是否需要回避，再看案件。",
    "您的评议对外保密，只有评议组织方知道是您写的；案卷中只出现评议组的总分。",
)
PARTY = (
    "您办理过的一件行政执法事项被随机抽中，请您对办理过程作出评价，大约2分钟。",
    "您的评价保密，不会交给办案单位，也不会与您的姓名一起保存。参加与否不影响您的任何事项。",
)


def invitation_head(wave: Wave, kind: PassKind = PassKind.INVITATION) -> Letterhead:
    """The letterhead of a wave's letters to sampled households."""
    opening = OPENINGS[kind].replace("{commissioner}", wave.commissioner_name["zh"])
    return _head(wave, "邀请函", "尊敬的住户：", (opening, WHO, APART), STEPS)


def evaluator_head(wave: Wave, kind: str) -> Letterhead:
    """The letterhead of a wave's letters to evaluators; `kind` is "panel" or "party"."""
    paragraphs, greeting = (PANEL, "尊敬的评议员：") if kind == "panel" else (PARTY, "您好：")
    steps = ("扫描左边的二维码", "先看说明，再逐件评议", "提交后可记下回执号")
    return _head(wave, "邀请函", greeting, paragraphs, steps)


def _head(wave: Wave, what: str, greeting: str, paragraphs: tuple[str, ...], steps: tuple[str, ...]) -> Letterhead:
    return Letterhead(
        title=f"{wave.title['zh']}{what}",
        greeting=greeting,
        paragraphs=paragraphs,
        steps=steps,
        english=ENGLISH,
        issuer=wave.assessor_name["zh"],
        approval=(
            f"批准机关：{wave.approval_body}",
            f"批准文号：{wave.approval_number}",
            f"有效期至：{wave.approval_expires:%Y年%m月%d日}",
        ),
        contact=f"咨询：{wave.contact}　截止：{_day(wave.closes_at, wave.time_zone)}",
        synthetic=wave.synthetic,
    )


def _day(instant: datetime, zone: str) -> str:
    return instant.astimezone(ZoneInfo(zone)).strftime("%Y年%m月%d日")
