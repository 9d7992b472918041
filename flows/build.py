"""Folders of raw pages in, a published warehouse out: the whole system, top to bottom.

Each step is one call; `submit` decides who does it (threads in this process, or Prefect), and nothing here depends on how many
shards or workers there are.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import polars as pl

from flows.building import Findings, build_tables
from flows.reading import count_candidate_words, count_spam_fillers, find_site_templates, read_sources
from flows.relating import COMPARED, compare_pairs, find_pairs, hand_over_corpus_tables, hand_over_shard, relate_documents
from flows.reusing import (
    compare_around,
    find_in_corpus,
    find_reuse,
    hand_over_reuse,
    join_in_shard,
    locate_in_shard,
    mark_in_corpus,
    read_around,
    read_texts,
    sample_shard,
    survey_corpus,
)
from flows.stopping import limit_time, stop_together
from flows.telling import tell_end, tell_failure, tell_start
from flows.version import tell_code_version
from flows.viewing import add_views
from schemas.tables import DATA_TABLES
from transforms.repairs import infer_displaced_words, list_candidates
from transforms.reuse import settle_passages
from warehouse.audit import audit_candidate
from warehouse.cache import name_result, open_cache
from warehouse.changes import SourceChanges, compare_sources
from warehouse.connect import limit_memory
from warehouse.containers import spool_records
from warehouse.folder import DataFolder
from warehouse.handover import sum_checks
from warehouse.inputs import find_inputs, pack_shards
from warehouse.load import load_candidate
from warehouse.mirror import publish_to_store
from warehouse.publish import publish, start_candidate
from warehouse.reference import read_reference
from warehouse.report import is_reported, write_reports
from warehouse.runs import RunRecord, forget_run, name_inputs, name_run, note_died, note_failure, note_start, write_run
from warehouse.storage import hold_lock, prepare_data_folder, remove_folder, storage_errors
from warehouse.unchanged import find_audited, find_like, find_same, note_origin
from warehouse.verdict import record_verdict

if TYPE_CHECKING:
    from flows.building import BuiltShard, Counts
    from flows.progress import Progress
    from flows.reading import ReadShard
    from flows.relating import Relations
    from flows.settings import Settings
    from flows.submit import Submit
    from warehouse.cache import Cache

STEPS = (
    read_sources,
    find_site_templates,
    count_spam_fillers,
    count_candidate_words,
    build_tables,
    find_pairs,
    compare_pairs,
    relate_documents,
    hand_over_shard,
    hand_over_corpus_tables,
    sample_shard,
    mark_in_corpus,
    locate_in_shard,
    survey_corpus,
    join_in_shard,
    find_in_corpus,
    read_around,
    compare_around,
    settle_passages,
    read_texts,
    hand_over_reuse,
    load_candidate,
    add_views,
    audit_candidate,
)


@dataclass(frozen=True)
class RunSummary:
    """How a run ended: its record, its checks, what it refused, what it counted (by table, role, kind) and how long its steps took.

    `changes` are those of the sources since the release published before, `died` the runs whose end nobody saw before this one.
    """

    folder: DataFolder
    run: RunRecord
    checks: pl.DataFrame
    quarantine: pl.DataFrame
    counts: Counts = field(default_factory=dict)
    elapsed_seconds: dict[str, float] = field(default_factory=dict)
    is_unchanged: bool = False
    changes: SourceChanges | None = None
    died: tuple[RunRecord, ...] = ()


def build(settings: Settings, submit: Submit, progress: Progress) -> RunSummary:
    """Build a candidate from the inputs, audit it, and publish it unless an error check failed.

    Shards that were worked on before are taken from the data folder's cache; where nothing changed at all since the published run, that
    run's summary is returned and nothing is written but its reports, if they are missing. Whatever goes wrong, or where the run is stopped,
    the published warehouse stays as it was, no candidate is left, and the run is on record as failed.
    """
    folder, now = DataFolder(settings.data_dir), dt.datetime.now(dt.UTC)
    run = RunRecord(name_run(now), now, now, "failed", tell_code_version(), inputs=name_inputs(settings.inputs))
    try:
        prepare_data_folder(folder)
        tell_start(settings, folder, run, progress)
        with hold_lock(folder), storage_errors(folder.root):
            summary = _build_on_record(settings, submit, progress, folder, run)
    except BaseException as error:
        tell_failure(settings, folder, run, error, progress)
        raise
    tell_end(settings, folder, run, summary, progress)
    return summary


def _build_on_record(settings: Settings, submit: Submit, progress: Progress, folder: DataFolder, run: RunRecord) -> RunSummary:
    """Build with the run on record from its start, so that the next one sees if this one died."""
    died = note_died(folder)
    note_start(folder, run)
    try:
        with limit_time(settings.time_limit), stop_together(submit) as submit_together:
            summary = _build(settings, submit_together, progress, folder, run)
    except BaseException:
        remove_folder(folder.candidate(run.run_id))
        note_failure(folder, run)
        raise
    if summary.is_unchanged:
        forget_run(folder, run)
    if not (summary.is_unchanged and is_reported(folder, summary.run)):
        with progress.step("report"):
            write_reports(folder, summary.run, summary.checks, changes=summary.changes)
    if settings.publish_to and summary.run.status == "published":
        with progress.step("publish to the store"):
            publish_to_store(folder, settings.publish_to)
    return replace(summary, died=tuple(died))


def _build(settings: Settings, submit: Submit, progress: Progress, folder: DataFolder, run: RunRecord) -> RunSummary:
    limit_memory(settings.memory_mb)
    with progress.step("find inputs"):
        reference = read_reference()
        inputs = spool_records(find_inputs(settings.inputs), folder.records, settings.shard_bytes)
        shards = pack_shards(inputs.found, settings.shard_bytes)
    cache = open_cache(folder.cache, run.code_version, is_fresh=not settings.is_incremental)

    read: list[ReadShard] = progress.gather("read sources", [submit(read_sources, shard, reference, cache) for shard in shards])
    refused = pl.concat([inputs.rejected, *(shard.rejected for shard in read)])
    origin = name_result("release", run.code_version, f"search {settings.has_search}", *(shard.key for shard in read), refused)
    if settings.is_incremental and (same := find_same(folder, origin)):
        published, checks, quarantine = same
        return RunSummary(folder, published, checks, quarantine, elapsed_seconds=progress.elapsed_seconds, is_unchanged=True)

    candidate = start_candidate(folder, run.run_id)
    [templates] = progress.gather("find site templates", [submit(find_site_templates, read)])
    findings = Findings(_tell_displaced_words(read, submit, progress), templates)
    built: list[BuiltShard] = progress.gather(
        "build tables", [submit(build_tables, shard, findings, reference, cache, candidate) for shard in read]
    )
    quarantine = pl.concat([refused, *(shard.rejected for shard in built)])
    _see_that_something_worked(read, built, quarantine)

    relations = _relate_documents(built, cache, submit, progress)
    agencies = pl.concat([shard.agencies for shard in built])
    handed = progress.gather(
        "hand over documents",
        [
            *(submit(hand_over_shard, shard, relations, run.run_id, cache, candidate) for shard in built),
            submit(hand_over_corpus_tables, reference, agencies, candidate),
        ],
    )
    handed.append(find_reuse(built, relations.choice, cache, candidate, submit=submit, progress=progress))
    counts = _sum_counts([part.counts for part in (*built, *handed)])
    checked = sum_checks(part.checks for part in (*built, *handed))

    like = find_like(folder, run.code_version) if settings.is_incremental else None
    progress.gather("load warehouse", [submit(load_candidate, candidate, DATA_TABLES, like)])
    progress.gather("add views", [submit(add_views, candidate, settings.has_search, reference)])
    before = find_audited(like, candidate) if like else None
    [audited] = progress.gather("audit warehouse", [submit(audit_candidate, candidate, DATA_TABLES, before)])

    with progress.step("judge and publish"):
        run = replace(
            run,
            finished_at=dt.datetime.now(dt.UTC),
            n_sources=counts["rows"]["lineage.sources"],
            n_documents=counts["rows"]["main.documents"],
        )
        changes = compare_sources(folder.current, candidate, quarantine)
        run, checks = record_verdict(folder, run, pl.concat([checked, audited]), quarantine)
        if run.status == "published":
            note_origin(candidate, origin)
            publish(folder, run.run_id, settings.releases_kept)
        write_run(folder, run)
        shown = {shard.looks for shard in read if shard.looks}
        cache.prune({COMPARED, *shown, *(shard.key for shard in (*read, *built)), *(key for part in handed for key in part.keys)})
    return RunSummary(folder, run, checks, quarantine, counts, progress.elapsed_seconds, changes=changes)


def _tell_displaced_words(read: list[ReadShard], submit: Submit, progress: Progress) -> pl.DataFrame:
    """Ask the whole corpus what words the spam found in it displaced; without spam nothing is read."""
    spam = pl.concat([shard.spam for shard in read])
    asked = [shard for shard in read if spam.height]
    fillers = progress.gather("find what fits in place of spam", [submit(count_spam_fillers, shard, spam) for shard in asked])
    candidates = list_candidates(spam, pl.concat(fillers) if fillers else pl.DataFrame())
    words = progress.gather("count fitting words", [submit(count_candidate_words, shard, spam, candidates) for shard in asked])
    return infer_displaced_words(spam, pl.concat(fillers) if fillers else pl.DataFrame(), pl.concat(words) if words else pl.DataFrame())


def _relate_documents(built: list[BuiltShard], cache: Cache, submit: Submit, progress: Progress) -> Relations:
    """Find out which documents of the whole corpus are duplicates or versions of each other."""
    [pairs] = progress.gather("find likely duplicates", [submit(find_pairs, built, cache)])
    compared = progress.gather("compare texts", [submit(compare_pairs, built, block) for block in pairs.blocks])
    [relations] = progress.gather("choose canonical documents", [submit(relate_documents, built, pairs, compared, cache)])
    return relations


def _see_that_something_worked(read: list[ReadShard], built: list[BuiltShard], quarantine: pl.DataFrame) -> None:
    """Raise where a step crashed for every source: that is a defect of the step, not of the sources."""
    crashed = quarantine.filter(reason="crashed")
    if crashed.height and not (sum(shard.n_sources for shard in read) and sum(shard.sources.height for shard in built)):
        raise RuntimeError(f"{crashed['stage'][0]} crashed for every source; for {crashed['source_id'][0]}: {crashed['detail'][0]}")


def _sum_counts(parts: list[Counts]) -> Counts:
    """Add up what the shards count."""
    sums: Counts = {}
    for part in parts:
        for name, counts in part.items():
            total = sums.setdefault(name, {})
            for key, n in counts.items():
                total[key] = total.get(key, 0) + n
    return sums
