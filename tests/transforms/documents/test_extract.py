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


def test_national_law_card_in_a_table_names_the_notice():
    found = describe("""
    metadata 索 引 号: | WA1304001-2024-002 | 主题分类: | 区政府 |
    metadata 发布机构: | 区政府办公室 | 发文日期: | 2024-10-10 |
    metadata 名 称: | 上海市嘉定区人民政府办公室关于转发《嘉定区绿道建设实施方案》的通知 | ||
    metadata 文 号: | 嘉府办发〔2024〕23号 | 公开类型: | 主动公开 |
    recipients 各镇人民政府,街道办事处:
    body 《嘉定区绿道建设实施方案》已经区政府同意,现转发给你们。
    signature 上海市嘉定区人民政府办公室
    date 2024年10月10日
    title 嘉定区绿道建设实施方案
    body 制定本方案。
    """)
    assert found["title"] == "上海市嘉定区人民政府办公室关于转发《嘉定区绿道建设实施方案》的通知"
    assert found["plan_title"] == "嘉定区绿道建设实施方案"
    assert (found["document_number"], found["issued_on"]) == ("嘉府办发〔2024〕23号", "2024-10-10")
    assert (found["region_name"], found["issuer"]) == ("嘉定区", "上海市嘉定区人民政府办公室")


def test_statements_that_run_together():
    found = describe("""
    title 某县2022年工作要点
    metadata 发布者:办公室发布时间:2022-03-17浏览次数:1234
    body 正文。
    """)
    assert (found["publisher"], found["published_on"]) == ("办公室", "2022-03-17")


def test_empty_labels_take_nothing_from_the_next_label_or_the_title():
    found = describe("""
    metadata 【来源】
    metadata 【作者】:
    metadata 生效日期:
    metadata 文 号:
    title 关于开展检查的通知
    body 请开展检查。
    """)
    assert (found["publisher"], found["effective_on"], found["document_number"]) == (None, None, None)


def test_title_gives_up_its_number_site_and_brackets():
    found = describe("""
    title 冀科发〔2020〕6号关于印发2020年度全省科技工作要点的通知_河北省科学技术厅
    recipients 各市科技局:
    body 现印发给你们。
    signature 河北省科学技术厅
    date 2020年2月25日
    title 《2020年度全省科技工作要点》
    body 总体要求。
    """)
    assert found["title"] == "关于印发2020年度全省科技工作要点的通知"
    assert (found["plan_title"], found["plan_year"], found["kind"]) == ("2020年度全省科技工作要点", 2020, "要点")
    assert (found["document_number"], found["publisher"]) == ("冀科发〔2020〕6号", "河北省科学技术厅")


def test_hyphens_inside_a_title_are_no_site():
    assert describe("title 科技-金融结合行动计划(2021-2023年)\nbody 正文。")["title"] == "科技-金融结合行动计划(2021-2023年)"


def test_order_that_puts_rules_in_force():
    found = describe("""
    title 佛山市人民政府令
    metadata (第16号)
    body 《佛山市公园管理办法》已经2020年4月29日市人民政府常务会议审议通过,现予公布,自2020年6月15日起施行。
    signature 市长 某某某
    date 2020年5月15日
    title 佛山市公园管理办法
    body 第一条 制定本办法。《某条例》自2019年1月1日起施行。
    """)
    assert (found["title"], found["plan_title"], found["kind"]) == ("佛山市公园管理办法", "佛山市公园管理办法", "办法")
    assert (found["issuer"], found["document_number"]) == ("佛山市人民政府", "佛山市人民政府令第16号")
    assert (found["issued_on"], found["effective_on"], found["published_on"]) == ("2020-05-15", "2020-06-15", None)


def test_joint_notice_signed_by_several():
    found = describe("""
    title 工业和信息化部 国家发展改革委 财政部关于印发《工业能效提升行动计划》的通知
    body 现印发给你们。
    signature 工业和信息化部  国家发展改革委
    signature 财政部
    date 2022年6月23日
    """)
    assert found["title"] == "工业和信息化部 国家发展改革委 财政部关于印发《工业能效提升行动计划》的通知"
    assert (found["issuer"], found["region_name"]) == ("工业和信息化部、国家发展改革委、财政部", "中国")


def test_days_of_signing_off_and_of_publication_are_told_apart():
    found = describe("""
    title 科学技术部关于发布重点专项2018年度项目申报指南的通知
    body 现予以发布。
    signature 科 技 部
    date 2018年7月30日签发
    date 2018年8月3日发布
    """)
    assert (found["issued_on"], found["published_on"]) == ("2018-07-30", "2018-08-03")


