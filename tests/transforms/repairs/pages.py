"""Pages as frames of lines, the rules of the finders, and spam planted into clean text."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl

from transforms.lines import add_clean_text
from transforms.repairs import count_fillers, count_words, find_spam, infer_displaced_words, list_candidates

TESTS = Path(__file__).parents[2]
SEED_TEXTS = TESTS.parent / "seeds" / "texts"
SEED_GOLD = TESTS / "gold" / "seeds"


def read_rules(name: str) -> pl.DataFrame:
    return pl.read_csv(TESTS.parent / "seeds" / "reference" / f"{name}.csv")


def make_lines(pages: dict[str, list[str]], role: str = "body") -> pl.DataFrame:
    rows = [(source, number, text) for source, texts in pages.items() for number, text in enumerate(texts, 1)]
    schema = {"source_id": pl.String, "line_no": pl.Int32, "raw_text": pl.String}
    lines = pl.DataFrame(rows, schema=schema, orient="row")
    return add_clean_text(lines).with_columns(role=pl.lit(role)).sort("source_id", "line_no")


def read_seed_lines() -> pl.DataFrame:
    """The five seed pages with the roles that annotators gave their lines."""
    frames = []
    for path in sorted(SEED_GOLD.glob("*.json")):
        gold = json.loads(path.read_text(encoding="utf-8"))
        texts = (SEED_TEXTS / gold["source"]).read_text(encoding="utf-8").splitlines()
        roles = [role.split("|")[0] for role in gold["roles"]][: len(texts)]
        roles += ["blank"] * (len(texts) - len(roles))
        frames.append(make_lines({gold["source"]: texts}).with_columns(role=pl.Series(roles)))
    return pl.concat(frames).sort("source_id", "line_no")


def read_seed_repairs() -> list[tuple[str, int, str, str, str | None]]:
    golds = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(SEED_GOLD.glob("*.json"))]
    return sorted(
        (gold["source"], repair["line"], repair["kind"], repair["original"], repair["replacement"] or "")
        for gold in golds
        for repair in gold["repairs"]
        if not repair.get("optional")
    )


def repair_spam(lines: pl.DataFrame, *, n_shards: int = 1) -> pl.DataFrame:
    """All steps from lines to spam repairs, the sources dealt out to shards in the way a run does."""
    sources = lines["source_id"].unique().sort()
    shards = [lines.filter(pl.col("source_id").is_in(sources.gather_every(n_shards, k).implode())) for k in range(n_shards)]
    spam = pl.concat([find_spam(shard, read_rules("spam_terms")) for shard in reversed(shards)])
    fillers = pl.concat([count_fillers(shard, spam) for shard in reversed(shards)])
    candidates = list_candidates(spam, fillers)
    words = pl.concat([count_words(shard, spam, candidates) for shard in shards])
    return infer_displaced_words(spam, fillers, words).sort("source_id", "line_no", "start_char")
