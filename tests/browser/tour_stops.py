"""Every address of the application that GET serves, with its states worth a look. A new page adds its line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

LOOK_BIG, LOOK_ENGLISH = "?size=big", "?lang=en"
PLANNED, FRAMED, CASES, OPEN_CASES = "tour-planned", "tour-framed", "yubei-2021-cases", "tour-cases"
EVERYWHERE = (PLANNED, "demo-live", "yubei-2021")


@dataclass(frozen=True)
class Stops:
    """Who goes there, the pages to look at by name, and addresses that give a file or lead on: {} is filled in."""

    who: str
    pages: Mapping[str, str]
    files: tuple[str, ...] = ()


def of_waves(path: str, *waves: str) -> dict[str, str]:
    """The same page of several waves."""
    return {f"{path.strip('/').replace('/', '-') or 'overview'}-{wave}": f"/waves/{wave}{path}" for wave in waves}


def resident(name: str, path: str) -> dict[str, str]:
    """A resident's page, in large type and in English too."""
    return {name: path, f"{name}-big": path + LOOK_BIG, f"{name}-english": path + LOOK_ENGLISH}


def only(*files: str) -> Stops:
    """An address without a page of its own, for the assessor."""
    return Stops("assessor", {}, files)


PUBLIC = {
    "static": Stops("public", {}, ("/static/resident.css",)),
    "health.healthz": Stops("public", {}, ("/healthz",)),
    "staff.login": Stops("public", {"login": "/staff/login", "login-english": "/staff/login?lang=en"}),
    "respond.door": Stops("public", resident("door", "/")),
    "respond.questionnaire": Stops(
        "public", {**resident("questionnaire", "/s/{code}"), "closed": "/s/{closed}", "unknown-code": "/s/ABCD"}
    ),
    "respond.arrive": Stops("public", {}, ("/o/{poster}",)),
    "respond.open_questionnaire": Stops("public", resident("open", "/o/{poster}/{nonce}")),
    "respond.about": Stops("public", resident("about", "/about/demo-live")),
    "respond.right_answers": Stops(
        "public", {**resident("right-answers", "/answers/yubei-2021"), "secret": "/answers/demo-live"}
    ),
    "evaluate.cases": Stops("public", resident("evaluator", "/e/{evaluator}")),
    "evaluate.case_page": Stops("public", resident("case", "/e/{evaluator}/C-001")),
}
STAFF = {
    "staff.start": Stops("assessor", {"start": "/staff/"}),
    "staff.start_without_slash": only("/staff"),
    "staff.me": Stops("official", {"me": "/staff/me"}),
    "staff.accounts": Stops("administrator", {"accounts": "/staff/accounts"}),
    "staff.account": Stops("administrator", {"account": "/staff/accounts/1", "no-account": "/staff/accounts/999"}),
    "staff.new_account": Stops("administrator", {"account-new": "/staff/accounts/new"}),
    "staff.organisations": Stops("administrator", {"organisations": "/staff/organisations"}),
    "staff.areas": Stops("administrator", {"areas": "/staff/areas"}),
    "staff.log": Stops("administrator", {"log": "/staff/log", "log-verified": "/staff/log?verify=1"}),
    "jobs.job": Stops("assessor", {"job-done": "/jobs/{done}", "job-failed": "/jobs/{failed}"}),
}
FIELDWORK = {
    "fieldwork.waves": Stops("assessor", {"waves": "/waves/"}),
    "fieldwork.new": Stops("assessor", {"wave-new": "/waves/new"}),
    "fieldwork.overview": Stops("assessor", of_waves("/", *EVERYWHERE)),
    "fieldwork.overview_without_slash": only("/waves/demo-live"),
    "fieldwork.frame": Stops("assessor", of_waves("/frame", *EVERYWHERE)),
    "fieldwork.frame_template": only("/waves/demo-live/frame/template.csv"),
    "fieldwork.frame_towns": only("/waves/demo-live/frame/towns.csv"),
    "fieldwork.margins": Stops("assessor", of_waves("/margins", PLANNED, "yubei-2021")),
    "fieldwork.margins_file": only("/waves/demo-live/margins.csv"),
    "fieldwork.margins_template": only("/waves/demo-live/margins/template.csv"),
    "fieldwork.plan": Stops("assessor", of_waves("/plan", *EVERYWHERE)),
    "fieldwork.plan_file": only("/waves/demo-live/plan.toml"),
    "fieldwork.plan_template": only("/waves/demo-live/plan/template.toml"),
    "fieldwork.draw": Stops("assessor", of_waves("/draw", PLANNED, FRAMED, "yubei-2021")),
    "fieldwork.psus_file": only("/waves/demo-live/draw/psus.csv"),
    "fieldwork.dwellings_file": only("/waves/demo-live/draw/dwellings.csv"),
    "fieldwork.invitations": Stops("assessor", of_waves("/invitations", *EVERYWHERE)),
    "fieldwork.posters": Stops("assessor", of_waves("/posters", PLANNED, "demo-live")),
    "fieldwork.poster_file": only("/waves/demo-live/posters/{poster}.pdf"),
    "fieldwork.progress": Stops("assessor", of_waves("/progress", *EVERYWHERE)),
    "fieldwork.progress_file": only("/waves/demo-live/progress.csv"),
    "fieldwork.contacts_template": only("/waves/demo-live/contacts/template.csv"),
    "fieldwork.phases": Stops("assessor", of_waves("/close", *EVERYWHERE)),
    "fieldwork.analysis": Stops("assessor", of_waves("/analysis", "demo-live", "yubei-2021")),
    "fieldwork.prepared": Stops("assessor", of_waves("/analysis/1", "yubei-2021", "yubei-2021-small")),
}
ASSESS = {
    "assess.overview": Stops("assessor", of_waves("/cases/", CASES)),
    "assess.overview_without_slash": only("/waves/yubei-2021-cases/cases"),
    "assess.register": Stops("assessor", of_waves("/cases/register", CASES, OPEN_CASES)),
    "assess.register_template": only("/waves/yubei-2021-cases/cases/register/template.csv"),
    "assess.draw": Stops("assessor", of_waves("/cases/draw", CASES)),
    "assess.drawn_csv": only("/waves/yubei-2021-cases/cases/drawn.csv"),
    "assess.panel": Stops("assessor", of_waves("/cases/panel", CASES, OPEN_CASES)),
    "assess.parties": Stops("assessor", of_waves("/cases/parties", CASES)),
    "assess.progress": Stops("assessor", of_waves("/cases/progress", CASES)),
    "assess.vetoes": Stops("assessor", of_waves("/cases/vetoes", CASES)),
}
RESULTS = {
    "results.releases": Stops("official", {"results": "/results/"}),
    "results.releases_without_slash": Stops("official", {}, ("/results",)),
    "results.report": Stops(
        "official", {f"report-{wave}": f"/results/{wave}/1/" for wave in ("yubei-2021", "yubei-2021-small", CASES)}
    ),
    "results.download": Stops(
        "official", {}, tuple(f"/results/yubei-2021/1/{form}" for form in ("word", "excel", "csv"))
    ),
    "results.chart": Stops("official", {}, ("/results/yubei-2021/1/chart-towns-wide.svg",)),
}
STOPS: dict[str, Stops] = PUBLIC | STAFF | FIELDWORK | ASSESS | RESULTS
