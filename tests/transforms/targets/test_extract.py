"""Targets kept from plans, and numbers that are none."""

from collections.abc import Callable

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from transforms.targets import extract_targets


@pytest.fixture(scope="module")
def targets_of(units: pl.DataFrame, comparators: pl.DataFrame, target_rules: pl.DataFrame) -> Callable[..., pl.DataFrame]:
    def extract(*texts: str, title: str = "2020年科技工作要点", roles: list[str] | None = None) -> pl.DataFrame:
        documents = pl.DataFrame({"document_id": ["d"], "title": [title]})
        n = len(texts)
        paragraphs = pl.DataFrame(
            {
                "document_id": ["d"] * n,
                "paragraph_id": [f"d-p{i:04d}" for i in range(1, n + 1)],
                "ordinal": range(1, n + 1),
                "role": roles or ["body"] * n,
                "text": texts,
            },
            schema={"document_id": pl.String, "paragraph_id": pl.String, "ordinal": pl.Int32, "role": pl.String, "text": pl.String},
        )
        lines = paragraphs.select("paragraph_id", line_no=pl.col("ordinal").cast(pl.Int32), start_char=pl.lit(0, pl.Int32))
        return extract_targets(documents, paragraphs, lines, units=units, comparators=comparators, target_rules=target_rules)

    return extract


def test_a_target_has_all_its_parts(targets_of) -> None:
    row = targets_of("完善机制。到2025年,新增高新技术企业4000家以上。").to_dicts()
    assert row == [
        {
            "target_id": "d-t0001",
            "document_id": "d",
            "paragraph_id": "d-p0001",
            "measure_id": None,
            "line_no": 1,
            "quote": "新增高新技术企业4000家以上",
            "indicator": "高新技术企业",
            "comparator": ">=",
            "value_low": 4000.0,
            "value_high": None,
            "unit": "家",
            "basis": "increment",
            "target_year": 2025,
        }
    ]


@pytest.mark.parametrize(
    ("text", "unit", "indicator"),
    [
        ("新建30个体育公园。", "个", "体育公园"),
        ("选派20名校长。", "名", "校长"),
        ("建设5家园区。", "家", "园区"),
        ("形成50个人工智能产品。", "个", "人工智能产品"),
        ("打造20座城市书房。", "座", "城市书房"),
        ("组建20支队伍。", "支", "队伍"),
        ("支持20所有条件的学校。", "所", "有条件的学校"),
    ],
)
def test_a_measure_word_is_not_taken_for_the_start_of_another_word(targets_of, text: str, unit: str, indicator: str) -> None:
    assert targets_of(text).select("unit", "indicator").rows() == [(unit, indicator)]


def test_numbers_of_one_sentence_share_their_verb(targets_of) -> None:
    found = targets_of("新引进创新团队20个、海外工程师150名,发展100家创新型企业和10家上市企业。")
    assert found.select("indicator", "value_low").rows() == [("创新团队", 20), ("海外工程师", 150), ("创新型企业", 100), ("上市企业", 10)]


@pytest.mark.parametrize(
    "text",
    [
        "深入实施“1+3+N”行动和科技创新2030重大项目。",
        "对首次认定的企业给予最高30万元补助。",
        "2019年,全省已建成基地20个。",
        "第十二条建设单位应当在20个工作日内完成备案。",
        "围绕11条标志性产业链推进协同攻关。",
        "在3年内完成改革任务。",
        "申报单位推荐1名负责人,每个课题设1名联系人。",
        "对年产值达到3000万元以上或年出口额达到500万元以上、保持增长的企业,给予支持。",
        "按照附1至附2对每个场景建设方案及情况进行详细描述。",
        "改造后,整个工厂的产能提升了10%,经济效益明显。",
        "将三级指标归纳为26个控制项和43个一般项。",
        "建设系统,细分形成14个二级分类。",
        "实现5米远场识别。",
    ],
)
def test_other_numbers_are_no_targets(targets_of, text: str) -> None:
    assert targets_of(text).is_empty()


def test_a_look_back_holds_no_targets(targets_of) -> None:
    found = targets_of(
        "一、2025年工作回顾",
        "新增企业100家。",
        "二、2026年工作安排",
        "新增企业200家。",
        title="政府工作报告",
        roles=["heading", "body", "heading", "body"],
    )
    assert found["value_low"].to_list() == [200]


def test_statistics_hold_no_targets(targets_of) -> None:
    assert targets_of("全年新增企业100家,增长5%。", title="2022年国民经济和社会发展统计公报").is_empty()


