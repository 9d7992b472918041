"""Phrases of charge in; the names in them and the part each plays out.

The idea: mark where a name ends that holds separators itself (各市、县(市、区)政府), cut at labels, then at separators, and let a
word of charge speak for all names before it (甲、乙牵头,丙配合).
"""

from __future__ import annotations

import polars as pl

from transforms.agencies.charges import LABEL, RUN_ON_LABEL

_KEPT = {"、": "\ue001", ",": "\ue002", ";": "\ue003"}  # separators inside a name, out of the way while names are cut
_CUT = "\ue010"
_PLACE = r"(?:设区的?市|设区市|地级市|市州|县市|省|自治区|直辖市|自治州|州|地区|盟|市|县|区|旗|乡镇|镇|乡|街道)"
_PLACES = rf"(?:{_PLACE}[{_KEPT['、']}])*{_PLACE}(?:\([^()]*\))?"
_NEXT_PLACE = r"(?:各)?(?:县|区|旗|自治|直辖|州|盟|乡|镇|街道)|市(?:[(、]|人民政府|政府)"
_PLACE_LIST = rf"(^|[、,;:\s{_CUT}])((?:各|有关|相关|全省各|全市各)?(?:省|市|县)?(?:各|有关|相关)?{_PLACES})、({_NEXT_PLACE})"
_JOINED = (
    r"(部|委|局|厅|办|办公室|署|政府|单位|集团|公司)(?:和|及|以及|与|会同|联合)"
    r"([^、,;]{1,}?(?:部|委|局|厅|办|署|政府|委员会|中心|银行|分行|管委会|公司))"
)
_SHARED = (
    r"(?:按(?:照)?(?:各自)?职[责能](?:任务)?(?:分工)?|根据职责(?:分工)?|按(?:照)?分工|分别|共同|联合|具体|组织|积极|密切|予以|统筹|全面)*"
)
_DUTY = (
    r"(牵头(?:负责|落实|组织|抓总|推进|实施)?|主办|分工负责|负责(?:落实|组织实施|组织|实施|牵头|制定|指导)?|配合(?:落实|实施|做好)?|协助|协办|参与"
    r"|参加|协同(?:推进|配合|落实)?|落实|组织实施|实施|承办)"
)
_OTHERS = (
    r"等(?:各|多|省直|市直|区直|县直|省级|市级|中央|国务院)?(?:相关|有关|责任|成员|职能|行业|主管|业务|涉及|牵头)*"
    r"(?:部门|单位|部委|机构|厅局|委办局|地区|地方|处室|企业|各方|和)*$"
)
_LONGEST = 32  # characters: the longest names of bodies in the gold plans have 22


def split_charges(charges: pl.DataFrame) -> pl.DataFrame:
    """Split phrases of charge into names.

    In: what `find_charges` gives, in reading order. Out: measure_id, document_id, name (as written, without 等 and words of charge),
    role (lead, responsible, supporting),
    one row a name in reading order. Once a document says that the first named leads, it does in every phrase from there on that names
    no other lead.
    """
    segments = (
        charges.with_columns(
            charge_no=pl.int_range(pl.len()), first_leads=pl.col("first_leads").cast(pl.Int8).cum_max().over("document_id") == 1
        )
        .with_columns(segment=_cut_at_labels(_protect(pl.col("charge"))))
        .explode("segment")
        .with_columns(segment_no=pl.int_range(pl.len()), label=pl.col("segment").str.extract(r"^\s*([^:、,;()]{2,12}?)\s*:"))
        .with_columns(rest=pl.when(pl.col("label").is_not_null()).then(pl.col("segment").str.replace(r"^[^:]*:", "")).otherwise("segment"))
        .filter(pl.col("label").is_null() | pl.col("label").str.contains(rf"^{LABEL[:-1]}$"))
    )
    named = (
        segments.with_columns(
            name=pl.col("rest")
            .str.replace_all(_JOINED, "${1}、${2}")
            .str.replace_all(_JOINED, "${1}、${2}")
            .str.extract_all(r"[^、,;。/\s]+")
        )
        .explode("name")
        .filter(pl.col("name").is_not_null())
        .with_columns(name=_restore(pl.col("name")))
        .pipe(_read_duties)
    )
    is_first = pl.int_range(pl.len()).over("charge_no") == 0
    no_lead = ~(pl.col("role") == "lead").any().over("charge_no")
    kept = named.filter(_is_name())
    return kept.with_columns(role=pl.when(is_first & no_lead & pl.col("first_leads")).then(pl.lit("lead")).otherwise("role")).select(
        "measure_id", "document_id", "name", "role"
    )


