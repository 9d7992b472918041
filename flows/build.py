"""Folders of raw pages in, a published warehouse out: the whole system, top to bottom.

Each step is one call; `submit` decides who does it (threads in this process, or Prefect), and nothing here depends on how many
shards or workers there are.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import polars as pl

from flows.building import build_tables, hand_over_citations, hand_over_corpus_tables
from flows.reading import count_candidate_words, count_spam_fillers, read_sources
from flows.version import tell_code_version
from schemas.tables import DATA_TABLES
from transforms.repairs import infer_displaced_words, list_candidates
from warehouse.audit import audit_candidate
from warehouse.containers import spool_records
from warehouse.folder import DataFolder
from warehouse.handover import sum_checks
from warehouse.inputs import find_inputs, pack_shards
from warehouse.load import load_candidate
from warehouse.publish import publish, start_candidate
from warehouse.reference import read_reference
from warehouse.report import write_reports
from warehouse.runs import RunRecord, name_inputs, name_run, write_run
from warehouse.storage import hold_lock, prepare_data_folder, storage_errors
from warehouse.verdict import record_verdict

if TYPE_CHECKING:
    from flows.building import BuiltShard
    from flows.progress import Progress
    from flows.reading import ReadShard
    from flows.settings import Settings
    from flows.submit import Submit

STEPS = (read_sources, count_spam_fillers, count_candidate_words, build_tables, hand_over_citations, load_candidate, audit_candidate)


@dataclass(frozen=True)
class RunSummary:
    """How a run ended: its record, its checks, what it refused, what it counted (by table, role, kind) and how long its steps took."""

    folder: DataFolder
    run: RunRecord
    checks: pl.DataFrame
    quarantine: pl.DataFrame
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    elapsed_seconds: dict[str, float] = field(default_factory=dict)


def build(settings: Settings, submit: Submit, progress: Progress) -> RunSummary:
    """Build a candidate from the inputs, audit it, and publish it unless an error check failed.

    Whatever goes wrong, the published warehouse stays as it was, and the run is on record as failed.
    """
    folder = DataFolder(settings.data_dir)
    prepare_data_folder(folder)
    with hold_lock(folder), storage_errors(folder.root):
        now = dt.datetime.now(dt.UTC)
        run = RunRecord(name_run(now), now, now, "failed", tell_code_version(), inputs=name_inputs(settings.inputs))
        try:
            summary = _build(settings, submit, progress, folder, run)
        except BaseException:
            write_run(folder, replace(run, finished_at=dt.datetime.now(dt.UTC)))
            raise
        with progress.step("report"):
            write_reports(folder, summary.run, summary.checks)
        return summary


def _build(settings: Settings, submit: Submit, progress: Progress, folder: DataFolder, run: RunRecord) -> RunSummary:
    with progress.step("find inputs"):
        reference = read_reference()
        inputs = spool_records(find_inputs(settings.inputs), folder.records, settings.shard_bytes)
        shards = pack_shards(inputs.found, settings.shard_bytes)
    candidate = start_candidate(folder, run.run_id)

    read: list[ReadShard] = progress.gather("read sources", [submit(read_sources, shard, reference, candidate) for shard in shards])
    spam_repairs = _tell_displaced_words(read, submit, progress)
    built: list[BuiltShard] = progress.gather(
        "build tables", [submit(build_tables, shard, spam_repairs, reference, run.run_id, candidate) for shard in read]
    )
    titles = pl.concat([shard.titles for shard in built])
    cited = progress.gather("link citations", [submit(hand_over_citations, shard, titles, candidate) for shard in built])
    shared = hand_over_corpus_tables(reference, pl.concat([shard.agencies for shard in built]), candidate)
    handed_over = sum_checks([*(shard.checks for shard in built), *cited, shared])
    quarantine = pl.concat([inputs.rejected, *(shard.rejected for shard in (*read, *built))])
    _see_that_something_worked(read, built, quarantine)

    progress.gather("load warehouse", [submit(load_candidate, candidate, DATA_TABLES)])
    [audited] = progress.gather("audit warehouse", [submit(audit_candidate, candidate, DATA_TABLES)])

    with progress.step("judge and publish"):
        counts = _sum_counts(built)
        run = replace(
            run,
            finished_at=dt.datetime.now(dt.UTC),
            n_sources=counts["rows"]["lineage.sources"],
            n_documents=counts["rows"]["main.documents"],
        )
        run, checks = record_verdict(folder, run, pl.concat([handed_over, audited]), quarantine)
        if run.status == "published":
            publish(folder, run.run_id)
        write_run(folder, run)
    return RunSummary(folder, run, checks, quarantine, counts, progress.elapsed_seconds)


def _tell_displaced_words(read: list[ReadShard], submit: Submit, progress: Progress) -> pl.DataFrame:
    """Ask the whole corpus what words the spam found in it displaced; without spam nothing is read."""
    spam = pl.concat([shard.spam for shard in read])
    asked = [shard for shard in read if spam.height]
    fillers = progress.gather("find what fits in place of spam", [submit(count_spam_fillers, shard, spam) for shard in asked])
    candidates = list_candidates(spam, pl.concat(fillers) if fillers else pl.DataFrame())
    words = progress.gather("count fitting words", [submit(count_candidate_words, shard, spam, candidates) for shard in asked])
    return infer_displaced_words(spam, pl.concat(fillers) if fillers else pl.DataFrame(), pl.concat(words) if words else pl.DataFrame())


def _see_that_something_worked(read: list[ReadShard], built: list[BuiltShard], quarantine: pl.DataFrame) -> None:
    """Raise where a step crashed for every source: that is a defect of the step, not of the sources."""
    crashed = quarantine.filter(reason="crashed")
    if crashed.height and not (sum(shard.n_sources for shard in read) and any(shard.counts["rows"]["lineage.sources"] for shard in built)):
        raise RuntimeError(f"{crashed['stage'][0]} crashed for every source; for {crashed['source_id'][0]}: {crashed['detail'][0]}")


def _sum_counts(built: list[BuiltShard]) -> dict[str, dict[str, int]]:
    """Add up what the shards count."""
    sums: dict[str, dict[str, int]] = {}
    for shard in built:
        for name, counts in shard.counts.items():
            total = sums.setdefault(name, {})
            for key, n in counts.items():
                total[key] = total.get(key, 0) + n
    return sums
