"""Numbered paragraphs in; the tree that their numbers draw out.

The idea: in any stretch of a document one style of numbering is the outermost one. Find it for all stretches at once, cut them
at its numbers, and look into the pieces again: the tree follows from how this document nests its styles, not from a fixed table.
"""

from __future__ import annotations

import polars as pl

from transforms.neighbours import neighbour, number_blocks

FLOW_ROLES = ("heading", "body")
ROOT = 0  # parent of the outermost units: ordinals of paragraphs begin at 1
_DEEPEST = 12
_NONE = -1  # in place of a number where no paragraph further down has one


def split_parts(paragraphs: pl.DataFrame) -> pl.DataFrame:
    """Add `part` (UInt32, numbered through all documents): the notice, the plan it encloses, an attachment; each counts its numbers anew.

    In: paragraphs with role and what `read_markers` adds, sorted by document_id, ordinal. A title, an address, a signature, a date or
    an attachment begins a part, but only where the numbers after it begin again at 1: a misread line in the middle of a plan does not
    cut it.
    """
    is_flow = pl.col("role").is_in(FLOW_ROLES)
    counts = is_flow & (pl.col("use") != "spoken") & (pl.col("use") != "box")
    # A document's last paragraph keeps the next document's number away.
    ends = (pl.col("document_id") != pl.col("document_id").shift(-1)).fill_null(value=True)
    next_number = pl.when(counts & pl.col("number").is_not_null()).then("number").when(ends).then(_NONE).backward_fill()
    follows_flow = neighbour(is_flow, 1, "document_id").fill_null(value=False)
    begins = is_flow & ~follows_flow & next_number.is_in([_NONE, 1])
    return paragraphs.with_columns(part=number_blocks(begins, "document_id"))


def drop_contents(units: pl.DataFrame) -> pl.DataFrame:
    """Drop the entries of a table of contents: they lead to a page number, or head nothing and stand again, word for word, further
    down."""
    wording = pl.col("rest").str.replace(r"[\s.…·]*\d*$", "")
    same = ["document_id", "style", "number", "wording"]
    heads_nothing = pl.col("next_is_unit") & ~pl.col("rest").str.contains("。.")
    stands_again = pl.col("ordinal") < pl.col("ordinal").max().over(same)
    return (
        units.with_columns(wording=wording)
        .filter(~(heads_nothing & stands_again & (pl.col("wording") != "")))
        .filter(~pl.col("rest").str.contains(r"[.…·]{4,}[\s-]*\d*$"))
        .filter(~pl.col("rest").str.contains(r"(?:[.…·]{2,}|\s)\s*\d{1,3}$") | (pl.col("role") == "body"))
        .drop("wording")
    )


def nest_units(units: pl.DataFrame) -> pl.DataFrame:
    """Add `parent` (Int32: ordinal of the unit above, `ROOT` for the outermost) to numbered paragraphs.

    In: document_id, part, ordinal, rank, number; sorted by document_id, ordinal. In each stretch the style of lowest rank is outermost,
    unless another one began before it, goes on after it and does not begin again more often: then the document nests them the other way
    round.
    """
    # A stretch is known by the place of the unit that begins it, the whole of a part by a number below all places.
    begins = {"stretch": -1 - pl.col("part").cast(pl.Int64), "parent": pl.lit(ROOT, dtype=pl.Int32)}
    pending = units.with_columns(pl.int_range(pl.len()).alias("place"), **begins)
    nested: list[pl.DataFrame] = []
    for _ in range(_DEEPEST):
        if pending.is_empty():
            break
        is_outermost = pl.col("rank") == pl.col("outermost")
        chosen = pending.join(_find_outermost(pending), on="stretch", how="left", maintain_order="left")
        nested.append(chosen.filter(is_outermost).drop("outermost"))
        above = {"stretch": "place", "parent": "ordinal"}
        found = [pl.when(is_outermost).then(unit).forward_fill().over("stretch").alias(f"next_{name}") for name, unit in above.items()]
        pending = (
            chosen.with_columns(found)
            .filter(~is_outermost)
            .with_columns(pl.coalesce(f"next_{name}", name).alias(name) for name in above)
            .drop("outermost", "next_stretch", "next_parent")
        )
    return pl.concat([*nested, pending]).drop("place", "stretch").sort("document_id", "ordinal")


def _find_outermost(pending: pl.DataFrame) -> pl.DataFrame:
    """Find each stretch's outermost style: stretch, outermost (its rank)."""
    ordinal, number = pl.col("ordinal"), pl.col("number")
    styles = pending.group_by("stretch", "rank").agg(first=ordinal.min(), last=ordinal.max(), n_beginnings=(number == 1).sum())
    lowest = styles.sort("rank").unique("stretch", keep="first").select("stretch", pl.exclude("stretch").name.prefix("lowest_"))
    encloses_lowest = (
        (pl.col("first") < pl.col("lowest_first"))
        & (pl.col("last") > pl.col("lowest_first"))
        & (pl.col("n_beginnings") <= pl.col("lowest_n_beginnings"))
    )
    encloser = pl.col("rank").filter(encloses_lowest).first()
    return (
        styles.join(lowest, on="stretch")
        .sort("first")
        .group_by("stretch", maintain_order=True)
        .agg(outermost=pl.coalesce(encloser, pl.col("lowest_rank").first()))
    )
