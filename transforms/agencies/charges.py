"""Measures' paragraphs in; the phrases out that say who is in charge: brackets and labelled ends of lines.

The idea: take a text apart into brackets and what stands between them; whether a bracket names agencies shows in the words
of charge in it, or in where it stands and how its names end.
"""

from __future__ import annotations

import polars as pl

from transforms.masks import text_where
from transforms.neighbours import neighbour

_DUTY = "牵头责任|牵头|主责|主办|责任|负责|分工|配合|协助|协办|协同|参与|参加|支持|承办|落实|实施|组织"
_BODY = "单位|部门|处室|科室|股室|司局|机构|地区|主体"
# 责任单位:, 配合处室:, 牵头:, 负责部门及单位:; a colon always follows
LABEL = rf"(?:市级|省级|区级|县级|主要|共同|第一|具体|业务|任务)?(?:{_DUTY})(?:和(?:{_DUTY}))?(?:{_BODY})*(?:[及和](?:{_BODY}))?\s*:"
# A bracket or the colon of a label: without one of them no text says who is in charge.
_MAY_CHARGE = r"[(\[【〔{:]"
_BRACKETS = dict(zip("【】〔〕[]{}", "()()()()", strict=True))
OTHER_BRACKETS = r"[【】〔〕\[\]{}]"
_INNER = r"\((?:[^()]|\([^()]*\))*\)"
_BRACKET = rf"\((?:[^()]|{_INNER})*\)"
# 责任单位: closely after a name, without a mark between them
RUN_ON_LABEL = rf"([部委局厅办院会府行心司团处室组位门署)])((?:牵头|责任|配合|主办|协办|承办|参与|支持)(?:{_BODY})\s*:)"
_LABELLED_END = rf"(?:^|[。!?;”)\s])(\(?{LABEL}.+)$"
# 列第一位者为牵头部门(下同), 排在第一位的部门为牵头部门: a rule for reading the names, no name
FIRST_LEADS = (
    r"[,;。:]?[^,;。:、()]*(?:第一|首)(?:位|个|名|的|单位|部门)[^,;。()]*(?:牵头|主责|主办)[^,;。()]*(?:[,;]?\s*(?:\(下同\)|下同))?"
)
_ENDS_IN_CHARGE = r"(?:负责|牵头|配合|参与|落实|参加|协助|协同|承办|主办|实施)[。;\s]*$"
_NO_AGENCIES = r"^(?:以下|下|简称|即|指|含|包括|如|例如|注|附|见|详见|其中|原|又称|也称|试行|暂行|待|此)"
_BODY_ENDS = (
    r"部|委|局|厅|办|署|院|行|会|社|室|处|组|办公室|政府|法院|检察院|中心|集团|公司|小组|专班|指挥部|部门|单位|科室|处室|科协|妇联|残联|侨联|工商联"
    r"|社科联|文联|贸促会|工会|团省委|团市委|团县委|团区委|省委|市委|县委|区委|党委|党组|纪委|海关|管委会|总队|支队|大队|中央|银行|大学|学院|党校|各地|地区"
)
_ENDS_LIKE_AGENCY = rf"(?:{_BODY_ENDS})$"
_STANDS_LIKE_AGENCY = r"^(?:省|市|县|区|州|盟|各|有关|相关|国家|中国|中央|全国|自治区|人民银行|团)|(?:部|委|局|厅|办|署|政府)$"


