"""Content lines in; out the places where promotional text was pushed into a sentence, with what stands around each.

Spam is told by its nature, not by one brand: a run without punctuation or grammar words that holds promotional vocabulary
(rows of spam_terms.csv), joined by underscores or pipes, with Latin letters or digits in it, repeated verbatim in the source.
Each sign adds points; ordinary promotional words alone never reach the threshold.
"""

from __future__ import annotations

import polars as pl

from transforms.repairs.spans import PLACE, keep_content, locate_matches

# A run needs this many points. Measured: in 570,000 clean lines of laws, reports and news no run comes near it.
SPAM_POINTS = 6
STRONG_WEIGHT = 3
TELLING_WEIGHT = 2
# Spam is made of promotional words through and through; a sentence about gambling or loans has others between them.
MIN_COVERAGE = 0.75
MIN_COVERAGE_JOINED = 0.4
MAX_OPEN_CHARS = 12
FALLBACK_OPEN_CHARS = 4
CONTEXT_CHARS = 12
MIN_ALIKE_TO_GROW = 3
ALIGNED_CHARS = 8
MAX_SPAM_CHARS = 90
# Longer lines (whole pages without line endings) are searched in pieces, cut behind a mark where there is one.
LONG_LINE_CHARS = 4_000
PIECE = r"(?s).{1,1000}[。;!?,]|.{1,1000}"
# So much of a page tells whether its own text uses some words.
MAX_PAGE_CHARS = 200_000

MARKS = r",。;:!?、“”‘’《》〈〉「」()\[\]【】〔〕…\"'\x01"
SENTENCE_MARKS = r"\s" + MARKS
GRAMMAR_WORDS = "的和与及或等对为将应把被在是了而但并以其该各"
GAP = rf"[^{SENTENCE_MARKS}{GRAMMAR_WORDS}]{{0,8}}?"
JOINER = r"\s?[_|]+\s?|\s[-–—]\s|[-–—~·]"
STRONG_JOINER = r"\s?[_|]+\s?"
# an underscore or bar between Chinese words, which prose has no use for
WORD_JOINER = r"\p{Han}[A-Za-z0-9]{0,8}[_|]+[A-Za-z0-9]{0,8}\p{Han}"
CHAIN = r"[\p{Han}A-Za-z0-9]\s?[_|]+\s?[\p{Han}A-Za-z0-9]"
LATIN_WORD = r"[A-Za-z]{2,}[0-9]*|[0-9]+[A-Za-z]+"
WORD_BOUND = r"(?-u:\b)"
ADDRESS = r"://|www\.[a-z]|[A-Za-z0-9]@[A-Za-z0-9]|\.(?:gov|edu|org)\b"

OCCURRENCE_SCHEMA: dict[str, type[pl.DataType]] = {
    "source_id": pl.String,
    "line_no": pl.Int32,
    "start_char": pl.Int32,
    "original": pl.String,
    "left_context": pl.String,
    "right_context": pl.String,
    "confidence": pl.Float64,
    "evidence": pl.String,
}


