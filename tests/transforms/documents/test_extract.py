"""Invented pages of many kinds of sites: each fact comes from where the page states it, and what it does not say is null."""

from __future__ import annotations

import polars as pl

from tests.transforms.documents.pages import describe, describe_lines, read_page
from transforms.documents.extract import DOCUMENT_COLUMNS

CATALOGUE = """
chrome 首页 > 政务公开 > 文件
metadata 索 引 号:
metadata 11370100/2021-00012
metadata 发文机关:
metadata 临沂市人民政府办公室
metadata 成文日期:
metadata 2021年03月05日
metadata 生效日期:
metadata 发文字号:
metadata 临政办发[2021]7号
metadata 发布日期: 2021-03-09 主题词:
title 临沂市人民政府办公室关于印发《临沂市养老服务三年行动方案(2021-2023年)》的通知
recipients 各县区人民政府,市政府各部门:
body 《临沂市养老服务三年行动方案(2021-2023年)》已经市政府同意,现印发给你们,请认真贯彻执行。
signature 临沂市人民政府办公室
date 2021年3月5日
title 临沂市养老服务三年行动方案
title+ (2021-2023年)
body 为加快发展养老服务,制定本方案。本方案自2021年4月1日起施行。
"""

LIBRARY = """
title 河北省水利厅关于公布水库名录的公告
metadata •【制定机关】河北省水利厅
metadata •【公布日期】2019.07.01
metadata •【字号】冀水公告(2019)3号
metadata •【施行日期】2019.08.01
body 现将水库名录予以公布。
"""


def test_disclosure_catalogue_with_values_on_the_next_line():
    found = describe(CATALOGUE)
    assert found["title"] == "临沂市人民政府办公室关于印发《临沂市养老服务三年行动方案(2021-2023年)》的通知"
    assert found["plan_title"] == "临沂市养老服务三年行动方案(2021-2023年)"
    assert (found["kind"], found["plan_year"]) == ("方案", 2021)
    assert (found["issuer"], found["document_number"]) == ("临沂市人民政府办公室", "临政办发〔2021〕7号")
    assert (found["issued_on"], found["published_on"], found["effective_on"]) == ("2021-03-05", "2021-03-09", "2021-04-01")
    assert (found["region_code"], found["region_name"], found["region_level"]) == ("371300", "临沂市", "city")
    assert found["publisher"] is None


def test_law_library_card():
    found = describe(LIBRARY)
    assert (found["issuer"], found["document_number"]) == ("河北省水利厅", "冀水公告〔2019〕3号")
    assert (found["issued_on"], found["published_on"], found["effective_on"]) == (None, "2019-07-01", "2019-08-01")
    assert (found["kind"], found["plan_title"]) == ("公告", None)


def test_schema_is_the_contracts_whatever_the_page():
    assert dict(describe_lines(read_page(LIBRARY)).schema) == DOCUMENT_COLUMNS
    assert dict(describe_lines(read_page("chrome 首页")).schema) == DOCUMENT_COLUMNS
    assert describe_lines(read_page("chrome 首页")).is_empty()


def test_documents_do_not_depend_on_their_shard():
    first, second = read_page(CATALOGUE, "a.txt"), read_page(LIBRARY, "b.txt")
    apart = pl.concat([describe_lines(first), describe_lines(second)]).sort("document_id")
    assert describe_lines(pl.concat([first, second])).equals(apart)
