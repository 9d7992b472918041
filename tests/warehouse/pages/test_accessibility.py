"""No page breaks a rule of axe-core that is serious for someone; skipped where axe-core or a Chromium is not at hand (docs/explore.md)."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from warehouse.pages.explore import write_explorer
from warehouse.pages.provenance import write_provenance

if TYPE_CHECKING:
    from flows.build import RunSummary

AXE = Path(os.environ.get("AXE", "axe.min.js"))
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(not (AXE.is_file() and CHROMIUM), reason="needs a Chromium, and axe.min.js named by AXE (docs/explore.md)")

RUN = "axe.run(document, {resultTypes: ['violations']}).then(found => { document.body.textContent = JSON.stringify(found.violations); });"


@pytest.fixture(scope="module")
def pages(seeds_run: RunSummary, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder, warehouse = tmp_path_factory.mktemp("pages"), seeds_run.folder.warehouse
    with duckdb.connect(str(warehouse.resolve()), read_only=True) as con:
        [(target,)] = con.execute("SELECT min(target_id) FROM main.targets").fetchall()
    write_provenance(warehouse, target, folder / "provenance.html")
    write_explorer(warehouse, folder / "explore.html")
    return {"quality": seeds_run.folder.reports / "quality.html"} | {name: folder / f"{name}.html" for name in ("provenance", "explore")}


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["quality", "provenance", "explore"])
def test_nothing_serious(name: str, scheme: str, width: int, pages: dict[str, Path], tmp_path: Path) -> None:
    text = pages[name].read_text("utf-8").replace("<details", "<details open")
    if scheme == "dark":
        text = text.replace("(prefers-color-scheme: dark)", "all")
    text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
    # The last script replaces the page by its findings, which is what the browser prints.
    page = tmp_path / "page.html"
    page.write_text(text.replace("</body>", f"<script>{AXE.read_text('utf-8')}</script><script>{RUN}</script></body>"), encoding="utf-8")
    options = ["--headless", "--no-sandbox", "--disable-gpu", f"--window-size={width},900", "--virtual-time-budget=60000", "--dump-dom"]
    done = subprocess.run([str(CHROMIUM), *options, page.as_uri()], capture_output=True, text=True, check=True, timeout=120)
    body = html.unescape(re.search(r"<body[^>]*>(.*)</body>", done.stdout, flags=re.DOTALL)[1])  # ty: ignore[not-subscriptable]
    serious = [found for found in json.loads(body) if found["impact"] in ("serious", "critical")]
    assert [(found["id"], found["nodes"][0]["html"], found["nodes"][0]["failureSummary"]) for found in serious] == []