def find_spam(lines: pl.DataFrame, spam_terms: pl.DataFrame) -> pl.DataFrame:
    """Find promotional text injected into content lines.

    `spam_terms` has rule, pattern (a regular expression), weight (points) and topic (`leading`: words that belong to a run only right
    before a telling sign). Out: one row an occurrence, OCCURRENCE_SCHEMA; the contexts are up to 12 characters of the line on either
    side. Sources are judged each by itself, so the shard does not matter.
    """
    content = _cut_long_lines(keep_content(lines))
    strong = "|".join(spam_terms.filter(pl.col("weight") >= STRONG_WEIGHT)["pattern"])
    leading = "|".join(spam_terms.filter(topic="leading")["pattern"]) or "$^"
    telling = rf"(?:{leading})*(?:{'|'.join(spam_terms.filter(pl.col('weight') >= TELLING_WEIGHT)['pattern'])})"
    sign = "|".join(spam_terms["pattern"])
    suspicious = _keep_likely_sources(content.filter(pl.col("text").str.contains(f"{CHAIN}|{strong}")), spam_terms)
    if suspicious.is_empty():
        return pl.DataFrame(schema=OCCURRENCE_SCHEMA)
    is_chained = pl.col("text").str.contains(CHAIN)
    chained = locate_matches(suspicious.filter(is_chained), _run_pattern(telling, sign, is_chained=True))
    single = locate_matches(suspicious.filter(~is_chained), _run_pattern(telling, sign, is_chained=False))
    runs = pl.concat([_cut_open_start(chained, telling, sign), single])
    signs = _measure_signs(_align_repeats(runs, content), spam_terms)
    found = signs.with_columns(points=_count_points()).filter(pl.col("points") >= SPAM_POINTS)
    pieces = content.select(*PLACE, "of_line", "first_char").join(found, on=PLACE, how="semi")
    return _describe(found, pieces)


def _keep_likely_sources(suspicious: pl.DataFrame, spam_terms: pl.DataFrame) -> pl.DataFrame:
    """Keep the lines of sources that hold, between two marks, all that `_count_points` asks of a run: one in a hundred.

    The other lines of such a source tell how far its runs reach.
    """
    text = pl.col("text")
    telling = spam_terms.filter(pl.col("weight") >= TELLING_WEIGHT)["pattern"].str.replace_all(WORD_BOUND, "", literal=True)
    stretches = suspicious.select("source_id", text.str.extract_all(rf"[^{MARKS}]+")).explode("text")
    told = stretches.with_columns(
        n_telling=pl.sum_horizontal(text.str.contains(pattern) for pattern in telling),
        is_joined=text.str.contains(JOINER),
        is_chained=text.str.contains(WORD_JOINER),
    )
    is_sure = (pl.col("n_telling") > 1) | (pl.col("n_telling") > 0) & pl.col("is_joined")
    likely = told.filter(is_sure | pl.col("is_chained")).filter(is_sure | text.str.contains("|".join(spam_terms["pattern"])))
    return suspicious.join(likely, on="source_id", how="semi", maintain_order="left")


def _cut_long_lines(content: pl.DataFrame) -> pl.DataFrame:
    """Cut long lines into pieces, numbered as lines of their own: + of_line, first_char (where the piece stands in its line)."""
    placed = content.with_columns(of_line="line_no", first_char=pl.lit(0, dtype=pl.Int32))
    is_long = content["text"].str.len_chars() > LONG_LINE_CHARS
    if is_long.any():
        n_chars = pl.col("text").str.len_chars().cast(pl.Int32)
        pieces = placed.filter(is_long).with_columns(pl.col("text").str.extract_all(PIECE)).explode("text")
        cut = pieces.with_columns(first_char=(n_chars.cum_sum() - n_chars).over(PLACE))
        placed = pl.concat([placed.filter(~is_long), cut]).sort("source_id", "of_line", "first_char")
    return placed.with_columns(line_no=pl.int_range(pl.len(), dtype=pl.Int32))


def _run_pattern(telling: str, sign: str, *, is_chained: bool) -> str:
    """Write the pattern of a run: a telling sign, or words joined to a sign by underscores; then signs that touch it or are joined to it.

    Between joining marks everything is spam; at the open ends only signs are, so that the page's own words stay out.
    """
    any_sign = rf"{sign}|{LATIN_WORD}|[0-9]+"
    words = rf"[^{SENTENCE_MARKS}{GRAMMAR_WORDS}_|]{{1,{MAX_OPEN_CHARS}}}"
    start = rf"{telling}|{LATIN_WORD}" + (rf"|{words}{STRONG_JOINER}{GAP}(?:{any_sign})" if is_chained else "")
    joined = rf"{GAP}(?:{JOINER})(?:{GAP}(?:{JOINER}))*{GAP}(?:{any_sign})"
    near = rf"[^{SENTENCE_MARKS}{GRAMMAR_WORDS}]{{0,4}}?(?:{telling})"
    return rf"(?:{start})(?:{any_sign}|{joined}|{near})*"


