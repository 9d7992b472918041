"""Who is in charge: every form of bracket and label, and brackets that say something else."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.structure.pages import reference
from transforms.agencies.charges import find_charges
from transforms.agencies.names import split_charges


def named(*texts: str) -> list[tuple[str, str]]:
    """Read the names in a document whose measures are one paragraph each."""
    paragraphs = pl.DataFrame(
        {"measure_id": [f"m{n}" for n in range(len(texts))], "document_id": "d", "ordinal": range(len(texts)), "text": texts},
        schema_overrides={"ordinal": pl.Int32, "text": pl.String},
    )
    return split_charges(find_charges(paragraphs)).select("name", "role").rows()


def lead(*names: str) -> list[tuple[str, str]]:
    return [(name, "lead") for name in names]


def responsible(*names: str) -> list[tuple[str, str]]:
    return [(name, "responsible") for name in names]


def supporting(*names: str) -> list[tuple[str, str]]:
    return [(name, "supporting") for name in names]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("加快建设。(牵头处室:规划处;责任处室:高新处、信息处)", lead("规划处") + responsible("高新处", "信息处")),
        ("加快建设。(省科技厅、省财政厅)", responsible("省科技厅", "省财政厅")),
        ("加快建设。(省科技厅)。", responsible("省科技厅")),
        ("加快建设。(省大数据局牵头,各有关部门配合)", lead("省大数据局") + supporting("各有关部门")),
        ("加快建设。(牵头单位:省科技厅,责任单位:省教育厅等)", lead("省科技厅") + responsible("省教育厅")),
        ("加快建设。(省科技厅、省教育厅按职责分工负责)", responsible("省科技厅", "省教育厅")),
        ("加快建设。(商务部、海关总署等有关部门负责)", responsible("商务部", "海关总署")),
        ("加快建设。(教育部、财政部等有关部门和单位按职责分工负责)", responsible("教育部", "财政部")),
        ("加快建设。(教育部,各省级人民政府按职责分工负责)", responsible("教育部", "各省级人民政府")),
        ("加快建设。(省科技厅、各市、县(市、区)政府)", responsible("省科技厅", "各市、县(市、区)政府")),
        ("加快建设。(省财政厅,有关市、县(市、区)政府)", responsible("省财政厅", "有关市、县(市、区)政府")),
        ("加快建设。(各省、自治区、直辖市人民政府负责)", responsible("各省、自治区、直辖市人民政府")),
        ("加快建设。(工业和信息化部牵头,各地区、各部门负责)", lead("工业和信息化部") + responsible("各地区", "各部门")),
        ("加快建设。(省委和省政府负责)", responsible("省委", "省政府")),
        ("加快建设。(市住房和城乡建设局、市文化和旅游局)", responsible("市住房和城乡建设局", "市文化和旅游局")),
        ("加快建设。(省科技厅(牵头)、省教育厅)", lead("省科技厅") + responsible("省教育厅")),
        ("加快建设。【责任单位:市科技局】", responsible("市科技局")),
        ("责任单位:省科技厅、省财政厅", responsible("省科技厅", "省财政厅")),
        ("加快建设。牵头单位:省科技厅;配合单位:省财政厅。", lead("省科技厅") + supporting("省财政厅")),
        ("加快建设。(责任单位:省科技厅;完成时限:12月底)", responsible("省科技厅")),
        ("先建平台。(省发展改革委负责)再建网络。(省财政厅负责)", responsible("省发展改革委", "省财政厅")),
        ("加快建设。(牵头单位:省科技厅", lead("省科技厅")),
        ("加快建设。(牵头单位:省科技厅责任单位:省财政厅)", lead("省科技厅") + responsible("省财政厅")),
        ("加快建设。(牵头单位:省科技厅 配合单位:各市、县政府)", lead("省科技厅") + supporting("各市、县政府")),
    ],
)
def test_names_and_parts(text: str, names: list[tuple[str, str]]) -> None:
    assert named(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "建设国家新一代人工智能创新发展试验区(以下简称试验区)。",
        "支持高校(山东大学、中国海洋大学)建设学科。",
        "落实《管理办法(试行)》(国发〔2019〕3号)。",
        "推进县(市、区)改革。",
        "加快建设科技企业孵化器(中心)。",
        "保障性租赁住房15万套(间)。",
        "做好2020年(含以前年度)工作。",
        "提升能力(包括数据中心、云平台)。",
    ],
)
def test_brackets_that_name_no_agencies(text: str) -> None:
    assert named(text) == []


def test_names_on_the_line_after_their_label() -> None:
    paragraphs = pl.DataFrame(
        {"measure_id": "m", "document_id": "d", "ordinal": [1, 2, 3], "text": ["1.加快建设。", "责任单位:", "省科技厅、省财政厅"]},
        schema_overrides={"ordinal": pl.Int32},
    )
    assert split_charges(find_charges(paragraphs)).select("name", "role").rows() == responsible("省科技厅", "省财政厅")


def test_the_first_named_leads_from_where_the_document_says_so() -> None:
    texts = (
        "加快建设。(财政部、教育部负责)",
        "加快建设。(税务总局、财政部负责,排在第一位的部门为牵头部门,下同)",
        "加快建设。(商务部、海关总署负责)",
        "加快建设。(商务部负责,列第一位者为牵头单位)",
    )
    wanted = [
        *responsible("财政部", "教育部"),
        *lead("税务总局"),
        *responsible("财政部"),
        *lead("商务部"),
        *responsible("海关总署"),
        *lead("商务部"),
    ]
    assert named(*texts) == wanted


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(sorted(set(reference("agencies").filter(pl.col("level") == "country")["alias"]))),
        min_size=1,
        max_size=6,
        unique=True,
    )
)
def test_any_list_of_known_bodies_is_read_back(bodies: list[str]) -> None:
    assert named(f"加快建设。({'、'.join(bodies)}负责)") == responsible(*bodies)
