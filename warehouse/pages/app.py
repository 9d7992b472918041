"""A warehouse in; the notebook as an app in a browser out, which answers the machine that it runs on and no other."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from warehouse.pages.explore import require_charts
from warehouse.query import open_warehouse

NOTEBOOK = Path(__file__).with_name("notebook.py")
_QUIET = {"MARIMO_SKIP_UPDATE_CHECK": "1"}  # it asks no other machine for anything


def run_notebook(warehouse: Path, port: int | None = None, *, is_headless: bool = False) -> int:
    """Run the app until it is interrupted and return its exit status; raises `WarehouseError` where there is no warehouse.

    Loopback keeps other machines out; the token in the address, which the browser is opened with, keeps out other users of this one
    and the pages of other sites, which may reach loopback.
    """
    require_charts()
    with open_warehouse(warehouse):
        pass
    command = [sys.executable, "-m", "marimo", "run", str(NOTEBOOK), "--host", "127.0.0.1", "--token", "--no-sandbox"]
    command += ["--port", str(port)] if port else []
    command += ["--headless"] if is_headless else []
    try:
        return subprocess.run([*command, "--", "--warehouse", str(warehouse)], check=False, env=os.environ | _QUIET).returncode  # noqa: S603
    except KeyboardInterrupt:
        return 0
