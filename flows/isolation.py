"""A step and a shard's frames in; its results without the sources that make it crash, and who these are, out.

One page that a rule trips over must not cost the run; a step that trips over every page is found out by its caller.
"""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

import polars as pl

from schemas.errors import YaodianError

if TYPE_CHECKING:
    from collections.abc import Callable

Frames = dict[str, pl.DataFrame]
REJECTED_SCHEMA = {"source_id": pl.String, "stage": pl.String, "reason": pl.String, "detail": pl.String}


def isolate_crashes(stage: str, work: Callable[[Frames], Frames], frames: Frames) -> tuple[Frames, pl.DataFrame]:
    """Do `work` on a shard's frames; where it crashes, halve the sources until the culprits stand alone, and go on without them.

    Returns the joined results and one row a culprit (source_id, stage, reason `crashed`, detail). What the environment causes
    (no memory, no disk) is no fault of a source and raised at once.
    """
    results, crashed = [], []
    waiting = [frames]
    while waiting:
        some = waiting.pop(0)
        source_ids = some["sources"]["source_id"]
        try:
            results.append(work(some))
        except (YaodianError, MemoryError, OSError):
            raise
        except (Exception, pl.exceptions.PanicException) as error:
            if source_ids.is_empty():
                raise
            middle = len(source_ids) // 2
            if middle:
                waiting[:0] = [_keep_sources(some, source_ids[:middle]), _keep_sources(some, source_ids[middle:])]
            else:
                crashed.append((source_ids[0], stage, "crashed", _describe_crash(error)))
    results = results or [work(_keep_sources(frames, frames["sources"]["source_id"].clear()))]
    joined = {name: pl.concat([result[name] for result in results]) for name in results[0]}
    return joined, pl.DataFrame(crashed, schema=REJECTED_SCHEMA, orient="row")


def _keep_sources(frames: Frames, source_ids: pl.Series) -> Frames:
    return {name: frame.filter(pl.col("source_id").is_in(source_ids.implode())) for name, frame in frames.items()}


def _describe_crash(error: BaseException) -> str:
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {place.name}: {error}"[:500]
