"""The lineage drawn in the guide is that of a run as it tells it itself; that the page is not stale is seen with the other pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flows.lineage import describe_lineage, imagine_end, read_last_end
from schemas.errors import InputError
from schemas.tables import DATA_TABLES
from warehouse.openlineage import FILE_NAME

if TYPE_CHECKING:
    from pathlib import Path

    from flows.build import RunSummary


def test_a_real_run_is_drawn_as_the_one_in_the_guide(seeds_run: RunSummary) -> None:
    drawn = "\n".join(describe_lineage(read_last_end(seeds_run.folder.runs / FILE_NAME)))
    shown = "\n".join(describe_lineage(imagine_end()))
    assert sorted(drawn.replace("texts", "pages").splitlines()) == sorted(shown.splitlines())
    assert all(f'{table.name}["{table.name}"]' in shown for table in DATA_TABLES)


def test_a_file_that_tells_of_no_run_is_named(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").touch()
    for name in ("none.jsonl", "empty.jsonl"):
        with pytest.raises(InputError, match=name):
            read_last_end(tmp_path / name)
