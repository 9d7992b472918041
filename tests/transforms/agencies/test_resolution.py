"""Full official names: the division that a name means, and what its body is called there."""

from __future__ import annotations

import polars as pl
import pytest

from tests.transforms.structure.pages import describe, reference, write_document
from transforms.agencies import extract_measure_agencies, merge_agencies, resolve_agencies
from transforms.agencies.resolution import resolve_names
from transforms.structure import extract_outline

AGENCIES, REGIONS = reference("agencies"), reference("regions")


def resolve(name: str, region_code: str | None, issuer: str | None = None) -> tuple[str, str | None, bool]:
    documents = describe("d", {"region_code": region_code, "issuer": issuer})
    mentions = pl.DataFrame({"document_id": ["d"], "name": [name]})
    return resolve_names(mentions, documents, AGENCIES, REGIONS).select("full_name", "agency_region_code", "is_resolved").row(0)


@pytest.mark.parametrize(
    ("name", "region_code", "full_name", "code"),
    [
        ("省科技厅", "330000", "浙江省科学技术厅", "330000"),
        ("省发展改革委", "330000", "浙江省发展和改革委员会", "330000"),
        ("市工信局", "370100", "济南市工业和信息化局", "370100"),
        ("省科技厅", "370100", "山东省科学技术厅", "370000"),
        ("浙江省税务局", "330000", "国家税务总局浙江省税务局", "330000"),
        ("浙江银保监局", "330000", "中国银行保险监督管理委员会浙江监管局", "330000"),
        ("人行杭州中心支行", "330000", "中国人民银行杭州中心支行", "330000"),
        ("省委组织部", "370000", "中共山东省委组织部", "370000"),
        ("财政部", "100000", "财政部", "100000"),
        ("发展改革委", "100000", "国家发展和改革委员会", "100000"),
        ("市场监管总局", "100000", "国家市场监督管理总局", "100000"),
        ("教育部", "330000", "教育部", "100000"),
        ("市科委", "110000", "北京市科学技术委员会", "110000"),
        ("市财政局", "110000", "北京市财政局", "110000"),
        ("县财政局", "360922", "万载县财政局", "360922"),
        ("市教育局", "360922", "宜春市教育局", "360900"),
        ("团省委", "370000", "中国共产主义青年团山东省委员会", "370000"),
        ("崂山区政府", "370200", "青岛市崂山区人民政府", "370212"),
        ("北京市经济和信息化局", "110000", "北京市经济和信息化局", "110000"),
    ],
)
def test_full_names(name: str, region_code: str, full_name: str, code: str) -> None:
    assert resolve(name, region_code) == (full_name, code, True)


def test_offices_belong_to_the_issuer() -> None:
    assert resolve("规划处", "210000", "辽宁省科学技术厅") == ("辽宁省科学技术厅规划处", "210000", True)


def test_a_document_of_the_state_council_speaks_of_central_bodies() -> None:
    assert resolve("科技部", None, "国务院") == ("科学技术部", "100000", True)
    assert resolve("发展改革委", None, "国务院办公厅") == ("国家发展和改革委员会", "100000", True)


@pytest.mark.parametrize("name", ["各有关部门", "各市、县(市、区)政府", "省铁塔公司", "相关业务主管部门"])
def test_what_cannot_be_told_keeps_its_own_name(name: str) -> None:
    assert resolve(name, "330000") == (name, "330000", False)


@pytest.mark.parametrize("name", ["省科技厅", "国务院办公厅"])
def test_no_name_has_a_gap_where_the_division_is_unknown(name: str) -> None:
    assert "{" not in resolve(name, None)[0]


@pytest.mark.parametrize("name", ["人民银行沈阳分行", "国家税务总局深圳市税务局市场监管局", "浙江银保监局"])
def test_branches_are_not_told_in_full_where_no_place_is(name: str) -> None:
    assert resolve(name, None) == (name, None, False)


def test_tables_fit_each_other() -> None:
    documents, paragraphs = write_document(
        "h 一、任务\nb 1.建设网络。加快建设。(省科技厅、省科学技术厅)\nb 2.建设平台。加快建设。(省财政厅)",
        title="工作要点",
        region_code="330000",
    )
    _, measures, placed = extract_outline(documents, paragraphs, reference("numbering"), reference("measure_rules"))
    named = extract_measure_agencies(documents, measures, placed, AGENCIES, REGIONS)
    agencies = resolve_agencies(named, measures, documents, AGENCIES, REGIONS)
    assert named.select("ordinal", "name").rows() == [(1, "省科技厅"), (2, "省科学技术厅"), (1, "省财政厅")]
    assert set(named["agency_id"]) == set(agencies["agency_id"]) == {"330000-浙江省科学技术厅", "330000-浙江省财政厅"}
    assert agencies.filter(name="浙江省科学技术厅")["aliases"].to_list() == [["省科学技术厅", "省科技厅"]]
    assert merge_agencies(pl.concat([agencies, agencies])).equals(agencies)
    assert extract_measure_agencies(documents, measures.clear(), placed.clear(), AGENCIES, REGIONS).height == 0


def test_every_rule_is_named_once_and_names_a_body() -> None:
    assert AGENCIES["rule"].is_unique().all()
    assert AGENCIES.select(pl.struct("alias", "level").is_unique().all()).item()
    assert AGENCIES["rule"].str.contains("^[a-z][a-z0-9_]*$").all()
