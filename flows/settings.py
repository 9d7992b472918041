"""Arguments, environment, `.env` and `yaodian.toml` in; one frozen `Settings` object out, made once and passed down.

An argument wins over `YAODIAN_*` in the environment, that over `.env`, that over `yaodian.toml` (both of the working folder), that over
the default.
"""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from schemas.errors import SettingsError
from warehouse.connect import DEFAULT_MEMORY_MB
from warehouse.store import is_address

if TYPE_CHECKING:
    from collections.abc import Callable

SEED_TEXTS = Path(__file__).resolve().parent.parent / "seeds" / "texts"
DEFAULT_SHARD_BYTES = 32_000_000  # measured: a worker then takes some 350 MB of memory
PREFIX = "YAODIAN_"
WEEKLY, NEVER = "0 6 * * 0", "never"
DOTENV, TOML = ".env", "yaodian.toml"


@dataclass(frozen=True)
class Settings:
    """What one run needs to know."""

    inputs: tuple[Path, ...]
    data_dir: Path
    shard_bytes: int
    workers: int
    memory_mb: int = DEFAULT_MEMORY_MB
    is_incremental: bool = True
    has_search: bool = True
    releases_kept: int = 3
    time_limit: int | None = None
    webhook: str | None = None
    log: str = "text"
    audit_cron: str | None = WEEKLY
    cluster: str | None = None
    publish_to: str | None = None


def read_settings(
    inputs: tuple[Path, ...] = (),
    data_dir: Path | None = None,
    shard_bytes: int | None = None,
    workers: int | None = None,
    *,
    is_incremental: bool = True,
) -> Settings:
    """Make the settings of a run from arguments, environment and files; a wrong value raises `SettingsError`."""
    given = {"inputs": inputs or None, "data_dir": data_dir, "shard_bytes": shard_bytes, "workers": workers}
    found = {name: (name, value) for name, value in given.items() if value is not None}
    set_to = {**_read_files(), **_read_environment(), **found}
    values = {setting.name: setting.read(*set_to[setting.name]) for setting in SETTINGS if setting.name in set_to}
    defaults: dict[str, Any] = {
        "inputs": (SEED_TEXTS,),
        "data_dir": Path("data"),
        "shard_bytes": DEFAULT_SHARD_BYTES,
        "workers": os.cpu_count() or 1,
    }
    has_search = values.pop("search", True)
    return Settings(**(defaults | values), is_incremental=is_incremental, has_search=has_search)


def _read_environment() -> dict[str, tuple[str, str]]:
    variables = {setting.variable: setting.name for setting in SETTINGS}
    return {name: (variable, text) for variable, name in variables.items() if (text := os.environ.get(variable, "").strip())}


def _read_files() -> dict[str, tuple[str, Any]]:
    """Return what the working folder's files set; the names are checked, since a misspelt one would be passed over in silence."""
    found: dict[str, tuple[str, Any]] = {}
    known = {setting.name for setting in SETTINGS}
    for place, values in ((TOML, _read_toml(Path(TOML))), (DOTENV, _read_dotenv(Path(DOTENV)))):
        for name, value in values.items():
            if name not in known:
                raise SettingsError(f"{place}: there is no setting {name!r}; there are: {', '.join(sorted(known))}")
            found[name] = (f"{name} in {place}", value)
    return found


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path} cannot be read: {error}") from error


def _read_dotenv(path: Path) -> dict[str, str]:
    """Return the `YAODIAN_*` lines of a file that other programs put theirs into as well."""
    if not path.is_file():
        return {}
    from dotenv import dotenv_values

    try:
        lines = dotenv_values(path, encoding="utf-8")
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path} cannot be read: {error}") from error
    return {name.removeprefix(PREFIX).lower(): text for name, text in lines.items() if name.startswith(PREFIX) and text}


def _read_paths(where: str, value: Any) -> tuple[Path, ...]:
    paths = re.split(rf"{os.pathsep}(?!//)", value) if isinstance(value, str) else value
    if not isinstance(paths, list | tuple) or not paths or not all(isinstance(path, str | Path) and str(path) for path in paths):
        raise SettingsError(f"{where}={value!r} is no list of folders and files")
    return tuple(Path(path) for path in paths)


