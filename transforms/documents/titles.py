"""Title paragraphs in; the document's title, the plan it holds, its kind, and what a title says besides (number, site), out.

A page shows its title several times (HTML title, heading, the document itself) and often two titles: the notice's and that of the
plan it carries.
"""

from __future__ import annotations

from functools import cache

import polars as pl

from transforms.documents.bodies import ORG_END
from transforms.documents.labels import EVIDENCE
from transforms.documents.numbers import CODE_NUMBER, fold_number

_SITE_END = r"(?:网|网站|门户|平台|政府|[部厅局委署办]|委员会|办公室|频道|专栏|日报|晚报|时报|导报|新闻|之窗|在线)"
_PIECE = r"[^-_|丨—《》0-9]"
# “ - column - site”, “_site”, “ | site”, “--column--site” after an HTML title.
_SITE = rf"(?:{_PIECE}{{2,24}}?{_SITE_END}|{_PIECE}{{0,12}}网·?{_PIECE}{{0,12}})"
SITE_TAIL = rf"(?:\s*(?:-{{1,2}}|_|\|)\s*{_PIECE}{{2,10}})*\s*(?:-{{1,2}}|_|\|)\s*({_SITE})\s*$"
# Headers of red-headed papers, and what stands over an attachment, are set like titles and are none.
_NO_TITLE = rf"^(?:附件[0-9一二三四五六七八九十]*|[\p{{Han}}]{{0,40}}{ORG_END}文件|目录|正文)$"
_FRAME = r"(?:印发|转发|批转|颁发|颁布|下发|发布|公布)"
# What is printed stands right after the verb and is not part of a longer name (印发贯彻《X》工作方案的通知 prints no X).
_QUOTED = _FRAME + "[^《》〈〉]{{0,12}}{opening}({inside}+){closing}(?:的|等|和|及|、|[(]|$)"


def clean_titles(paragraphs: pl.DataFrame, document_kinds: pl.DataFrame) -> pl.DataFrame:
    """Give each title paragraph its cleaned `title`, its `kind` and `kind_group` (plan, text, carrier, order; null where none).

    Cleaned: site names, numbers, heading marks, page numerals and enclosing 《》 taken off, spaces dropped;
    `site` and `number` hold what was taken off. Rows whose title is then empty or only a number are left out.
    In: paragraphs (source_id, document_id, ordinal, role, text, first_line).
    """
    text = pl.col("text").str.replace(r"^[-#*•·\s]+", "").str.replace(r"^(?:发文|文件|公文|信息|法规)?(?:标\s*题|名\s*称)\s*:\s*", "")
    cut = (
        paragraphs.filter(pl.col("role") == "title")
        .with_columns(shown=text)
        .with_columns(site=pl.col("shown").str.extract(SITE_TAIL).str.strip_chars(" "))
        .with_columns(shown=pl.when(pl.col("site").is_not_null()).then(pl.col("shown").str.replace(SITE_TAIL, "")).otherwise("shown"))
        .with_columns(number=_number_at_an_end(pl.col("shown")))
    )
    bare = pl.when(pl.col("number").is_not_null()).then(_without_number(pl.col("shown"))).otherwise("shown")
    titled = cut.with_columns(shown=_strip_marks(bare)).with_columns(title=_close_up(pl.col("shown")))
    return add_kind(titled, document_kinds).filter(pl.col("title").str.contains(r"\p{Han}"), ~pl.col("title").str.contains(_NO_TITLE))


def add_kind(titles: pl.DataFrame, document_kinds: pl.DataFrame) -> pl.DataFrame:
    """Tell each title's `kind` and `kind_group` by its ending, words in brackets at the end ((试行), (2021-2023年)) and 》 set aside."""
    ending = pl.col("title").str.replace_all(r"(?:[(][^()]*[)]|[》〉”\"'’])+$", "").str.replace(r"(?:\(上\)|\(下\)|全文|文件)$", "")
    rule_no = titles.select(ending=ending).select(_first_rule(tuple(document_kinds["ending"]))).to_series()
    kinds = document_kinds.select(kind=pl.col("kind").gather(rule_no), kind_group=pl.col("group").gather(rule_no))
    return titles.with_columns(kinds)


@cache
def _first_rule(endings: tuple[str, ...]) -> pl.Expr:
    """Give the number of the first rule that `ending` ends in; to write down so many rules costs more than to apply them."""
    return pl.coalesce(pl.when(_ends_in(pattern)).then(pl.lit(no, pl.UInt32)) for no, pattern in enumerate(endings))


