"""The flow with its steps done by two processes of a Dask cluster that share nothing but the data folder."""

from __future__ import annotations

import atexit
import dataclasses
import os
import pickle
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from flows.cluster import Filed, Files, Terms, check_cluster, do_step, submit_to_cluster
from flows.orchestrated import make_flow
from flows.relating import HandedOver
from flows.settings import SEED_TEXTS, read_settings
from flows.version import tell_code_version
from schemas.errors import SettingsError, YaodianError
from tests.flows.test_build import assert_same_tables
from tests.unaudited import skip_great_expectations
from warehouse.folder import DataFolder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flows.build import RunSummary


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """The address of a scheduler with two workers, processes of their own, in which Great Expectations is not asked."""
    pytest.importorskip("prefect_dask", reason="the extra `cluster` is not installed: make setup")
    from distributed import Client, LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None) as cluster:
        with Client(cluster) as client:
            client.run(ask_no_more)
        yield cluster.scheduler_address


def ask_no_more() -> None:
    """Let Great Expectations pass every check as long as this process is there."""
    until_the_end = ExitStack()
    until_the_end.enter_context(skip_great_expectations())
    atexit.register(until_the_end.close)


@pytest.mark.usefixtures("prefect_server")
def test_two_processes_make_the_tables_that_threads_do(
    scheduler: str, seeds_run: RunSummary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YAODIAN_CLUSTER", scheduler)
    summary = make_flow()(inputs=[str(SEED_TEXTS)], data_dir=str(tmp_path), shard_bytes=80_000)
    assert summary.run.status == "published"
    assert_same_tables(seeds_run.folder.warehouse, DataFolder(tmp_path).warehouse)
    assert list(DataFolder(tmp_path).exchange.iterdir()) == []


def make_task(step: Callable[..., Any], done_by: Callable[..., Any]) -> Any:
    from prefect import Task

    return Task(done_by, name=str(step))


@pytest.mark.usefixtures("prefect_server")
def test_stopping_drops_steps_that_wait_and_waits_for_those_at_work(scheduler: str, tmp_path: Path) -> None:
    settings = dataclasses.replace(read_settings(data_dir=tmp_path), cluster=scheduler)
    with submit_to_cluster(settings, make_task) as submit:
        pids = {submit(os.getpid).result() for _ in range(2)} | {future.result() for future in [submit(os.getpid) for _ in range(8)]}
        assert len(pids - {os.getpid()}) == 2
        futures: list[Any] = [submit(time.sleep, 1.5) for _ in range(20)]
        time.sleep(1)
        started = time.monotonic()
        submit.stop()
        assert 0.1 < time.monotonic() - started < 10
        assert {future.wrapped_future.status for future in futures} == {"cancelled"}


def test_long_arguments_are_filed_once(tmp_path: Path) -> None:
    files = Files(tmp_path / "exchange" / "this")
    (tmp_path / "exchange" / "killed").mkdir(parents=True)
    frame = pl.DataFrame({"text": ["字" * 100] * 1000})
    filed = [files.file(frame) for _ in range(3)]
    assert len(list(files.root.iterdir())) == 1
    assert all(isinstance(one, Filed) and one.read().equals(frame) for one in filed)
    assert files.file("short") == "short"
    assert list((tmp_path / "exchange").iterdir()) == [files.root]


def test_a_step_gets_its_arguments_as_they_were(tmp_path: Path) -> None:
    terms = Terms(tmp_path, tell_code_version(), 1000)
    handed = HandedOver(pl.DataFrame({"a": [1]}), {"rows": {"main.documents": 1}})
    done = do_step(pickle.dumps((max, [2, 3], terms)))
    [same] = do_step(pickle.dumps((list, [[handed]], terms)))
    assert done == 3
    assert same.counts == handed.counts


@pytest.mark.parametrize(
    ("change", "said"), [({"data_dir": "nowhere"}, "does not see the data folder"), ({"code_version": "0"}, "runs version")]
)
def test_a_worker_that_cannot_do_the_work_says_why(change: dict[str, Any], said: str, tmp_path: Path) -> None:
    change = {name: tmp_path / value if name == "data_dir" else value for name, value in change.items()}
    terms = Terms(tmp_path, tell_code_version(), 1000)._replace(**change)
    with pytest.raises(YaodianError, match=said):
        do_step(pickle.dumps((max, [1, 2], terms)))


def test_a_cluster_that_cannot_be_had_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = dataclasses.replace(read_settings(data_dir=tmp_path), cluster="local")
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    with pytest.raises(SettingsError, match="set PREFECT_API_URL"):
        check_cluster(dataclasses.replace(here, cluster="tcp://10.0.0.1:8786"))
    monkeypatch.setattr("flows.cluster.find_spec", lambda _: None)
    with pytest.raises(SettingsError, match=r"install yaodian\[cluster\]"):
        check_cluster(here)
    monkeypatch.setenv("YAODIAN_CLUSTER", "10.0.0.1:8786")
    with pytest.raises(SettingsError, match=r"YAODIAN_CLUSTER='10\.0\.0\.1:8786' is neither local nor the address"):
        read_settings()
