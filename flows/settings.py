"""Arguments and environment in; one frozen `Settings` object out, made once and passed down.

An argument wins over `YAODIAN_*` in the environment, which wins over the default.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from schemas.errors import SettingsError

SEED_TEXTS = Path(__file__).resolve().parent.parent / "seeds" / "texts"
DEFAULT_SHARD_BYTES = 16_000_000  # measured: a worker then takes some 300 MB of memory


@dataclass(frozen=True)
class Settings:
    """What one run needs to know."""

    inputs: tuple[Path, ...]
    data_dir: Path
    shard_bytes: int
    workers: int
    is_incremental: bool = True
    has_search: bool = True


def read_settings(
    inputs: tuple[Path, ...] = (),
    data_dir: Path | None = None,
    shard_bytes: int | None = None,
    workers: int | None = None,
    *,
    is_incremental: bool = True,
) -> Settings:
    """Make the settings of a run from arguments and environment; a wrong value raises `SettingsError`."""
    return Settings(
        inputs=inputs or (SEED_TEXTS,),
        data_dir=data_dir or Path(os.environ.get("YAODIAN_DATA_DIR") or "data"),
        shard_bytes=_positive("YAODIAN_SHARD_BYTES", shard_bytes, DEFAULT_SHARD_BYTES),
        workers=_positive("YAODIAN_WORKERS", workers, os.cpu_count() or 1),
        is_incremental=is_incremental,
        has_search=_yes("YAODIAN_SEARCH"),
    )


def _positive(variable: str, argument: int | None, default: int) -> int:
    text = os.environ.get(variable, "").strip()
    if argument is None and text and not (text.isascii() and text.removeprefix("-").isdigit()):
        raise SettingsError(f"{variable}={text!r} is no whole number")
    value = argument if argument is not None else int(text or default)
    if value < 1:
        raise SettingsError(f"{variable.removeprefix('YAODIAN_').lower()} must be 1 or more, not {value}")
    return value


def _yes(variable: str) -> bool:
    text = os.environ.get(variable, "").strip() or "1"
    if text not in {"0", "1"}:
        raise SettingsError(f"{variable}={text!r} is neither 0 nor 1")
    return text == "1"
