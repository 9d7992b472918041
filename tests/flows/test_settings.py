from __future__ import annotations

import os
from pathlib import Path

import pytest

from flows.settings import SEED_TEXTS, read_settings
from schemas.errors import SettingsError


@pytest.fixture(autouse=True)
def _no_settings_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
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