def _ends_in(pattern: str) -> pl.Expr:
    """Tell whether `ending` ends as a rule says; most rules are plain words, which need no search."""
    ending = pl.col("ending")
    return ending.str.ends_with(pattern) if pattern.isalnum() else ending.str.contains(f"(?:{pattern})$")


def find_titles(titles: pl.DataFrame, paragraphs: pl.DataFrame, document_kinds: pl.DataFrame) -> pl.DataFrame:
    """Choose `title`, `plan_title` and `kind`, one row a document.

    The notice's title is the first title above the text that ends as a carrier does (通知, 公告, 函 …), else the first title
    that is no bare order (…令). The plan's is, under a notice that prints or passes on another text, the next title below that it
    can mean, else the name in 《》 or after 印发; without such a notice the title itself where it is a plan's.
    The kind is that of the plan, which the notice only carries, else of the title.
    """
    titled = paragraphs.join(titles, on="document_id", how="semi", maintain_order="left")
    first_body = titled.filter(pl.col("role") == "body").group_by("document_id").agg(first_body=pl.col("ordinal").min())
    placed = _drop_attachment_titles(titles, titled).join(first_body, on="document_id", how="left")
    stands_above = pl.col("ordinal") < pl.col("first_body").fill_null(2**31 - 1)
    is_notice = stands_above & (pl.col("kind_group") == "carrier").fill_null(value=False)
    is_order = (pl.col("kind_group") == "order").fill_null(value=False)
    chosen = (
        placed.with_columns(preference=pl.when(is_notice).then(0).when(is_order).then(2).otherwise(1))
        .sort("document_id", "preference", "ordinal")
        .unique("document_id", keep="first", maintain_order=True)
        .pipe(_read_printed_names)
    )
    holds_itself = ~pl.col("is_frame") & (pl.col("kind_group") == "plan")
    plan_title = pl.when("is_frame").then(pl.coalesce("below", "printed")).when(holds_itself).then("title")
    facts = chosen.join(_find_plan_below(chosen, placed, document_kinds), on="document_id", how="left").with_columns(plan_title=plan_title)
    plan_kind = add_kind(facts.select("document_id", title="plan_title"), document_kinds).select("document_id", plan_kind="kind")
    return facts.join(plan_kind, on="document_id", how="left").select(
        "source_id", "document_id", "title", "shown", "plan_title", kind=pl.coalesce("plan_kind", "kind")
    )


def _read_printed_names(chosen: pl.DataFrame) -> pl.DataFrame:
    """Tell which titles print or pass on another text (`is_frame`), and what they call it (`printed`).

    关于印发《X》的通知, 转发Y《关于印发〈X〉的通知》, 关于印发X的通知; and headlines: Y印发X.
    """
    title = pl.col("title")
    carries = pl.col("kind_group").is_in(["carrier", "order"]) & title.str.contains(_FRAME)
    announces = title.str.contains(rf"{ORG_END}(?:近日|日前|联合)?(?:印发|发布|出台)[^关]|关于印发") & (pl.col("kind_group") == "plan")
    quoted = title.str.extract(_QUOTED.format(opening="《", inside="[^《》]", closing="》"))
    quoted_within = _QUOTED.format(opening="〈", inside="[^〈〉]", closing="〉")
    named = title.str.extract(r"(?:印发|转发|批转|颁发|下发)(.{4,})的(?:通知|函|公告|通告)(?:[(].*)?$")
    announced = title.str.extract(r"(?:印发|发布|出台)(.{4,})$")
    return chosen.with_columns(
        is_frame=(carries | announces).fill_null(value=False),
        printed=pl.coalesce(quoted.str.extract(quoted_within), quoted, title.str.extract(quoted_within), named, announced),
    )


def find_title_facts(titles: pl.DataFrame) -> pl.DataFrame:
    """Give the numbers and site names that stood in titles as evidence rows. In: `clean_titles`' frame."""
    rows = titles.sort("source_id", "ordinal")
    number = rows.select(
        "source_id",
        pl.col("first_line").alias("line_no"),
        field=pl.lit("document_number"),
        value="number",
        rank=pl.lit(3, pl.Int32),
        rule=pl.lit("title_number"),
    )
    site = rows.select(
        "source_id",
        pl.col("first_line").alias("line_no"),
        field=pl.lit("publisher"),
        value="site",
        rank=pl.lit(5, pl.Int32),
        rule=pl.lit("title_site"),
    )
    return pl.concat([number, site]).filter(pl.col("value").is_not_null()).select(EVIDENCE.keys())


