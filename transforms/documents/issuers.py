"""Titles, signatures and opening sentences in; who issued the document, as evidence rows, out.

Each finder reads one place where documents name their issuer (GB/T 9704 发文机关标志, 署名); ranks say how far each is to be believed.
"""

from __future__ import annotations

import polars as pl

from transforms.documents.bodies import ORG_END
from transforms.documents.dates import DATE
from transforms.documents.labels import EVIDENCE
from transforms.line_shapes import without_spaces
from transforms.neighbours import neighbour

_ACT = "关于|印发|转发|批转|公布|发布|颁布|公告|通告|贯彻|落实|实施|令"
# What a sentence has that ends in a body's name, and no body's name: 为贯彻落实国务院…, 某某诉市人民政府.
_SENTENCE = r"^(?:为|根据|按照|依据|依照|遵照|关于|贯彻|落实|现将|经[^济贸]|请|将|对|据)|诉[^讼]"
_NAMED_DIVISION = r"^(?:[\p{Han}]{2,}[省市区县州盟旗])$"
_CONGRESS = r"(?:[\p{Han}]{2,20}第|第)[\p{Han}\d]{1,4}届(?:全国)?人民代表大会"
_ORG = rf"[\p{{Han}}()、,]{{0,60}}?{ORG_END}"


def find_title_issuers(titles: pl.DataFrame) -> pl.DataFrame:
    """Read the issuer off the head of titles: X关于…, X印发…, X令, X2020年…要点."""
    shown = pl.col("shown").str.replace_all(r"\s+", "、")
    acts = shown.str.extract(rf"^({_ORG})(?:等[\p{{Han}}\d]{{0,6}}(?:部门|单位))?、?(?:{_ACT})")
    of_year = shown.str.extract(rf"^({_ORG})、?(?:(?:19|20)\d\d(?:年|[-—])|“?十[一二三四五六]五|二〇[\p{{Han}}〇]{{2}}年)")
    after_year = shown.str.extract(
        r"^(?:19|20)\d\d年度?([\p{Han}]{3,30}?(?:厅|局|委员会|办公室|党组))[\p{Han}]{0,12}(?:要点|计划|总结|安排)$"
    )
    rows = titles.sort("source_id", "ordinal")
    return pl.concat(
        [
            _evidence(rows, pl.col("title").str.extract(rf"^([\p{{Han}}]{{0,30}}?{ORG_END})令(?:\(|第|$)"), 4, "order_title"),
            _evidence(rows, acts, 3, "title_head"),
            _evidence(rows, shown.str.extract(rf"^({_ORG})(?:近日|日前|联合)?(?:印发|发布|出台)《"), 3, "title_announces"),
            _evidence(rows, of_year, 6, "title_head_of_year"),
            _evidence(rows, after_year, 6, "title_after_year"),
            _evidence(rows, pl.col("title").str.extract(r"^([\p{Han}]{2,20}人民政府(?:办公厅|办公室)?)"), 7, "title_of_government"),
        ]
    )


def find_signatures(paragraphs: pl.DataFrame) -> pl.DataFrame:
    """Read the bodies that signed: the first run of signature paragraphs, dates and persons set aside, several joined by 、."""
    body = pl.col("text").str.replace_all(DATE, " ").str.replace_all(r"\((?:印章|公章|章|盖章|代章)\)", "").str.strip_chars(" ,;")
    is_spaced_out = body.str.contains(r"^(?:\p{Han}\s+)+\p{Han}$")
    signed = (
        paragraphs.filter(pl.col("role") == "signature")
        .with_columns(value=body.str.replace_all(r"\s+", pl.when(is_spaced_out).then(pl.lit("")).otherwise(pl.lit("、"))))
        .filter(pl.col("value").str.contains(rf"^[\p{{Han}}、()]{{0,60}}{ORG_END}$"))
        .sort("source_id", "ordinal")
    )
    in_first_run = (pl.col("first_line") - pl.col("first_line").min().over("source_id")) <= 20
    joint = (
        signed.filter(in_first_run)
        .unique(["source_id", "value"], keep="first", maintain_order=True)
        .group_by("source_id", maintain_order=True)
        .agg(pl.col("value").str.join("、"), pl.col("first_line").first())
    )
    return _evidence(joint, pl.col("value"), 2, "signature")