def _cut_open_start(runs: pl.DataFrame, telling: str, sign: str) -> pl.DataFrame:
    """Cut the page's own words off the start of a run: its first segment begins with a sign, or with the name that the next one repeats."""
    segments = pl.col("original").str.replace_all(JOINER, "\x01").str.split("\x01")
    first, second = pl.col("first"), pl.col("second")
    is_whole = ~pl.col("original").str.contains(STRONG_JOINER) | pl.col("original").str.contains(rf"^(?:{telling}|[A-Za-z0-9])")
    lead_sign = pl.coalesce(
        first.str.extract(rf"^(.*?)(?:{telling}|{LATIN_WORD})", 1).str.len_chars(),
        first.str.extract(rf"^(.*?)(?:{sign})", 1).str.len_chars(),
    )
    lead_name = pl.coalesce(
        pl.when(second.str.len_chars() >= n, first.str.contains(second.str.head(n), literal=True)).then(
            first.str.split(second.str.head(n)).list.first().str.len_chars()
        )
        for n in (8, 7, 6, 5, 4, 3, 2)
    )
    fallback = (first.str.len_chars().cast(pl.Int32) - FALLBACK_OPEN_CHARS).clip(0)
    n_cut = pl.when(is_whole).then(0).otherwise(pl.coalesce(pl.min_horizontal(lead_sign, lead_name), fallback)).cast(pl.Int32)
    return (
        runs.with_columns(first=segments.list.first(), second=segments.list.get(1, null_on_oob=True).fill_null(""))
        .with_columns(n_cut=n_cut)
        .with_columns(start_char=pl.col("start_char") + pl.col("n_cut"), original=pl.col("original").str.slice(pl.col("n_cut")))
        .drop("first", "second", "n_cut")
    )


def _align_repeats(runs: pl.DataFrame, content: pl.DataFrame) -> pl.DataFrame:
    """Give runs of one source that begin (or end) alike the same extent, since spam is pasted in verbatim.

    What they share on from the common start is the spam; where it goes on differently, the page's own words have begun. Runs that
    stand three times or more may grow by what always stands beside them, unless the page uses it elsewhere too; two alone only shrink.
    """
    page_texts = (
        content.join(runs.select("source_id").unique(), on="source_id")
        .group_by("source_id")
        .agg(page=pl.col("text").str.join("\n").str.head(MAX_PAGE_CHARS))
    )
    runs = runs.join(page_texts, on="source_id")
    for at_end in (False, True, False):
        runs = _share_extent(runs, at_end=at_end)
    return runs.drop("page").with_columns(n_verbatim=pl.len().over("source_id", "original"))