def _drop_attachment_titles(titles: pl.DataFrame, paragraphs: pl.DataFrame) -> pl.DataFrame:
    """Keep titles that can be the document's: with at most three body paragraphs above, or once one is kept, or right under a notice's end.

    A page that lost its title may still show that of an attachment, far below the text.
    """
    role = pl.col("role")
    surroundings = (
        paragraphs.select(
            "document_id",
            "ordinal",
            role,
            n_body_above=(role == "body").cum_sum().over("document_id"),
            under_notice=role.shift(1).over("document_id").is_in(["signature", "date", "note", "title"]).fill_null(value=False),
        )
        .filter(role == "title")
        .drop("role")
    )
    can_be = (pl.col("n_body_above") <= 3) | pl.col("under_notice")
    return (
        titles.join(surroundings, on=["document_id", "ordinal"], how="left")
        .sort("document_id", "ordinal")
        .filter(can_be.cast(pl.Int8).cum_max().over("document_id") == 1)
    )


def prefer_labelled_notice(described: pl.DataFrame, document_kinds: pl.DataFrame) -> pl.DataFrame:
    """Take the catalogue's title (标题, 名称) where the page shows none, or only that of the plan which the named notice carries.

    In and out: title, plan_title, kind; label_title goes.
    """
    labelled = add_kind(described.select("document_id", title="label_title"), document_kinds)
    shown = add_kind(described.select("document_id", "title"), document_kinds)
    names_notice = (labelled.get_column("kind_group") == "carrier").fill_null(value=False)
    shows_notice = (shown.get_column("kind_group") == "carrier").fill_null(value=False)
    takes_label = described.get_column("title").is_null() | (names_notice & ~shows_notice)
    return described.with_columns(
        title=pl.when(takes_label).then(pl.coalesce("label_title", "title")).otherwise("title"),
        kind=pl.coalesce(pl.col("kind"), labelled.get_column("kind")),
    ).drop("label_title")


def _find_plan_below(chosen: pl.DataFrame, placed: pl.DataFrame, document_kinds: pl.DataFrame) -> pl.DataFrame:
    """Find the first title below the notice's text that the notice can mean: same words, or the same kind of text."""
    frames = chosen.filter("is_frame").select("document_id", "printed", notice="title")
    printed_kind = add_kind(frames.select("document_id", title="printed"), document_kinds).select("document_id", printed_kind="kind")
    same_words = pl.col("printed").str.contains(pl.col("title"), literal=True) | pl.col("title").str.contains(
        pl.col("printed"), literal=True
    )
    same_kind = pl.col("kind") == pl.col("printed_kind")
    return (
        placed.join(frames, on="document_id")
        .join(printed_kind, on="document_id")
        .filter(
            pl.col("title") != pl.col("notice"), pl.col("ordinal") > pl.col("first_body"), (same_words | same_kind).fill_null(value=False)
        )
        .sort("document_id", "ordinal")
        .group_by("document_id", maintain_order=True)
        .agg(below=pl.col("title").first())
    )


def _close_up(shown: pl.Expr) -> pl.Expr:
    """Drop the spaces in a title (政 府 工 作 报 告), but for one between the bodies that issue it together."""
    between = shown.str.replace_all(rf"([\p{{Han}}]{{2}}{ORG_END})\s+", "${1}\u0001").str.replace_all(r"\s+", "")
    ends_there = r"\u0001([^\p{Han}]|关于|印发|转发|批转|公布|发布|公告|党组|令|$)"
    return between.str.replace_all(ends_there, "${1}").str.replace_all("\u0001", " ")


def _number_at_an_end(shown: pl.Expr) -> pl.Expr:
    at_start = fold_number(shown.str.extract(rf"^[(]?({CODE_NUMBER})"))
    at_end = fold_number(shown.str.extract(rf"([ (]{CODE_NUMBER})\s*[)]?$"))
    return pl.coalesce(at_start, at_end)


def _without_number(shown: pl.Expr) -> pl.Expr:
    return shown.str.replace(rf"^[(]?{CODE_NUMBER}[)]?\s*", "").str.replace(rf"\s*[(]?{CODE_NUMBER}\s*[)]?$", "")


def _strip_marks(shown: pl.Expr) -> pl.Expr:
    """Take off an attachment's number, a page numeral glued to the first word, enclosing 《》 and footnote stars."""
    return (
        shown.str.strip_chars(" *")
        .str.replace(r"^附(?:件|表)?\s*[0-9一二三四五六七八九十]*\s*[:.、/\-—]\s*", "")
        .str.replace(r"^(?:[IVX]{1,4}|[ⅠⅡⅢⅣⅤⅥ])\s*(\p{Han})", "$1")
        .str.replace(r"^《([^《》]+)》$", "$1")
    )
