"""One Prefect server for the whole test session, started when the first test asks for it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from flows.server import ADDRESS, have_server, prepare_prefect

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def prefect_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Its address, which flows of this process find by themselves, and no other process."""
    home = tmp_path_factory.mktemp("prefect")
    prepare_prefect(home, is_quiet=True)
    with have_server(home) as wait_for_server:
        address = os.environ.pop(ADDRESS)
        from prefect.settings import PREFECT_API_URL, PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

        wait_for_server()
        with temporary_settings({PREFECT_API_URL: address, PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
            yield address
