"""The group-by in Dask tasks on one machine: the same table and the same figures whatever the cut and whoever dies.

With TEST_PEOPLE=1000000 the same on a million people; it takes some twenty seconds.
"""
# mypy: allow-untyped-calls

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from dask import config
from distributed import Client, LocalCluster

from surveys.analysis.design import Design
from surveys.analysis.estimates.estimator import Estimator
from surveys.analysis.outcome import AnalysisRefused, Estimate
from surveys.analysis.table import Table
from surveys.analysis.totals import distributed
from surveys.analysis.totals.columns import GroupBy, plan_of, sums_of_file, table_of
from surveys.analysis.totals.distributed import client_of, each
from surveys.analysis.totals.partial import added
from surveys.analysis.weighting.calibration import calibrate
from surveys.analysis.weighting.margins import Margin
from tests.analysis.dying import Dies
from tests.analysis.parquet_files import TYPED, cut, parquet, people
from tests.analysis.test_totals_columns import VARIABLES, assert_same

pytestmark = pytest.mark.xdist_group("dask")

PEOPLE, PARTS, PSUS = int(os.environ.get("TEST_PEOPLE", "60000")), 8, 96
GROUP = GroupBy(VARIABLES, keys=["town", "cell"])
CUTS = ("by_psu", "at_random", "one_empty")


@dataclass(frozen=True)
class Whole:
    """The people in one file, and cut three ways."""

    one: Path
    cuts: dict[str, list[Path]]

    def table(self) -> Table:
        """In one process."""
        plan = plan_of([self.one], GROUP)
        return table_of(added([sums_of_file(self.one, plan)]), plan)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    folder, columns = tmp_path_factory.mktemp("people"), people(PEOPLE, psus=PSUS)
    psu = np.array([int(label[1:]) for label in columns["psu"]])
    lot = np.random.default_rng(2).integers(0, PARTS, PEOPLE)
    cuts = {"by_psu": psu % PARTS, "at_random": lot, "one_empty": lot % (PARTS - 1)}
    return Whole(
        parquet(folder / "all.parquet", columns, TYPED),
        {name: cut(folder / name, columns, part, PARTS) for name, part in cuts.items()},
    )


def in_tasks(client: Client, files: list[Path], most_rows: int = 10_000) -> Table:
    plan = plan_of(files, GROUP)
    task = partial(sums_of_file, plan=plan, most_rows=most_rows)
    return table_of(added(each(client, task, files, lambda _done, _total: None)), plan)


def figures(table: Table) -> list[Estimate]:
    """Raked to towns and cells: shares and a mean, overall and by town."""
    town, cell = table.keys["town"], table.keys["cell"]
    towns = {label: 1e6 + 1e4 * place for place, label in enumerate(np.unique(town))}
    cells = dict.fromkeys(np.unique(cell), sum(towns.values()) / 4)
    weighted = calibrate(table, [Margin("town", town, towns), Margin("cell", cell, cells)], "raking")
    estimator = Estimator(table, Design.of_table(table), weighted)
    domains = [None, *(town == label for label in towns)]
    found = [estimator.proportion("aware", domain) for domain in domains]
    found += [estimator.mean("satisfied", domain) for domain in domains]
    assert all(isinstance(one, Estimate) for one in found)
    return [one for one in found if isinstance(one, Estimate)]


def assert_same_figures(found: Table, expected: Table) -> None:
    for one, other in zip(figures(found), figures(expected), strict=True):
        for part in ("value", "se", "lower", "upper"):
            assert getattr(one, part) == pytest.approx(getattr(other, part), rel=1e-9)
        assert (one.df, one.n) == (other.df, other.n)


@pytest.fixture(scope="module")
def two() -> Iterator[Client]:
    """Two workers, for most of the tests."""
    with client_of(workers=2) as client:
        yield client


@pytest.fixture(scope="module", params=[1, 2, 4])
def workers(request: pytest.FixtureRequest) -> Iterator[Client]:
    """One, two and four processes."""
    with client_of(workers=request.param) as client:
        assert len(client.scheduler_info()["workers"]) == request.param
        yield client


@pytest.mark.parametrize("name", CUTS)
def test_the_table_and_its_figures_depend_neither_on_the_cut_nor_on_how_many_work(
    whole: Whole, workers: Client, name: str
) -> None:
    found, expected = in_tasks(workers, whole.cuts[name]), whole.table()
    assert_same(found, expected)
    assert_same_figures(found, expected)


def test_the_same_parts_give_the_same_bits_whoever_was_first(whole: Whole, two: Client) -> None:
    once, again = in_tasks(two, whole.cuts["at_random"]), in_tasks(two, whole.cuts["at_random"])
    assert once.w.tobytes() == again.w.tobytes()
    for name in VARIABLES:
        assert once.variables[name].wy.tobytes() == again.variables[name].wy.tobytes()


def test_a_worker_killed_in_mid_run_changes_nothing(whole: Whole, workers: Client, tmp_path: Path) -> None:
    files, died = whole.cuts["at_random"], tmp_path / "died"
    before = set(workers.run(os.getpid).values())
    plan = plan_of(files, GROUP)
    found = table_of(added(each(workers, Dies(plan, died), files, lambda _done, _total: None)), plan)
    assert int(died.read_text()) in before
    assert not Path(f"/proc/{died.read_text()}").exists()
    assert_same(found, whole.table())
    assert_same_figures(found, whole.table())


def test_a_part_that_kills_every_worker_is_given_up(whole: Whole, tmp_path: Path) -> None:
    files = whole.cuts["at_random"][2:4]
    impatient = config.set({"distributed.scheduler.allowed-failures": 0})
    with impatient, client_of(workers=1) as client, pytest.raises(AnalysisRefused, match=r"worker_lost.*times=1"):
        each(client, Dies(plan_of(files, GROUP), tmp_path / "died", always=True), files, lambda _done, _total: None)


def test_workers_of_a_scheduler_elsewhere_do_the_same(whole: Whole) -> None:
    with (
        LocalCluster(n_workers=1, processes=False, dashboard_address=None, protocol="tcp", host="127.0.0.1") as cluster,
        client_of(cluster.scheduler_address) as client,
    ):
        found = in_tasks(client, whole.cuts["by_psu"])
    assert_same(found, whole.table())


def test_a_scheduler_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distributed, "WAIT", "1s")
    with pytest.raises(AnalysisRefused, match=r"totals\.scheduler.*127\.0\.0\.1:1'"), client_of("tcp://127.0.0.1:1"):
        raise AssertionError


def test_without_workers_nobody_waits_for_ever(whole: Whole) -> None:
    files = whole.cuts["at_random"]
    task = partial(sums_of_file, plan=plan_of(files, GROUP))
    with client_of(workers=0) as client, pytest.raises(AnalysisRefused, match=r"totals\.no_workers"):
        each(client, task, files, lambda _done, _total: None, patience=0.1)


def test_a_part_delivered_twice_is_refused(whole: Whole, two: Client) -> None:
    files = whole.cuts["one_empty"]
    with pytest.raises(AnalysisRefused, match=r"columns\.file_twice"):
        in_tasks(two, [*files, files[0]])


def test_no_task_returns_more_than_the_bound_on_rows(whole: Whole, two: Client) -> None:
    rows = len(whole.table().w)
    assert rows < PEOPLE / 100
    in_tasks(two, whole.cuts["at_random"], most_rows=rows)
    with pytest.raises(AnalysisRefused, match=r"totals\.too_many_rows.*part='0.parquet'.*most=10"):
        in_tasks(two, whole.cuts["at_random"], most_rows=10)
