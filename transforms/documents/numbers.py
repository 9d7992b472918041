"""Text in, document numbers (发文字号) out.

A number is an agency's code, the year in brackets and a serial (辽科发〔2020〕6号), or an order's serial (…令第16号); brackets are
folded to 〔〕 as GB/T 9704 has them.
"""

from __future__ import annotations

import polars as pl

CODE_NUMBER = r"[\p{Han}A-Za-z]{1,16}(?:字|发|办|函)?\s*[〔\[(﹝［【<《]\s*(?:19|20)[0-9]{2}\s*[〕\])﹞］】>》]\s*(?:第\s*)?[0-9]{1,5}\s*号"
SERIAL = r"(?:(?:19|20)[0-9]{2}\s*年\s*)?第?\s*[0-9〇一二三四五六七八九十百]{1,6}\s*号"
ORDER_NUMBER = rf"[\p{{Han}}]{{2,30}}(?:令|公告)\s*[(]?\s*{SERIAL}"
_OPENING, _CLOSING = r"[\[(﹝［【<《]", r"[\])﹞］】>》]"


def fold_number(text: pl.Expr) -> pl.Expr:
    """Give the first document number in `text` without spaces and with 〔〕 about its year; null where there is none."""
    code = text.str.extract(rf"({CODE_NUMBER})")
    code = pl.when(~code.str.contains(r"^(?:[\p{Han}]*(?:转发|关于|印发|根据|贯彻|落实|执行|按照|废止))")).then(code)
    order = text.str.extract(rf"({ORDER_NUMBER})").str.replace_all(r"[()\s]", "")
    folded = code.str.replace_all(r"\s", "").str.replace(_OPENING, "〔").str.replace(_CLOSING, "〕")
    return pl.coalesce(folded, order)