def _share_extent(runs: pl.DataFrame, *, at_end: bool) -> pl.DataFrame:
    """Cut or grow runs that share their last (at_end) or first characters to the longest stretch that all of them share."""
    n_run = pl.col("original").str.len_chars().cast(pl.Int32)
    run_end = pl.col("start_char") + n_run
    if at_end:
        reach = pl.col("text").str.head(run_end).str.extract(rf"([^{SENTENCE_MARKS}]*)$", 1)
        key, piece = pl.col("original").str.tail(ALIGNED_CHARS), pl.col("reach").str.tail
    else:
        reach = pl.col("text").str.slice(pl.col("start_char")).str.extract(rf"^([^{SENTENCE_MARKS}]*)", 1)
        key, piece = pl.col("original").str.head(ALIGNED_CHARS), pl.col("reach").str.head
    group = ["source_id", "key"]
    sided = runs.with_columns(
        key=key,
        n_run=n_run,
        # a run may hold white space around a joining mark, which ends the reach
        reach=pl.when(reach.str.len_chars() >= n_run).then(reach).otherwise(pl.col("original")),
    ).with_columns(n_alike=pl.len().over(group), longest=pl.col("n_run").max().over(group))
    if (sided["n_alike"] == 1).all():
        return runs
    n_shared = _count_shared(sided, group, at_end=at_end)
    n_grown = pl.col("n_shared") - pl.col("longest")
    beside = piece(pl.col("n_shared")).str.head(n_grown) if at_end else piece(pl.col("n_shared")).str.tail(n_grown)
    touching = beside.str.tail(2) if at_end else beside.str.head(2)
    grown = _count_on_page(sided.with_columns(n_shared=n_shared).with_columns(touching=pl.when(n_grown > 1).then(touching)))
    is_foreign = (n_grown > 1) & (pl.col("n_on_page") <= pl.col("n_alike"))
    may_grow = is_foreign & (pl.col("n_alike") >= MIN_ALIKE_TO_GROW)
    shared = pl.when(may_grow).then(pl.col("n_shared")).otherwise(pl.min_horizontal("n_shared", "longest"))
    n_new = pl.when(pl.col("n_alike") > 1).then(shared).otherwise(pl.col("n_run")).cast(pl.Int32)
    resized = grown.with_columns(n_new=n_new)
    if at_end:
        resized = resized.with_columns(start_char=pl.col("start_char") + pl.col("n_run") - pl.col("n_new"))
        new = pl.col("reach").str.tail(pl.col("n_new"))
    else:
        new = pl.col("reach").str.head(pl.col("n_new"))
    return resized.with_columns(original=new).select(runs.columns)


def _count_shared(sided: pl.DataFrame, group: list[str], *, at_end: bool) -> pl.Series:
    """Count the first (at_end: last) characters of `reach` that all rows of a group share, MAX_SPAM_CHARS at most."""
    reaches = sided.select(*group, reach=pl.col("reach").str.reverse() if at_end else pl.col("reach"))
    # What the first and the last in the order of the alphabet begin with alike, all between them begin with.
    bounds = reaches.select(first=pl.col("reach").min().over(group), last=pl.col("reach").max().over(group))
    n_least = pl.min_horizontal(pl.col("first").str.len_chars(), pl.col("last").str.len_chars())
    is_shared = ((pl.col("first").str.head(n) == pl.col("last").str.head(n)) & (n_least >= n) for n in range(1, MAX_SPAM_CHARS + 1))
    return bounds.select(pl.sum_horizontal(shared.cast(pl.Int32) for shared in is_shared)).to_series()


def _count_on_page(runs: pl.DataFrame) -> pl.DataFrame:
    """Add n_on_page: how often the page holds the characters `touching` (null: not asked), each counted once a page."""
    asked = runs.filter(pl.col("touching").is_not_null()).unique(["source_id", "touching"])
    counts = asked.select("source_id", "touching", n_on_page=pl.col("page").str.count_matches(pl.col("touching"), literal=True))
    return runs.join(counts, on=["source_id", "touching"], how="left", maintain_order="left")


