"""A part that no worker survives is named, if need be with those that waited behind it."""
# mypy: allow-untyped-calls

from __future__ import annotations

from pathlib import Path

import pytest
from dask import config

from surveys.analysis.outcome import AnalysisRefused
from surveys.analysis.totals.columns import GroupBy, plan_of
from surveys.analysis.totals.distributed import client_of, each
from tests.analysis.dying import Dies
from tests.analysis.parquet_files import TYPED, parquet, people
from tests.analysis.test_totals_columns import VARIABLES

pytestmark = pytest.mark.xdist_group("dask")


def test_the_part_that_killed_the_workers_is_named(tmp_path: Path) -> None:
    columns = people(600)
    thirds = [{name: column[place::3] for name, column in columns.items()} for place in range(3)]
    files = [parquet(tmp_path / f"{place + 2}.parquet", third, TYPED) for place, third in enumerate(thirds)]
    task = Dies(plan_of(files, GroupBy(VARIABLES)), tmp_path / "died", always=True)
    impatient = config.set({"distributed.scheduler.allowed-failures": 0})
    with impatient, client_of(workers=1) as client, pytest.raises(AnalysisRefused) as refusal:
        each(client, task, files, lambda _done, _total: None)
    assert refusal.value.code == "totals.worker_lost"
    assert refusal.value.values["times"] == 1
    assert "3.parquet" in str(refusal.value.values["parts"])
