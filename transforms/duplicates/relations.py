"""Measured pairs in, what the two documents are to each other out: one document twice, two versions of one, or neither.

One document twice means that each text covers most of the other and that what differs are slips or additions on one side only. Where
both sides say something else in the same place, they are two documents: a template filled in twice, a page that reuses half of another,
or, under one title, two versions of a law.
"""

from __future__ import annotations

import polars as pl

# Thresholds: measured on planted copies (edits of 1 to 10 % of the letters, chrome, other order, halves of other pages) and on real
# pairs of laws. Pages edited in a tenth of their letters cover each other by 0.77 and more; half-reused pages by 0.71 and less.
MIN_COVERAGE = 0.72
# Longer stretches that differ on both sides: at most 0.10 of an edited page, at least 0.19 of a half-reused one.
MAX_OTHER_WORDS = 0.13
# Slips are short (2.8 letters on average where a page is edited in one letter of 20) and many; words of a template or an amendment
# are neither. Up to so many letters, or this share of the text, count as slips wherever they are.
MAX_SLIP_LETTERS = 3.9
FEW_CHANGED_LETTERS = 4
FEW_CHANGED_SHARE = 0.01
# One slip in so many letters: more than any amendment has short changes.
LETTERS_A_SLIP = 250
# Slips change both texts; of the two, one has at most so many times the changed stretches of the other.
SLIP_BALANCE = 10
# A template filled in twice differs in its numbers.
MIN_CHANGED_DIGITS = 4
CHANGED_DIGITS_SHARE = 0.35
# Two laws of one date that differ in a stretch of so many letters are versions: a law admits no additions.
LAW_STRETCH = 30
# Nor does it admit many changes in the wording: so many, and one in so many letters.
FEW_CHANGES = 6
LETTERS_A_CHANGE = 400
# Versions of one law with less in common (5-grams of both found in the other) have been written anew.
MIN_REVISION_RESEMBLANCE = 0.52
MIN_TITLE_LETTERS = 4
# Titles name two things (法官法 and 检察官法, one rule in two cities) where so many letters differ in one place and few of them are alike;
# of the letters between the first and the last slip of a title most are as they were.
OTHER_NAME_LETTERS = 2
OTHER_NAME_SHARE = 0.34
COMPARED_TITLE_LETTERS = 60

RELATION_SCHEMA = {"better_id": pl.String, "worse_id": pl.String, "kind": pl.String, "similarity": pl.Float64}


def judge_pairs(measured: pl.DataFrame, documents: pl.DataFrame) -> pl.DataFrame:
    """Tell which pairs are one document twice (`near_document`) and which are versions of one (`revision`).

    In: measured pairs (`measure_overlap`) and documents (`DOCUMENT_SCHEMA` of the sketches). Out: `RELATION_SCHEMA`, sorted; pairs that
    are neither are left out. similarity: share of the grams of both texts that stand in the other too.
    """
    facts = documents.select("document_id", "title_key", "document_number", "region_code", "version_on")
    pairs = measured.join(facts.select(pl.all().name.prefix("better_")), left_on="better_id", right_on="better_document_id").join(
        facts.select(pl.all().name.prefix("worse_")), left_on="worse_id", right_on="worse_document_id"
    )
    kind = (
        pl.when(_is_near() & ~_is_other_version() & ~pl.col("have_other_names"))
        .then(pl.lit("near_document"))
        .when(_have_one_title() & _have_one_region() & (_resemblance() >= MIN_REVISION_RESEMBLANCE))
        .then(pl.lit("revision"))
    )
    return (
        _compare_titles(pairs)
        .with_columns(kind=kind, similarity=_resemblance())
        .filter(pl.col("kind").is_not_null())
        .select(RELATION_SCHEMA.keys())
        .sort("better_id", "worse_id")
    )


def _resemblance() -> pl.Expr:
    n_grams = pl.col("better_n_grams") + pl.col("worse_n_grams")
    return pl.when(n_grams > 0).then((pl.col("better_n_found") + pl.col("worse_n_found")) / n_grams).otherwise(0.0)


def _share(side: str, letters: str) -> pl.Expr:
    return pl.col(f"{side}_{letters}") / pl.col(f"{side}_n_letters").clip(lower_bound=1)


def _either_side(letters: str) -> pl.Expr:
    """Return the letters that differ on both sides alike: the lesser of the two, for what only one side adds is no other word."""
    return pl.min_horizontal(f"better_{letters}", f"worse_{letters}")


def _is_near() -> pl.Expr:
    fewer_letters = pl.min_horizontal("better_n_letters", "worse_n_letters").clip(lower_bound=1)
    covers = pl.max_horizontal(_share("better", "n_changed"), _share("worse", "n_changed")) <= 1 - MIN_COVERAGE
    shares_grams = _either_side("n_found") > 0
    other_words = _either_side("n_long") / fewer_letters
    few_changes = _either_side("n_changed") <= pl.max_horizontal(fewer_letters * FEW_CHANGED_SHARE, pl.lit(FEW_CHANGED_LETTERS))
    is_one_text = few_changes & ~_have_other_numbers()
    are_short = pl.min_horizontal(_mean_stretch("better"), _mean_stretch("worse")) <= MAX_SLIP_LETTERS
    are_slips = are_short & (is_one_text | _are_many_slips()) & ~_have_other_digits()
    is_same_but_for_slips = are_slips & (other_words <= MAX_OTHER_WORDS)
    return shares_grams & covers & (is_one_text | is_same_but_for_slips)


