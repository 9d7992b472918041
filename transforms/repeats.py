"""Repeats within a page: a stretch of text that already stood there, word for word (a page body pasted twice).

In: lines of many sources. Out: the same lines with role `duplicate` on the later copy, and one row of lineage.duplicates a stretch.
The idea: long lines anchor a repeat; anchors that follow each other in the order of the first copy make a stretch, which short lines next
to it join. A stretch counts only when it is a good part of the page's text, so refrains, formulae and table cells never do.
"""

import polars as pl

from transforms.neighbours import count_so_far, neighbour, number_rows
from transforms.wraps import mark_continuations, merge_continued

REPEAT_RULE = "repeated_stretch"
REPEAT_SCHEMA = {
    "kind": pl.String,
    "source_id": pl.String,
    "first_line": pl.Int32,
    "last_line": pl.Int32,
    "duplicate_of_source_id": pl.String,
    "duplicate_of_first_line": pl.Int32,
    "duplicate_of_last_line": pl.Int32,
    "similarity": pl.Float64,
}
# An anchor is a line of at least so many letters and digits; between two anchors of a stretch may stand so many other lines.
ANCHOR_CHARS = 14
MAX_GAP_LINES = 8
# Most pages repeat nothing: the first letters of anchors, which stand within so many characters, tell.
PROBE_CHARS = 24
# A line that stands more often than this is a refrain, whatever its length.
MAX_COPIES = 12
# A copy is followed to what it is a copy of where that has at least this share of the text that stands as far from its own copy.
MIN_NEXT_SHARE = 0.5
# A stretch is a repeat from so many letters on and from this share of the page's text on (both copies included), or from
# MANY_CHARS on in at least MANY_ANCHORS lines, whatever its share. Laws and reports, full of formulae, have no such stretches.
MIN_STRETCH_CHARS = 60
MIN_PAGE_SHARE = 0.15
MANY_CHARS = 400
MANY_ANCHORS = 4
# A copy begins where a sentence does. Items of a list that stand alike under two clauses of a law begin within one: the line before
# ends in a semicolon, or announces them with a colon.
ITEM = r"^[(][一二三四五六七八九十百0-9]{1,4}[)]"


