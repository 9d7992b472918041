"""Text that looks like a site's frame and is not, and titles, letters and tables in forms that once misled the rules."""

from pathlib import Path

import polars as pl
import pytest

from tests.transforms.pages import lines_of
from transforms.roles import label_lines

LINE_RULES = pl.read_csv(Path(__file__).parents[3] / "seeds/reference/line_rules.csv")
BODY = "为深入实施创新驱动发展战略，加快创新型城市建设，结合本市实际，制定本办法，请各单位认真贯彻执行，抓好落实。"


def labelled(*page: str) -> pl.DataFrame:
    return label_lines(lines_of(list(page)), LINE_RULES)[0].filter(pl.col("text") != "")


def roles_of(*page: str) -> list[str]:
    return labelled(*page)["role"].to_list()


def joins_of(*page: str) -> list[bool]:
    return labelled(*page)["joins_previous"].to_list()


def test_rows_of_a_table_below_the_last_sentence_are_text_and_its_rule_is_not() -> None:
    page = ["# 罪名的补充规定", BODY, "| 刑法条文 | 罪名 |", "| --- | --- |", "| 第201条 | 逃税罪 |", "| 第226条 | 强迫交易罪 |"]
    assert roles_of(*page) == ["title", "body", "body", "chrome", "body", "body"]


def test_cells_are_text_and_tags_alone_are_not() -> None:
    page = ["某市车船税额管理办法", BODY, "<table>", "<tr>", "<td>货车</td>", "<td>每吨16元至120元</td>", "</tr>", "</table>"]
    assert roles_of(*page) == ["title", "body", "chrome", "chrome", "body", "body", "chrome", "chrome"]


def test_cells_with_attributes_or_figures_alone_are_text_where_the_page_ends() -> None:
    page = ["某市资源税税目税率表", BODY, "<table>", "<tr>", '<td colspan="2">海盐</td>', "<td>2%-5%</td>", "</tr>", "</table>"]
    assert roles_of(*page) == ["title", "body", "chrome", "chrome", "body", "body", "chrome", "chrome"]


def test_a_date_and_a_series_above_the_text_are_no_frame_of_a_site() -> None:
    page = ["# 周某诉某公司合同纠纷案", "消费者权益保护典型案例", "最高人民法院发布", "2022-03-15", "## 基本案情", BODY]
    assert "chrome" not in roles_of(*page)


def test_marked_headings_are_headings_whatever_they_name() -> None:
    page = ["# 经营者未经许可不得将消费者信息用于商业宣传", "## 基本案情", BODY, "## 出席会议的有关领导小组", BODY]
    assert roles_of(*page) == ["title", "heading", "body", "heading", "body"]


@pytest.mark.parametrize(
    ("page", "roles", "joins"),
    [
        pytest.param(
            ["决胜全面建成小康社会", "夺取新的伟大胜利", "——在第十九次代表大会上的报告", "（2017年10月18日）", "同志们：", BODY],
            ["title", "title", "title", "metadata", "recipients", "body"],
            None,
            id="title above its subtitle",
        ),
        pytest.param(
            ["政府工作报", "告", "——2021年3月5日在某市第十三届人民代表大会第四次会议上", "某市市长", "李大为", "各位代表：", BODY],
            ["title", "title", "metadata", "metadata", "metadata", "recipients", "body"],
            [1],
            id="last character of the title cut off",
        ),
        pytest.param(
            ["智能网联汽车生产企业及产品准入", "管理指南（试行）", "（征求意见稿）", "第一条 " + BODY],
            ["title", "title", "title", "body"],
            [1, 2],
            id="version below a wrapped title",
        ),
        pytest.param(
            ["石化行业智能制造标准体系", "建设指南", "（2022 版）", "2022 年11月", "一、总体要求", BODY],
            ["title", "title", "title", "metadata", "heading", "body"],
            [1, 2],
            id="month below a wrapped title",
        ),
        pytest.param(
            ["车联网直连通信", "无线电设备技术要求", "一、工作频率范围", BODY],
            ["title", "title", "heading", "body"],
            [1],
            id="title without a kind of paper above the first number",
        ),
        pytest.param(
            ["省人民政府关于", "加快发展现代农业的意见", "各市人民政府：", BODY],
            ["title", "title", "recipients", "body"],
            [1],
            id="title cut after 关于",
        ),
        pytest.param(
            [
                "第一篇：",
                "某省办公厅关于加强高等学校",
                "毕业生就业工作的 通知 |",
                "浏览量:   时间:2016-01-17 23:45:19",
                "各市教育局：",
                BODY,
            ],
            ["chrome", "title", "title", "metadata", "recipients", "body"],
            [2],
            id="library page with a bar behind the title",
        ),
        pytest.param(
            ["JNCR—2022—0040001", "某市工业和信息化局", "某 市 公 安 局", "文件", "关于印发某某办法的通知", "各相关单位：", BODY],
            ["metadata", "metadata", "metadata", "metadata", "title", "recipients", "body"],
            [],
            id="red head of two issuers",
        ),
    ],
)
def test_titles_above_the_text(page: list[str], roles: list[str], joins: list[int] | None) -> None:
    assert roles_of(*page) == roles
    if joins is not None:
        assert [index for index, is_join in enumerate(joins_of(*page)) if is_join] == joins


@pytest.mark.parametrize(
    "addressee",
    ["北京工业大学：", "各煤矿安全监察分局，各矿业集团公司，各煤矿：", "各省老龄办，各有关涉老社会组织：", "各位代表！"],
)
def test_who_is_addressed_at_the_head_of_the_text(addressee: str) -> None:
    assert roles_of(addressee, BODY, "一、目标", BODY)[0] == "recipients"


def test_an_introduction_of_a_list_addresses_nobody() -> None:
    assert roles_of("各单位要做好如下工作：", BODY, BODY)[0] == "body"


@pytest.mark.parametrize(
    ("page", "wanted"),
    [
        pytest.param(
            ["（一）试点单位。", "某工业大学。", "（二）试点指导单位。", "运输服务司牵头，科技司、人事教育司配合。", "二、实施"],
            ["heading", "body", "heading", "body", "heading"],
            id="names with a stop above short and long paragraphs",
        ),
        pytest.param(
            ["7. 项目受理后，不能更改申报单位。" + BODY, "8. 具体要求，详见各重点专项的申报指南。", BODY, "四、申报"],
            ["body", "body", "body", "heading"],
            id="the last item of a list is a sentence",
        ),
        pytest.param(
            ["（一）指导思想。" + BODY, "（二）基本原则。", BODY, "二、主要目标", BODY],
            ["body", "heading", "body", "heading", "body"],
            id="a name below a run-in paragraph",
        ),
    ],
)
def test_headings_among_items(page: list[str], wanted: list[str]) -> None:
    assert roles_of("某市实施方案", "一、总体要求", *page)[2:] == wanted


def test_a_name_between_attachments_and_the_date_signs_the_paper() -> None:
    page = ["关于开展申报的通知", BODY, "附件：1.申报指南（含专家名单、形式审查条件要求）", "2.汇总表", "科 技 部", "2018年7月19日"]
    assert roles_of(*page)[2:] == ["attachment", "attachment", "signature", "date"]
