"""Writes the hostile folder: every nasty source, and the links, pipes and sparse files that only a file system can hold."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tests.hostile.encodings import broken_bytes, encoded_pages
from tests.hostile.formats import archives_and_containers, foreign_files
from tests.hostile.names import odd_names
from tests.hostile.nasty import PAGE, Nasty
from tests.hostile.structure import absurd_values, deep_structure, foreign_languages, odd_lines, pattern_bait
from warehouse.formats import MAX_SOURCE_BYTES

if TYPE_CHECKING:
    from pathlib import Path

GROUPS = (
    encoded_pages, broken_bytes, odd_lines, deep_structure, absurd_values, pattern_bait, foreign_languages, odd_names, foreign_files,
    archives_and_containers,
)  # fmt: skip


def list_sources() -> list[Nasty]:
    """Return every nasty source, the same on each call."""
    return [nasty for group in GROUPS for nasty in group()]


def write_corpus(folder: Path) -> list[Nasty]:
    """Write the nasty sources below a folder, with links and other things beside them, and return all of them with their fates."""
    sources = list_sources()
    root = os.fsencode(folder)
    for nasty in sources:
        path = os.path.join(root, nasty.path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "xb") as file:
            file.write(nasty.raw)
    return [*sources, *_make_special_files(folder)]


def _make_special_files(folder: Path) -> list[Nasty]:
    special, outside = folder / "special", folder.parent / "outside"
    special.mkdir()
    outside.mkdir()
    (outside / "secret.txt").write_text("SECRET OUTSIDE", "utf-8")
    (special / "page.txt").write_text(PAGE, "utf-8")
    os.link(special / "page.txt", special / "hard-link.txt")
    links = {
        "inside.txt": ("page.txt", "loaded"),
        "outside.txt": (str(outside / "secret.txt"), "link_outside"),
        "climbing.txt": ("../../outside/secret.txt", "link_outside"),
        "passwords.txt": ("/etc/passwd", "link_outside"),
        "zero.txt": ("/dev/zero", "link_outside"),
        "folder-outside": (str(outside), "link_outside"),
        "loop.txt": ("loop.txt", "link_loop"),
        "ping.txt": ("pong.txt", "link_loop"),
        "pong.txt": ("ping.txt", "link_loop"),
        "up": ("..", "link_loop"),
        "here": (".", "link_loop"),
        "names-again": ("../names", "link_to_folder"),
        "dangling.txt": ("nothing.txt", "unreadable"),
    }
    for name, (target, _) in links.items():
        (special / name).symlink_to(target)
    os.mkfifo(special / "pipe.txt")
    with (special / "sparse.txt").open("wb") as sparse:
        sparse.truncate(MAX_SOURCE_BYTES + 1)
    fates = {name: fate for name, (_, fate) in links.items()} | {"page.txt": "loaded", "hard-link.txt": "loaded"}
    fates |= {"pipe.txt": "not_a_file", "sparse.txt": "too_large"}
    page = PAGE.encode()
    return [Nasty(f"special/{name}".encode(), page if fate == "loaded" else b"", (fate,)) for name, fate in fates.items()]