def _protect(charge: pl.Expr) -> pl.Expr:
    """Put separators out of the way that stand within a name: in brackets, and between places that share one word (各市、县政府)."""
    for mark, kept in _KEPT.items():
        for _ in range(6):
            charge = charge.str.replace_all(rf"(\([^()]*){mark}([^()]*\))", f"${{1}}{kept}${{2}}")
    for _ in range(4):
        charge = charge.str.replace_all(_PLACE_LIST, f"${{1}}${{2}}{_KEPT['、']}${{3}}")
    return charge


def _restore(name: pl.Expr) -> pl.Expr:
    """Put protected separators back."""
    return name.str.replace_many(list(_KEPT.values()), list(_KEPT)).str.strip_chars(" 。.")


def _cut_at_labels(charge: pl.Expr) -> pl.Expr:
    """Cut before each label; a label of something else (完成时限:) ends the names before it too."""
    parted = charge.str.replace_all(RUN_ON_LABEL, "${1},${2}")
    return parted.str.replace_all(rf"(^|[,;。、\s])\s*({LABEL}|[一-龥]{{2,8}}\s*:)", f"{_CUT}${{2}}").str.split(_CUT)


def _read_duties(named: pl.DataFrame) -> pl.DataFrame:
    """Take the words of charge off the names and let each speak for the names before it; the label speaks for the rest."""
    bracketed = pl.col("name").str.extract(r"\((牵头|主办|主责|配合|协办|参与|协助)(?:单位|部门)?\)$")
    bare = (
        pl.col("name")
        .str.replace(r"\((?:牵头|主办|主责|配合|协办|参与|协助)(?:单位|部门)?\)$", "")
        .str.replace(r"^(?:由|请|以|会同|并)", "")
    )
    with_duty = rf"^(.*?){_SHARED}{_DUTY}$"
    read = named.with_columns(
        own=pl.coalesce(bracketed, bare.str.extract(with_duty, 2)), name=pl.coalesce(bare.str.extract(with_duty, 1), bare)
    )
    spoken = pl.when(bracketed.is_null()).then("own").backward_fill().over("segment_no")
    role = pl.coalesce(
        _role_of(pl.coalesce(bracketed, spoken)).replace("responsible", None), _role_of(pl.col("label")), pl.lit("responsible")
    )
    clean = pl.col("name").str.replace(rf"{_SHARED}$", "").str.replace(_OTHERS, "").str.strip_chars(" :")
    return read.with_columns(role=role).with_columns(name=clean)


def _role_of(words: pl.Expr) -> pl.Expr:
    """Tell the role that words of charge give."""
    return (
        pl.when(words.str.contains("牵头|主办|主责"))
        .then(pl.lit("lead"))
        .when(words.str.contains("配合|协助|协办|协同|参与|参加|支持"))
        .then(pl.lit("supporting"))
        .when(words.is_not_null())
        .then(pl.lit("responsible"))
    )


def _is_name() -> pl.Expr:
    """Tell a name from what is left of a sentence."""
    name = pl.col("name")
    is_whole = name.str.count_matches(r"\(") == name.str.count_matches(r"\)")
    return (
        name.str.len_chars().is_between(2, _LONGEST) & ~name.str.contains(r"[《》“”:\d%?!]|^(?:下同|以下简称|等|完成|长期|持续)") & is_whole
    )
