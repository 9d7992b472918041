"""A folder in; a published warehouse in it, with rows in every table, out.

It is made of the seed pages, a copy of one, a new version of another, a page that quotes it, and a broken file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.build import build
from flows.progress import Progress
from flows.settings import SEED_TEXTS, read_settings
from flows.submit import run_in_threads

if TYPE_CHECKING:
    from pathlib import Path


def build_candidate(folder: Path) -> Path:
    """Return the folder of the release; it is the second run over its inputs, so that there are bounds for drift."""
    pages = folder / "pages"
    pages.mkdir(parents=True)
    seeds = sorted(SEED_TEXTS.glob("*.txt"))
    texts = {path.name: path.read_bytes() for path in seeds}
    longest = max(texts.values(), key=len)
    lines = longest.decode("utf-8").splitlines()
    passages = [line.strip() for line in lines if len(line.strip()) > 80][:3]
    texts["copy.txt"] = texts[seeds[0].name]
    texts["version.txt"] = longest.replace("推进".encode(), "促进".encode(), 3)
    texts["quotation.txt"] = "\n".join(["关于学习重点任务的通知", "", "各县(市、区)人民政府:", *passages, "2021年3月1日"]).encode()
    texts["broken.txt"] = b"%PDF-1.7\n" + bytes(range(256))
    for name, content in texts.items():
        (pages / name).write_bytes(content)
    for _ in range(2):
        settings = read_settings((pages,), folder / "data", is_incremental=False)
        with run_in_threads(settings.workers) as submit:
            summary = build(settings, submit, Progress(is_quiet=True))
    return summary.folder.release(summary.run.run_id)