def _read_path(where: str, value: Any) -> Path:
    if not isinstance(value, str | Path) or not str(value):
        raise SettingsError(f"{where}={value!r} is no folder")
    return Path(value)


def _read_positive(where: str, value: Any) -> int:
    if isinstance(value, str) and value.isascii() and value.removeprefix("-").isdigit():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise SettingsError(f"{where}={value!r} is no whole number")
    if value < 1:
        raise SettingsError(f"{where} must be 1 or more, not {value}")
    return value


def _read_yes(where: str, value: Any) -> bool:
    if value not in (True, False, "0", "1"):
        raise SettingsError(f"{where}={value!r} is neither 0 nor 1")
    return value in (True, "1")


def _read_webhook(where: str, value: Any) -> str:
    try:
        parts = urlsplit(value if isinstance(value, str) else "")
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        is_address = False
    if not is_address:
        raise SettingsError(f"{where} is no address that begins with http:// or https://")
    return value


def _read_log(where: str, value: Any) -> str:
    if value not in ("text", "json"):
        raise SettingsError(f"{where}={value!r} is neither text nor json")
    return value


def _read_cluster(where: str, value: Any) -> str:
    if value != "local" and (not isinstance(value, str) or urlsplit(value).scheme not in ("tcp", "tls")):
        raise SettingsError(f"{where}={value!r} is neither local nor the address of a Dask scheduler, such as tcp://10.0.0.1:8786")
    return value


def _read_cron(where: str, value: Any) -> str | None:
    if not isinstance(value, str) or not (value == NEVER or len(value.split()) == len(WEEKLY.split())):
        raise SettingsError(f"{where}={value!r} is no schedule such as {WEEKLY!r}, nor {NEVER}")
    return None if value == NEVER else value


def _read_address(where: str, value: Any) -> str:
    if not isinstance(value, str) or not is_address(value):
        raise SettingsError(f"{where}={value!r} is no address in an object store, such as s3://bucket/yaodian")
    return value.rstrip("/")


@dataclass(frozen=True)
class Setting:
    """One thing that can be set: `name` in yaodian.toml, `YAODIAN_NAME` in the environment and in `.env`."""

    name: str
    read: Callable[[str, Any], Any]
    default: str
    description: str

    @property
    def variable(self) -> str:
        """Return the name that it has in the environment."""
        return PREFIX + self.name.upper()


SETTINGS = (
    Setting(
        "inputs",
        _read_paths,
        "the seed pages",
        f"folders and files to read, here or in an object store (`s3://`): a list; in the environment parted by {os.pathsep!r}",
    ),
    Setting("data_dir", _read_path, "data", "the data folder, `--data-dir`"),
    Setting("workers", _read_positive, "all cores", "steps at the same time, `--workers`"),
    Setting(
        "shard_bytes",
        _read_positive,
        str(DEFAULT_SHARD_BYTES),
        "bytes of input that one step takes, `--shard-bytes`; memory grows with shard × workers",
    ),
    Setting(
        "memory_mb", _read_positive, str(DEFAULT_MEMORY_MB), "megabytes that DuckDB may take; what does not fit is put on disk for the time"
    ),
    Setting("search", _read_yes, "1", "whether the warehouse gets its full-text index"),
    Setting("releases_kept", _read_positive, "3", "releases that stay, the published one included"),
    Setting("time_limit", _read_positive, "none", "seconds after which a run is stopped, and on record as failed"),
    Setting("webhook", _read_webhook, "none", "address that a rejected or failed run is told to, as JSON"),
    Setting(
        "cluster",
        _read_cluster,
        "none",
        "who does the steps under Prefect: `local`, for `--workers` processes of this machine, or the address of a Dask scheduler "
        "([docs/scaling.md](scaling.md)); without it threads of one process do",
    ),
    Setting("audit_cron", _read_cron, WEEKLY, f"when `yaodian serve` audits what is published again; `{NEVER}` for not at all"),
    Setting("publish_to", _read_address, "none", "address in an object store where releases are published too: `s3://bucket/folder`"),
    Setting("log", _read_log, "text", "what a run tells of its steps on stderr: `text`, or `json` with one object a line"),
)