def _measure_signs(runs: pl.DataFrame, spam_terms: pl.DataFrame) -> pl.DataFrame:
    """Add the signs of spam in each run, `coverage` (the share of its characters that are signs) among them."""
    run = pl.col("original")
    terms = list(spam_terms.select("pattern", "weight").iter_rows(named=True))
    any_sign = "|".join(term["pattern"] for term in terms) + r"|[A-Za-z0-9_|.\s-]+"
    segments = run.str.replace_all(JOINER, "\x01").str.split("\x01")
    names = segments.list.eval(pl.element().str.head(2).filter(pl.element().str.len_chars() > 1))
    rest = pl.col("text").str.slice(pl.col("start_char") + run.str.len_chars().cast(pl.Int32))
    return runs.with_columns(
        vocabulary=pl.sum_horizontal(run.str.count_matches(term["pattern"]).clip(0, 2).cast(pl.Int32) * term["weight"] for term in terms),
        strongest=pl.max_horizontal(pl.when(run.str.contains(term["pattern"])).then(term["weight"]).otherwise(0) for term in terms),
        n_telling_rules=pl.sum_horizontal(
            run.str.contains(term["pattern"]).cast(pl.Int32) for term in terms if term["weight"] >= TELLING_WEIGHT
        ),
        coverage=1 - run.str.replace_all(any_sign, "").str.len_chars() / run.str.len_chars(),
        n_joiners=run.str.count_matches(r"[_|]+").cast(pl.Int32),
        n_word_joiners=run.str.count_matches(WORD_JOINER).cast(pl.Int32),
        shares_name=names.list.n_unique() < names.list.len(),
        has_latin=run.str.contains(r"[A-Za-z0-9]") & run.str.contains(r"\p{Han}"),
        is_address=run.str.contains(ADDRESS),
        # page titles carry the names of column and site behind underscores
        is_title_tail=(rest == "") & ~pl.col("text").str.contains("[,。;]"),
    )


def _count_points() -> pl.Expr:
    """Add up the signs of a run; none count where it is not dense with them, holds no telling one, or is an address."""
    is_joined, is_repeated = pl.col("n_joiners") > 0, pl.col("n_verbatim") > 1
    is_chain = (pl.col("n_word_joiners") > 1) | (pl.col("n_word_joiners") > 0) & is_repeated
    is_dense = (pl.col("coverage") >= pl.when(is_joined).then(MIN_COVERAGE_JOINED).otherwise(MIN_COVERAGE)) | is_chain & is_repeated
    is_telling = (
        (pl.col("n_telling_rules") > 1)
        | (is_joined | pl.col("shares_name")) & (pl.col("strongest") >= TELLING_WEIGHT)
        | is_chain & (pl.col("strongest") > 0) & ~pl.col("is_title_tail")
    )
    is_mere_address = pl.col("is_address") & (pl.col("strongest") <= STRONG_WEIGHT)
    points = (
        pl.col("vocabulary").clip(0, 8)
        + 2 * pl.col("n_joiners").clip(0, 2)
        + 2 * pl.col("shares_name").cast(pl.Int32)
        + pl.col("has_latin").cast(pl.Int32)
        + is_repeated.cast(pl.Int32)
        + (is_chain & is_repeated).cast(pl.Int32)
    )
    return pl.when(is_dense & is_telling & ~is_mere_address).then(points).otherwise(0)


def _describe(found: pl.DataFrame, pieces: pl.DataFrame) -> pl.DataFrame:
    """Give occurrences their contexts, confidence and evidence, and their places in whole lines."""
    end = pl.col("start_char") + pl.col("original").str.len_chars().cast(pl.Int32)
    evidence = pl.format(
        "promotional vocabulary ({} points, {} % of the run), {} joining marks, {}, stands {} times in the source",
        "vocabulary",
        (pl.col("coverage") * 100).round(0).cast(pl.Int32),
        "n_joiners",
        pl.when("has_latin").then(pl.lit("Latin letters or digits among Chinese")).otherwise(pl.lit("no Latin letters")),
        "n_verbatim",
    )
    return (
        found.with_columns(
            left_context=pl.col("text").str.head(pl.col("start_char")).str.tail(CONTEXT_CHARS),
            right_context=pl.col("text").str.slice(end, CONTEXT_CHARS),
            confidence=(0.5 + 0.05 * pl.col("points")).clip(0, 0.99).round(3),
            evidence=evidence,
        )
        .join(pieces, on=PLACE, how="left", maintain_order="left")
        .with_columns(line_no="of_line", start_char=pl.col("start_char") + pl.col("first_char"))
        .select(pl.col(name).cast(dtype) for name, dtype in OCCURRENCE_SCHEMA.items())
        .sort(*PLACE, "start_char")
    )