def test_an_intermediate_year_is_no_bygone_year(targets_of) -> None:
    found = targets_of("2022年底前,新建基地20个。到2025年,建成基地30个。", title="科技创新规划(2021-2025年)")
    assert found.select("value_low", "target_year").rows() == [(20, 2022), (30, 2025)]


def test_a_plan_that_begins_this_year_is_no_year_aimed_at(targets_of) -> None:
    found = targets_of("今年是“十五五”开局之年。就业预期目标是:城镇新增就业20万人以上。", title="2026年工作要点")
    assert found["target_year"].to_list() == [2026]
    found = targets_of("到“十五五”末新增就业90万人。今年新增就业20万人。", title="2026年工作要点")
    assert found["target_year"].to_list() == [2030, 2026]


def test_what_grows_against_another_year_has_the_name_of_what_stands_before(targets_of) -> None:
    found = targets_of("今年拟安排水利投资20亿元,比去年增加3亿元。")
    assert found["indicator"].to_list() == ["水利投资", "水利投资"]


def test_change_from_one_value_to_another_is_one_target(targets_of) -> None:
    found = targets_of("到2025年,最低比例从77%提高到80%以上。")
    assert found.select("indicator", "comparator", "value_low").rows() == [("最低比例", ">=", 80)]


def test_a_comparison_by_points_names_what_is_compared(targets_of) -> None:
    row = targets_of("高新区主要经济指标增速力争高于全省平均增速3个百分点。").row(0, named=True)
    assert (row["indicator"], row["comparator"], row["unit"]) == ("高新区主要经济指标增速", ">", "百分点")


def test_a_document_is_read_the_same_in_any_company(units: pl.DataFrame, comparators: pl.DataFrame, target_rules: pl.DataFrame) -> None:
    texts = ["新增企业100家。", "2019年,新增企业100家,同比增长5%。", "围绕11条产业链,建设20个以上基地。"]
    n = len(texts)
    names = [f"d{i}" for i in range(n)]
    documents = pl.DataFrame({"document_id": names, "title": ["2020年工作要点"] * n})
    paragraphs = pl.DataFrame({"document_id": names, "paragraph_id": names, "ordinal": [1] * n, "role": ["body"] * n, "text": texts})
    lines = pl.DataFrame({"paragraph_id": names, "line_no": [1] * n, "start_char": [0] * n})

    def extract(keep: list[str]) -> pl.DataFrame:
        frames = [frame.filter(pl.col(frame.columns[0]).is_in(keep)) for frame in (documents, paragraphs, lines)]
        return extract_targets(*frames, units=units, comparators=comparators, target_rules=target_rules)

    alone = pl.concat([extract([name]) for name in names])
    assert extract(names).equals(alone)
    assert alone["value_low"].to_list() == [100, 20]


def test_every_target_quotes_its_paragraph(targets_of) -> None:
    text = "(一)到2022年,培育企业 30 家以上、独角兽3家左右,带动产业规模超万亿元;建成100个以上的“5G+工业互联网”场景。"
    found = targets_of(text)
    assert found.height == 4
    assert all(quote in text for quote in found["quote"])


WORDS = [
    "建设",
    "新增",
    "企业",
    "基地",
    "增长",
    "达到",
    "到2025年",
    ",",
    "。",
    "、",
    "和",
    "的",
    "20个",
    "3-5家",
    "10%",
    "以上",
    " ",
    "(",
    "“",
    "超万亿元",
    "从",
    "对",
]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.sampled_from(WORDS), max_size=14).map("".join), min_size=1, max_size=4))
def test_whatever_the_text_targets_keep_their_promises(targets_of, texts: list[str]) -> None:
    for row in targets_of(*texts).iter_rows(named=True):
        assert row["quote"] in texts[row["line_no"] - 1]
        assert (row["comparator"] == "range") == (row["value_high"] is not None)
        assert row["indicator"]
        assert row["basis"] in {"total", "increment", "growth_rate", "share"}


@pytest.mark.parametrize(
    "title", ["智能制造发展实施方案", "关于加快发展新兴产业的决定", "关于印发《三年行动计划》的通知", "政府工作报告", "执法监管若干意见"]
)
def test_plans_of_every_name_are_read(targets_of, title: str) -> None:
    assert targets_of("新增企业100家。", title=title)["value_low"].to_list() == [100]


@pytest.mark.parametrize("title", ["促进就业办法", "关于公布认定结果的通知", "中华人民共和国电子商务法", "第八批名单公示", "政策解读"])
def test_laws_and_notices_of_facts_are_not(targets_of, title: str) -> None:
    assert targets_of("新增企业100家。", title=title).is_empty()


def test_no_paragraphs_no_targets(targets_of) -> None:
    assert targets_of().is_empty()
