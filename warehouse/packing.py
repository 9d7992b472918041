"""Sources with their lengths, in order, in; where a new shard begins out."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

# Bounds the rows of a shard where sources are tiny or empty.
MAX_SHARD_SOURCES = 20_000


@dataclass
class Packer:
    """Packs sources, one after the other, into shards of at most `shard_bytes` (a longer source is a shard of its own).

    A shard also ends early after a source whose hash says so, with a chance that grows with its length: so a source that comes or goes
    moves the bounds of the shards next to it only, and the others stay as they were and need no work.
    """

    shard_bytes: int
    n_bytes: int = 0
    n_sources: int = 0
    is_full: bool = False

    def begins_shard(self, source_id: str, n_bytes: int) -> bool:
        """Take the next source, and tell whether a new shard begins with it."""
        begins = self.is_full or not self.n_sources or self.n_bytes + n_bytes > self.shard_bytes or self.n_sources >= MAX_SHARD_SOURCES
        if begins:
            self.n_bytes = self.n_sources = 0
        self.n_bytes += n_bytes
        self.n_sources += 1
        self.is_full = 4 * self.n_bytes > self.shard_bytes and self._ends_shard(source_id, n_bytes)
        return begins

    def _ends_shard(self, source_id: str, n_bytes: int) -> bool:
        """Tell whether a shard may end after this source: on average once in half a shard's bytes."""
        chance = hashlib.sha256(source_id.encode()).digest()[-4:]
        return int.from_bytes(chance, "big") * self.shard_bytes < n_bytes * 2 * 2**32
