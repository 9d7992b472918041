from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from flows.settings import SEED_TEXTS, SETTINGS, read_settings
from schemas.errors import SettingsError


@pytest.fixture(autouse=True)
def _no_settings_in_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("YAODIAN_")]:
        monkeypatch.delenv(name)


def test_defaults_are_the_seed_pages_and_a_data_folder_here() -> None:
    settings = read_settings()
    assert settings.inputs == (SEED_TEXTS,)
    assert settings.data_dir == Path("data")
    assert settings.workers >= 1


def test_an_argument_wins_over_the_environment_and_that_over_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YAODIAN_DATA_DIR", "elsewhere")
    monkeypatch.setenv("YAODIAN_WORKERS", " 3 ")
    assert read_settings().data_dir == Path("elsewhere")
    assert read_settings().workers == 3
    assert read_settings(data_dir=Path("there"), workers=5).data_dir == Path("there")
    assert read_settings(workers=5).workers == 5


@pytest.mark.parametrize("text", ["many", "1.5", "-1", "0", "２", "1_0"])
def test_a_wrong_number_is_named(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("YAODIAN_SHARD_BYTES", text)
    with pytest.raises(SettingsError, match=r"(?i)shard_bytes"):
        read_settings()


def test_the_environment_wins_over_dotenv_and_that_over_toml(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("yaodian.toml").write_text('inputs = ["pages", "more"]\nworkers = 1\nshard_bytes = 10\nreleases_kept = 5\nsearch = false\n')
    Path(".env").write_text("# ours\nexport YAODIAN_WORKERS=2\nYAODIAN_SHARD_BYTES='20'\nPREFECT_API_URL=http://127.0.0.1:4200/api\n")
    monkeypatch.setenv("YAODIAN_SHARD_BYTES", "30")
    settings = read_settings()
    assert (settings.releases_kept, settings.workers, settings.shard_bytes) == (5, 2, 30)
    assert settings.inputs == (Path("pages"), Path("more"))
    assert not settings.has_search
    assert read_settings((Path("there"),), shard_bytes=40).inputs == (Path("there"),)
    assert read_settings(shard_bytes=40).shard_bytes == 40


@pytest.mark.parametrize(
    ("toml", "named"),
    [
        ("worker = 2", "no setting 'worker'"),
        ("workers = true", "workers in yaodian.toml=True"),
        ("inputs = [1]", "inputs in yaodian.toml"),
        ("webhook = 'ftp://there'", "webhook in yaodian.toml"),
        ("webhook = 'http://there:port/'", "webhook in yaodian.toml"),
        ("log = 'xml'", "neither text nor json"),
        ("search = 'maybe'", "neither 0 nor 1"),
        ("audit_cron = 'weekly'", "no schedule such as '0 6 * * 0', nor never"),
        ("workers =", "yaodian.toml cannot be read"),
    ],
)
def test_what_is_wrong_in_the_file_is_named(toml: str, named: str) -> None:
    Path("yaodian.toml").write_text(toml)
    with pytest.raises(SettingsError, match=re.escape(named)):
        read_settings()


def test_the_weekly_audit_can_be_moved_or_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_settings().audit_cron == "0 6 * * 0"
    monkeypatch.setenv("YAODIAN_AUDIT_CRON", "0 7 * * 1")
    assert read_settings().audit_cron == "0 7 * * 1"
    monkeypatch.setenv("YAODIAN_AUDIT_CRON", "never")
    assert read_settings().audit_cron is None


def test_folders_in_the_environment_are_parted_as_in_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YAODIAN_INPUTS", os.pathsep.join(["pages", "more/page.txt"]))
    assert read_settings().inputs == (Path("pages"), Path("more/page.txt"))


def test_each_setting_is_in_the_guide() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(YAODIAN_\w+)` \|.*\| ([^|]+) \|$", guide, flags=re.MULTILINE))
    assert rows == {setting.variable: setting.default for setting in SETTINGS}