def find_adopting_bodies(head: pl.DataFrame) -> pl.DataFrame:
    """Read who adopted or promulgated a law off the lines under its title, and whose work a report to a congress reports on.

    In: head (source_id, line_no, role, text, squeezed, is_report). A congress's standing committee adopts (…第十六次会议通过); an order
    names its body (国务院令第592号公布); a government's report says before which congress it was given (在云南省第十四届人民代表大会…).
    """
    text = pl.col("squeezed")
    congress = text.str.extract(
        r"(?:日,?在|日|在|由|,|^)((?:第[\p{Han}]{1,5}届)?[\p{Han}]{0,20}?)(?:第[\p{Han}\d]{1,5}届)?(?:全国)?人民代表大会"
    )
    adopted = text.str.extract(rf"日({_CONGRESS}(?:常务委员会)?)第[\p{{Han}}\d]{{1,5}}次会议(?:审议)?(?:通过|修正|修订|修改|《|关于|批准)")
    nation = adopted.str.contains("全国人民代表大会")
    of_nation = (
        pl.when(nation & adopted.str.contains("常务委员会"))
        .then(pl.lit("全国人民代表大会常务委员会"))
        .when(nation)
        .then(pl.lit("全国人民代表大会"))
    )
    of_place = adopted.str.replace(r"第[\p{Han}\d]{1,4}届", "")
    ordered = text.str.extract(r"日([\p{Han}、]{2,40}?)令(?:第|\(第|[\d〔\[])")
    council = pl.when(text.str.contains(r"日国务院第\d+次常务会议(?:修订)?通过")).then(pl.lit("国务院"))
    court = text.str.extract(r"日(最高人民(?:法院|检察院))(?:审判委员会|检察委员会|第|公告)")
    dated = head.filter(text.str.contains("日", literal=True)).filter(text.str.contains_any(["令", "会议", "最高人民"]))
    headed = head.filter(text.str.ends_with("文件"))
    reports = head.filter("is_report")
    government = pl.when(congress.str.contains(_NAMED_DIVISION)).then(pl.concat_str(congress, pl.lit("人民政府")))
    spoken = text.str.extract(r"代表([\p{Han}]{2,20}?人民政府),?(?:向|作)")
    return pl.concat(
        [
            _evidence(dated, pl.coalesce(ordered, council, court, of_nation, of_place), 5, "adoption_line"),
            _evidence(headed, text.str.extract(rf"^([\p{{Han}}]{{0,40}}{ORG_END})文件$"), 3, "red_header"),
            _evidence(
                reports, pl.when(spoken.str.strip_suffix("人民政府").str.contains(_NAMED_DIVISION)).then(spoken), 4, "report_speaker"
            ),
            _evidence(reports, government, 5, "report_congress"),
        ]
    )


def find_bodies_under_titles(lines: pl.DataFrame, chosen_titles: pl.DataFrame) -> pl.DataFrame:
    """Read the body whose name alone stands right under the title, as on older law sites, whatever role the line was given."""
    body = pl.col("text").str.replace_all(" +", "、")
    under = (
        lines.select("source_id", "line_no", "text", above=neighbour(pl.col("text"), 1, "source_no"))
        .join(chosen_titles.select("source_id", "title"), on="source_id", maintain_order="left")
        .filter(without_spaces(pl.col("above")) == pl.col("title"))
        .filter(body.str.contains(rf"^[\p{{Han}}、]{{0,60}}{ORG_END}$"))
    )
    return _evidence(under, body, 6, "body_under_title")


def find_announced_issuers(paragraphs: pl.DataFrame, chosen_titles: pl.DataFrame) -> pl.DataFrame:
    """Read who put the document out off its first sentences: 日前,X印发了《…》, where 《…》 is this document."""
    first_words = r"^(?:日前|近日|近期|最近|今天|昨天)+"
    opening = (
        paragraphs.filter(pl.col("role") == "body")
        .join(chosen_titles.drop("source_id"), on="document_id", maintain_order="left")
        .filter(pl.int_range(pl.len()).over("document_id") < 3)
        .with_columns(without_spaces(pl.col("text")))
    )
    announced = opening.with_columns(
        clause=pl.col("text").str.extract(r"([^,。;:]*?(?:联合)?(?:正式)?(?:印发|发布|出台|下发|公布)了?《[^《》]+》)"),
    )
    names_it = pl.col("clause").str.contains(pl.coalesce("plan_title", "title"), literal=True).fill_null(value=False)
    body = pl.col("clause").str.replace(first_words, "").str.extract(rf"^({_ORG})(?:联合)?(?:正式|日前|近日)?(?:印发|发布|出台|下发|公布)")
    reported = pl.col("text").str.extract(rf"^[^。]{{0,16}}?据({_ORG})(?:官网|网站)?(?:消息|网站消息|公告|通知)")
    return pl.concat(
        [
            _evidence(announced.filter(names_it), body, 8, "announcement"),
            _evidence(announced, reported, 9, "news_source"),
        ]
    )


def _evidence(rows: pl.DataFrame, value: pl.Expr, rank: int, rule: str) -> pl.DataFrame:
    line_no = "line_no" if "line_no" in rows.columns else "first_line"
    return (
        rows.with_columns(
            line_no=pl.col(line_no).cast(pl.Int32),
            field=pl.lit("issuer"),
            value=value.str.strip_chars("、, ").str.replace(r"^第[\p{Han}\d]{1,4}届", ""),
            rank=pl.lit(rank, pl.Int32),
            rule=pl.lit(rule),
        )
        .filter(pl.col("value").str.len_chars() >= 3, ~pl.col("value").str.contains(_SENTENCE))
        .select(EVIDENCE.keys())
    )