def _mean_stretch(side: str) -> pl.Expr:
    return pl.col(f"{side}_n_changed") / pl.col(f"{side}_n_stretches").clip(lower_bound=1)


def _are_many_slips() -> pl.Expr:
    return _either_side("n_gaps") * LETTERS_A_SLIP >= pl.min_horizontal("better_n_letters", "worse_n_letters")


def _are_slips_of_the_pen() -> pl.Expr:
    """Slips stand all over the text and put wrong letters for right ones, where an amendment takes words out or puts them in."""
    are_short = pl.max_horizontal(_mean_stretch("better"), _mean_stretch("worse")) <= MAX_SLIP_LETTERS
    are_balanced = _either_side("n_stretches") * SLIP_BALANCE >= pl.max_horizontal("better_n_stretches", "worse_n_stretches")
    return _are_many_slips() & are_short & are_balanced


def _have_other_digits() -> pl.Expr:
    changed = _either_side("n_changed").clip(lower_bound=1)
    return (_either_side("n_digits") >= MIN_CHANGED_DIGITS) & (_either_side("n_digits") >= CHANGED_DIGITS_SHARE * changed)


def _have_other_numbers() -> pl.Expr:
    """Document numbers differ and so do the texts: two notices from one template, however little else they say."""
    differ = (pl.col("better_document_number") != pl.col("worse_document_number")).fill_null(value=False)
    return differ & (_either_side("n_changed") > 0)


def _have_one_title() -> pl.Expr:
    better, worse = pl.col("better_title_key"), pl.col("worse_title_key")
    is_long = pl.min_horizontal(better.str.len_chars(), worse.str.len_chars()) >= MIN_TITLE_LETTERS
    return (is_long & ((better == worse) | better.str.ends_with(worse) | worse.str.ends_with(better))).fill_null(value=False)


def _compare_titles(pairs: pl.DataFrame) -> pl.DataFrame:
    """Add `have_other_names`: both have a title, and between what the two begin and end with alike stand other words."""
    numbered = pairs.with_row_index("pair_no")
    titles = numbered.select("pair_no", better="better_title_key", worse="worse_title_key").filter(
        pl.min_horizontal(pl.col("better", "worse").str.len_chars()) >= MIN_TITLE_LETTERS, pl.col("better") != pl.col("worse")
    )
    lengths = range(1, COMPARED_TITLE_LETTERS + 1)
    fewer = pl.min_horizontal(pl.col("better", "worse").str.len_chars())
    alike = titles.with_columns(
        n_first=pl.sum_horizontal(pl.col("better").str.head(n) == pl.col("worse").str.head(n) for n in lengths)
    ).with_columns(
        n_last=pl.min_horizontal(
            pl.sum_horizontal(pl.col("better").str.tail(n) == pl.col("worse").str.tail(n) for n in lengths), fewer - pl.col("n_first")
        )
    )
    middles = alike.with_columns(
        pl.col(side).str.slice(pl.col("n_first"), pl.col(side).str.len_chars() - pl.col("n_first") - pl.col("n_last")).str.split("")
        for side in ("better", "worse")
    )
    n_more = pl.max_horizontal(pl.col("better", "worse").list.len())
    n_fewer = pl.min_horizontal(pl.col("better", "worse").list.len())
    n_alike = pl.col("better").list.set_intersection("worse").list.len()
    other = middles.filter(n_fewer > 0, n_more >= OTHER_NAME_LETTERS, n_alike <= OTHER_NAME_SHARE * n_more).select("pair_no")
    is_other = pl.col("pair_no").is_in(other["pair_no"].implode())
    return numbered.with_columns(have_other_names=is_other).drop("pair_no")


def _have_one_region() -> pl.Expr:
    return (pl.col("better_region_code") == pl.col("worse_region_code")).fill_null(value=True)


def _is_other_version() -> pl.Expr:
    """Under one title the dates of the versions differ, or a law's wording does, and it is no matter of slips."""
    dates_differ = (pl.col("better_version_on") != pl.col("worse_version_on")).fill_null(value=False)
    are_laws = pl.col("better_version_on").is_not_null() & pl.col("worse_version_on").is_not_null()
    has_passage = pl.max_horizontal("better_n_longest", "worse_n_longest") >= LAW_STRETCH
    is_law = pl.col("better_version_on").is_not_null() | pl.col("worse_version_on").is_not_null()
    fewer_letters = pl.min_horizontal("better_n_letters", "worse_n_letters")
    n_changes = pl.max_horizontal("better_n_stretches", "worse_n_stretches")
    is_reworded = (n_changes > FEW_CHANGES) & (n_changes * LETTERS_A_CHANGE > fewer_letters)
    is_amended = dates_differ | (are_laws & has_passage) | (is_law & is_reworded)
    return _have_one_title() & is_amended & ~_are_slips_of_the_pen()