def test_local_regulation_is_of_the_congress_that_adopted_it():
    found = describe("""
    title 苏州市古城墙保护条例
    metadata (2017年10月25日苏州市第十六届人民代表大会常务委员会第七次会议通过
    metadata+ 2017年12月2日江苏省第十二届人民代表大会常务委员会第三十三次会议批准)
    body 第一条 制定本条例。
    body 第三十条 本条例自2018年3月1日起施行。
    """)
    assert (found["issuer"], found["region_name"]) == ("苏州市人民代表大会常务委员会", "苏州市")
    assert (found["issued_on"], found["effective_on"]) == ("2017-10-25", "2018-03-01")


def test_law_keeps_its_day_where_single_articles_were_amended_later():
    found = describe("""
    title 中华人民共和国著作权法
    metadata 1990年9月7日第七届全国人民代表大会常务委员会第十五次会议通过
    metadata 根据2020年11月11日第十三届全国人民代表大会常务委员会第二十三次会议《关于修改〈中华人民共和国著作权法〉的决定》第三次修正
    body 第一条 制定本法。
    body 第六十七条 本法自1991年6月1日起施行。
    """)
    assert (found["issuer"], found["issued_on"], found["effective_on"]) == ("全国人民代表大会常务委员会", "1990-09-07", "1991-06-01")


def test_work_report_is_the_governments():
    found = describe("""
    title 政 府 工 作 报 告
    metadata ——2026年1月27日在荆州市第六届人民代表大会
    metadata+ 第五次会议上
    metadata 荆州市市长 某某
    recipients 各位代表:
    body 现在,我代表市人民政府,向大会报告工作,请予审议。
    """)
    assert (found["title"], found["issuer"], found["issued_on"]) == ("政府工作报告", "荆州市人民政府", "2026-01-27")
    assert (found["kind"], found["plan_year"], found["region_code"]) == ("报告", 2026, "421000")


def test_unsigned_plan_announced_in_its_first_sentence():
    found = describe("""
    title 《2020年数字经济工作要点》
    metadata 来源:某某网      浏览量:1413      日期:2020-04-28
    body 日前,贵州省大数据发展领导小组办公室发布了《2020年数字经济工作要点》,现将全文发布。
    title 2020年数字经济工作要点
    body 全省要抓好落实。
    """)
    assert (found["issuer"], found["region_name"]) == ("贵州省大数据发展领导小组办公室", "贵州省")
    assert (found["publisher"], found["published_on"]) == ("某某网", "2020-04-28")


def test_short_signature_is_written_out_with_its_division():
    found = describe("""
    recipients 各县(市、区)科技局:
    body 现将《2020年度全市科技工作要点》印发给你们,请结合实际抓好落实,邯郸市将组织检查。
    signature 市科技局
    date 2020年3月9日
    title 2020年度全市科技工作要点
    body 全市科技工作要紧紧围绕市委、市政府部署,建设创新邯郸。
    """)
    assert (found["issuer"], found["region_name"]) == ("邯郸市科技局", "邯郸市")


def test_attachments_title_is_not_the_documents():
    found = describe("""
    recipients 各有关单位:
    body 现开展申报。
    body 一、申报条件。
    body 二、申报时间。
    body 三、申报材料。
    attachment 附件:项目申报书
    title 项目申报书
    body 项目名称
    """)
    assert (found["title"], found["plan_title"]) == (None, None)


def test_notice_that_prints_something_named_after_another_text():
    found = describe("""
    title 山西省人民政府办公厅关于印发山西省贯彻落实《促进中部地区崛起规划》工作方案的通知
    body 现印发给你们。
    """)
    assert found["plan_title"] == "山西省贯彻落实《促进中部地区崛起规划》工作方案"


def test_the_bodys_own_day_is_not_the_deadline_or_another_texts():
    found = describe("""
    title 关于开展申报的通知
    metadata 截止时间:2021-06-30 17:00
    metadata 废止时间: 2025-01-23
    body 《某条例》自2021年1月1日起施行后,请各单位于2021年6月30日前申报。
    """)
    assert (found["published_on"], found["issued_on"], found["effective_on"]) == (None, None, None)


def test_canonical_stands_for_itself_and_text_is_the_paragraphs():
    found = describe("title 通知\nchrome 打印\nbody 甲\nbody+ 乙\nbody 丙")
    assert found["text"] == "通知\n甲乙\n丙"
    assert found["n_chars"] == 7
    assert found["is_canonical"]
    assert found["canonical_document_id"] == found["document_id"]


def test_regulation_revised_as_a_whole_has_the_days_of_its_last_order():
    found = describe("""
    title 中华人民共和国政府信息公开条例
    metadata 2007年4月5日 中华人民共和国国务院令第492号公布
    metadata 2019年4月3日 中华人民共和国国务院令第711号修订
    body 第一条 制定本条例。
    body 第五十六条 本条例自2019年5月15日起施行。
    """)
    assert (found["issuer"], found["document_number"]) == ("中华人民共和国国务院", "中华人民共和国国务院令第711号")
    assert (found["published_on"], found["effective_on"]) == ("2019-04-03", "2019-05-15")