def find_repeats(lines: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Find stretches of a page that stood there before.

    In: source_id, line_no, raw_text, text (role and rule too where known; `continues` where found); sorted. Out: the lines with role
    `duplicate` and rule `repeated_stretch` on every non-blank line of a later copy (other lines keep theirs, null where unknown); and the
    duplicates: kind 'within_source', source_id, first_line, last_line, duplicate_of_source_id, duplicate_of_first_line,
    duplicate_of_last_line, similarity, + duplicate_id where lines have source_key.
    """
    content = _number_paragraphs(lines)
    anchors = _chain_anchors(_align_anchors(_find_anchors(content)))
    stretches = _weigh_stretches(anchors, content)
    repeated = _extend_stretches(content, anchors, stretches)
    known = lines if "role" in lines.columns else lines.with_columns(role=pl.lit(None, pl.String), rule=pl.lit(None, pl.String))
    spans = repeated.select("source_id", "last_line", line_no="first_line")
    marked = known.join_asof(spans, on="line_no", by="source_id", strategy="backward", check_sortedness=False)
    is_repeat = (pl.col("line_no") <= pl.col("last_line")).fill_null(value=False) & (pl.col("text") != "")
    labelled = marked.with_columns(
        role=pl.when(is_repeat).then(pl.lit("duplicate")).otherwise("role"),
        rule=pl.when(is_repeat).then(pl.lit(REPEAT_RULE)).otherwise("rule"),
    ).drop("last_line")
    return labelled, _describe_repeats(repeated, lines)


def _number_paragraphs(lines: pl.DataFrame) -> pl.DataFrame:
    """Undo hard wraps, so that copies wrapped differently are alike.

    Out: source_id, first_line, last_line, place, key, n_chars, is_within (it goes on with the sentence of the line before, as an item).
    """
    content = mark_continuations(lines).filter(pl.col("text") != "")
    numbered = content.with_columns(paragraph=count_so_far(~pl.col("continues")))
    paragraphs = _keep_likely_pages(merge_continued(numbered, "paragraph", pl.col("text")))
    before = neighbour(pl.col("text"), 1)
    is_item = pl.col("text").str.contains(ITEM)
    return (
        paragraphs.with_columns(key=_letters(pl.col("text")))
        .filter(pl.col("key") != "")
        .with_columns(
            place=number_rows(),
            n_chars=pl.col("key").str.len_chars().cast(pl.Int32),
            is_within=(before.str.ends_with(";") | (before.str.ends_with(":") & is_item)).fill_null(value=False),
        )
        .drop("paragraph", "text")
    )


def _letters(text: pl.Expr) -> pl.Expr:
    return text.str.replace_all(r"[^\p{L}\p{N}]+", "")


def _keep_likely_pages(paragraphs: pl.DataFrame) -> pl.DataFrame:
    """Keep the pages where enough text for a stretch and its copy begins with the same letters as other text, or with too few to tell."""
    probe = _letters(pl.col("text").str.head(PROBE_CHARS)).str.head(ANCHOR_CHARS)
    n_chars = pl.col("text").str.len_chars()
    probes = paragraphs.filter(n_chars >= ANCHOR_CHARS).select("source_id", n_chars=n_chars, probe=probe)
    is_alike = probes.select("source_id", pl.col("probe").hash()).is_duplicated()
    tells = pl.col("probe").str.len_chars() == ANCHOR_CHARS
    recurring = probes.filter((tells & is_alike) | (~tells & (pl.col("n_chars") > PROBE_CHARS)))
    n_recurring = recurring.group_by("source_id").agg(pl.col("n_chars").sum())
    likely = n_recurring.filter(pl.col("n_chars") >= 2 * MIN_STRETCH_CHARS)
    return paragraphs.join(likely, on="source_id", how="semi", maintain_order="left")


def _find_anchors(content: pl.DataFrame) -> pl.DataFrame:
    """Find the long lines, those of refrains left out: source_id, place, key (its hash), n_chars."""
    long_lines = content.filter(pl.col("n_chars") >= ANCHOR_CHARS).select("source_id", "place", "n_chars", key=pl.col("key").hash())
    return long_lines.filter(pl.len().over("source_id", "key") <= MAX_COPIES)


def _align_anchors(anchors: pl.DataFrame) -> pl.DataFrame:
    """Tell for each anchor where in the first copy it stood: + first_place (null where it is new).

    A line that stands twice in each copy is set beside the one that lies as far back as most of the text around it.
    """
    again = anchors.filter(pl.len().over("source_id", "key") > 1)
    pairs = again.join(again.select("source_id", "key", earlier="place"), on=["source_id", "key"]).filter(
        pl.col("earlier") < pl.col("place")
    )
    weighed = pairs.with_columns(distance=pl.col("place") - pl.col("earlier")).with_columns(
        weight=pl.col("n_chars").sum().over("source_id", "distance")
    )
    best = (
        weighed.sort("source_id", "place", "weight", "distance", descending=[False, False, True, True])
        .unique(["source_id", "place"], keep="first", maintain_order=True)
        .select("source_id", "place", "weight", first_place="earlier")
    )
    return anchors.join(_reach_first_copies(best), on=["source_id", "place"], how="left", maintain_order="left")


def _reach_first_copies(steps: pl.DataFrame) -> pl.DataFrame:
    """Follow copies of copies (a page pasted three times) to the first: each round doubles the reach, MAX_COPIES bounds it.

    A line with little text at its distance, by itself or beside what led there, is a formula of the first copy: it is followed no further.
    """
    reached = steps.select("source_id", "place", "first_place", "weight")
    onward = steps.filter(pl.col("weight") >= MIN_STRETCH_CHARS).select(
        "source_id", first_place="place", onward="first_place", next_weight="weight", last_weight="weight"
    )
    for _ in range(MAX_COPIES.bit_length()):
        reached = _step_onward(reached, onward)
        further = onward.rename({"first_place": "place", "onward": "first_place", "last_weight": "weight"})
        onward = _step_onward(further, onward).rename({"place": "first_place", "first_place": "onward", "weight": "last_weight"})
    return reached.drop("weight")


def _step_onward(reached: pl.DataFrame, onward: pl.DataFrame) -> pl.DataFrame:
    goes_on = pl.col("following") >= MIN_NEXT_SHARE * pl.col("weight")
    return (
        reached.join(onward.rename({"next_weight": "following"}), on=["source_id", "first_place"], how="left")
        .with_columns(
            first_place=pl.when(goes_on).then("onward").otherwise("first_place"),
            weight=pl.when(goes_on).then("last_weight").otherwise("weight"),
        )
        .select(reached.columns)
    )


def _chain_anchors(anchors: pl.DataFrame) -> pl.DataFrame:
    """Chain anchors that follow each other as in the first copy: + stretch (number of the chain), only repeated anchors."""
    is_repeated = pl.col("first_place").is_not_null()
    before_repeated = is_repeated.shift(1).over("source_id").fill_null(value=False)
    step = (pl.col("place") - pl.col("place").shift(1)).over("source_id")
    first_step = (pl.col("first_place") - pl.col("first_place").shift(1)).over("source_id")
    follows = before_repeated & step.is_between(1, MAX_GAP_LINES) & first_step.is_between(1, MAX_GAP_LINES)
    chained = anchors.with_columns(is_repeated=is_repeated, starts=is_repeated & ~follows.fill_null(value=False))
    return chained.with_columns(stretch=pl.col("starts").cum_sum().over("source_id").cast(pl.Int32)).filter(pl.col("is_repeated"))


def _weigh_stretches(anchors: pl.DataFrame, content: pl.DataFrame) -> pl.DataFrame:
    """Keep the stretches that weigh enough: source_id, stretch, first_place and last_place of both copies."""
    pages = content.group_by("source_id").agg(page_chars=pl.col("n_chars").sum())
    stretches = anchors.group_by("source_id", "stretch", maintain_order=True).agg(
        start=pl.col("place").min(),
        end=pl.col("place").max(),
        first_start=pl.col("first_place").min(),
        first_end=pl.col("first_place").max(),
        stretch_chars=pl.col("n_chars").sum(),
        n_anchors=pl.len(),
    )
    # All copies of one stretch count together; single lines that recur are refrains.
    is_stretch = (pl.col("n_anchors") > 1) & (pl.col("stretch_chars") >= MIN_STRETCH_CHARS)
    all_copies = pl.col("stretch_chars").filter(is_stretch).sum().over("source_id", "first_start")
    weight = pl.when(is_stretch).then(all_copies).otherwise("stretch_chars")
    is_share_of_page = (weight >= MIN_STRETCH_CHARS) & (weight >= pl.col("page_chars") * MIN_PAGE_SHARE)
    is_long = (pl.col("stretch_chars") >= MANY_CHARS) & (pl.col("n_anchors") >= MANY_ANCHORS)
    begins_within = content.filter("is_within").select("source_id", "is_within", start="place")
    is_apart = pl.col("first_end") < pl.col("start")
    is_heavy = (is_share_of_page & ~pl.col("is_within")) | is_long
    is_one_more_copy = is_stretch & is_heavy.any().over("source_id", "first_start")
    placed = stretches.join(pages, on="source_id").join(begins_within, on=["source_id", "start"], how="left")
    return placed.with_columns(pl.col("is_within").fill_null(value=False)).filter((is_heavy | is_one_more_copy) & is_apart)


def _extend_stretches(content: pl.DataFrame, anchors: pl.DataFrame, stretches: pl.DataFrame) -> pl.DataFrame:
    """Take in the short lines that stand alike in both copies: source_id, stretch, line_no, first_line_no."""
    pages = content.join(stretches.select("source_id").unique(), on="source_id", how="semi")
    shifts = anchors.join(stretches.select("source_id", "stretch", "start", "end"), on=["source_id", "stretch"]).select(
        "source_id", "place", "stretch", shift=pl.col("place") - pl.col("first_place")
    )
    placed = pages.join(shifts, on=["source_id", "place"], how="left", maintain_order="left")
    candidates = pl.concat(
        [
            placed.with_columns(pl.col("shift", "stretch").fill_null(strategy="forward").over("source_id"), side=pl.lit("below")),
            placed.with_columns(pl.col("shift", "stretch").fill_null(strategy="backward").over("source_id"), side=pl.lit("above")),
        ]
    ).filter(pl.col("shift").is_not_null())
    first_copies = pages.select(
        "source_id", first_place="place", first_key="key", first_copy_start="first_line", first_copy_end="last_line"
    )
    aligned = candidates.with_columns(first_place=pl.col("place") - pl.col("shift")).join(
        first_copies, on=["source_id", "first_place"], how="left"
    )
    is_alike = (pl.col("key") == pl.col("first_key")).fill_null(value=False)
    spans = stretches.select("source_id", "stretch", "start", "end", "first_end")
    judged = aligned.with_columns(is_alike=is_alike).join(spans, on=["source_id", "stretch"]).sort("source_id", "side", "stretch", "place")
    is_below, is_above = pl.col("place") > pl.col("end"), pl.col("place") < pl.col("start")
    # Periodic text goes on like itself: the first copy must end before its repeat begins.
    is_apart = is_above & (pl.col("place") > pl.col("first_end"))
    unbroken_above = (pl.col("is_alike") & is_apart).cast(pl.Int8).cum_min(reverse=True).over("source_id", "side", "stretch", is_above) == 1
    above = judged.with_columns(is_added_above=is_above & (pl.col("side") == "above") & unbroken_above)
    begin = pl.min_horizontal("start", pl.col("place").filter("is_added_above").min().over("source_id", "stretch"))
    is_first_copy = is_below & (pl.col("first_place") < pl.col("begin"))
    unbroken_below = (pl.col("is_alike") & is_first_copy).cast(pl.Int8).cum_min().over("source_id", "side", "stretch", is_below) == 1
    belongs = (
        pl.when(is_below)
        .then(unbroken_below & (pl.col("side") == "below"))
        .when(is_above)
        .then(pl.col("is_added_above"))
        .otherwise(pl.col("is_alike"))
    )
    return (
        above.with_columns(begin=begin)
        .filter(belongs)
        .unique(["source_id", "first_line"], keep="first", maintain_order=True)
        .select("source_id", "stretch", "first_line", "last_line", "first_copy_start", "first_copy_end")
        .sort("source_id", "first_line")
    )


def _describe_repeats(repeated: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Describe each stretch as a row of lineage.duplicates."""
    rows = (
        repeated.group_by("source_id", "stretch")
        .agg(
            pl.col("first_line").min(),
            pl.col("last_line").max(),
            duplicate_of_first_line=pl.col("first_copy_start").min(),
            duplicate_of_last_line=pl.col("first_copy_end").max(),
        )
        .sort("source_id", "first_line")
        .with_columns(kind=pl.lit("within_source"), duplicate_of_source_id="source_id", similarity=pl.lit(1.0))
    )
    described = [pl.col(name).cast(dtype) for name, dtype in REPEAT_SCHEMA.items()]
    if "source_key" not in lines.columns:
        return rows.select(described)
    ordinal = pl.int_range(1, pl.len() + 1).over("source_id").cast(pl.String).str.zfill(4)
    keys = lines.select("source_id", "source_key").join(rows, on="source_id", how="semi").unique()
    return rows.join(keys, on="source_id", how="left", maintain_order="left").select(
        (pl.col("source_key") + "-d" + ordinal).alias("duplicate_id"), *described
    )
