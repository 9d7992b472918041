"""Rule tables of the project, as the transforms take them."""

from pathlib import Path

import polars as pl
import pytest

REFERENCE = Path(__file__).parents[3] / "seeds" / "reference"


@pytest.fixture(scope="session")
def units() -> pl.DataFrame:
    return pl.read_csv(REFERENCE / "units.csv")


@pytest.fixture(scope="session")
def comparators() -> pl.DataFrame:
    return pl.read_csv(REFERENCE / "comparators.csv")


@pytest.fixture(scope="session")
def target_rules() -> pl.DataFrame:
    return pl.read_csv(REFERENCE / "target_rules.csv")