def find_charges(paragraphs: pl.DataFrame) -> pl.DataFrame:
    """Find the phrases that say who is in charge.

    In: paragraphs of measures (measure_id, document_id, ordinal, text). Out: measure_id, document_id, ordinal, place (order within
    the paragraph), charge
    (the phrase without its bracket), first_leads (from here on the first named leads); in reading order.
    """
    folded = (
        paragraphs.select("measure_id", "document_id", "ordinal", "text", below=neighbour(pl.col("text"), -1, "measure_id").fill_null(""))
        .filter(pl.col("text").str.contains(_MAY_CHARGE))
        .with_columns(pl.col("text", "below").str.replace_many(list(_BRACKETS), list(_BRACKETS.values())))
        .with_columns(text=_append_names())
        .filter(pl.col("text").str.contains(rf"\(|{LABEL}"))
        .drop("below")
    )
    end = text_where(pl.col("text").str.contains(":", literal=True)).str.extract(_LABELLED_END, 1)
    is_end = end.is_not_null() & ~(end.str.starts_with("(") & (end.str.count_matches(r"\)") >= end.str.count_matches(r"\(")))
    split = folded.with_columns(end=pl.when(is_end).then(end)).with_columns(
        text=pl.when(pl.col("end").is_not_null()).then(pl.col("text").str.strip_suffix(pl.col("end"))).otherwise("text")
    )
    ends = split.filter(pl.col("end").is_not_null()).select(
        "measure_id", "document_id", "ordinal", place=pl.lit(10_000, dtype=pl.UInt32), charge=_first_sentence("end")
    )
    charges = pl.concat([_find_brackets(split), ends]).sort("document_id", "ordinal", "place", maintain_order=True)
    return charges.with_columns(
        first_leads=pl.col("charge").str.contains(FIRST_LEADS), charge=pl.col("charge").str.replace_all(FIRST_LEADS, "")
    )


def _append_names() -> pl.Expr:
    """Put the names on the line below a bare label (责任单位:) behind it."""
    text = pl.col("text")
    is_bare = text_where(text.str.ends_with(":")).str.contains(rf"(?:^|[。;)\s]){LABEL}$")
    return pl.when(is_bare).then(pl.concat_str(text, "below")).otherwise(text)


def _first_sentence(column: str) -> pl.Expr:
    """Cut a labelled end of line at its first full stop."""
    return pl.col(column).str.extract(r"^\(?([^。]+)")


def _find_brackets(split: pl.DataFrame) -> pl.DataFrame:
    """List the brackets that name agencies."""
    pieces = (
        split.select("measure_id", "document_id", "ordinal", piece=pl.col("text").str.extract_all(rf"{_BRACKET}|[^(]+|\("))
        .explode("piece")
        .with_columns(place=pl.int_range(pl.len(), dtype=pl.UInt32).over("measure_id", "ordinal"))
        .with_columns(
            before=pl.col("piece").shift(1).over("measure_id", "ordinal").fill_null("。"),
            after=pl.col("piece").shift(-1).over("measure_id", "ordinal").fill_null(""),
        )
        .filter(pl.col("piece").str.contains(r"^\(.+\)$"))
        .with_columns(charge=pl.col("piece").str.slice(1, pl.col("piece").str.len_chars() - 2).str.strip_chars())
    )
    return pieces.filter(_names_agencies()).select("measure_id", "document_id", "ordinal", "place", "charge")


def _names_agencies() -> pl.Expr:
    """Tell brackets of agencies from explanations: by a label, by words of charge at the end, or by where they stand and how all
    their names end."""
    charge = pl.col("charge").str.replace_all(FIRST_LEADS, "").str.replace_all(_INNER, "")
    names = charge.str.extract_all(r"[^、,;/\s]+")
    is_explanation = charge.str.contains(_NO_AGENCIES) | charge.str.contains(r"[《》“”\d%]")
    has_label = charge.str.contains(rf"(?:^|[,;。、\s]){LABEL}")
    in_charge = charge.str.contains(_ENDS_IN_CHARGE) & names.list.eval(pl.element().str.contains(rf"(?:{_BODY_ENDS}|地)")).list.any()
    ends_well = names.list.eval(pl.element().str.contains(rf"{_ENDS_LIKE_AGENCY}|等$|^(?:各|有关|相关)?(?:市|县|区|州)+$")).list.all()
    stands_well = pl.col("before").str.contains(r"[。;!?”)]\s*$")
    ends_text = pl.col("after").str.contains(r"^[。;]?\s*$")
    reads_well = names.list.eval(pl.element().str.contains(_STANDS_LIKE_AGENCY)).list.any() & (charge.str.len_chars() >= 3)
    is_bare_list = ends_well & reads_well & (stands_well | ends_text) & (names.list.len() > 0)
    return (has_label | (~is_explanation & (in_charge | is_bare_list))).fill_null(value=False)
