"""Divisions are told by issuers, titles, numbers and texts; shared names by their parents; and not guessed."""

from __future__ import annotations

import polars as pl
import pytest

from tests.transforms.documents.pages import describe, reference
from transforms.documents.regions import add_short_names, find_mentions, list_place_names, resolve_named_region

NO_CONTEXT = pl.DataFrame(schema={"key": pl.String, "province_code": pl.String, "city_code": pl.String, "n_mentions": pl.Int64})


def place_names() -> pl.DataFrame:
    return list_place_names(reference()["regions"], reference()["region_aliases"])


def resolve(name: str, context: pl.DataFrame = NO_CONTEXT) -> str | None:
    found = resolve_named_region(find_mentions(pl.DataFrame({"key": ["k"], "text": [name]}), place_names()), context)
    return found["region_code"].item() if found.height else None


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("内蒙古自治区", "内蒙古"),
        ("新疆维吾尔自治区", "新疆"),
        ("湘西土家族苗族自治州", "湘西"),
        ("锡林郭勒盟", "锡林郭勒"),
        ("伊犁哈萨克自治州", "伊犁"),
        ("济南市", "济南"),
        ("岷县", "岷县"),
        ("香港特别行政区", "香港"),
    ],
)
def test_short_names(name, short):
    assert add_short_names(pl.DataFrame({"name": [name]}))["short_name"].item() == short


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("青海省科学技术厅", "630000"),
        ("山东省济南市历下区人民政府", "370102"),
        ("吉林市科技局", "220200"),
        ("吉林省科技厅", "220000"),
        ("海南州人民政府办公室", "632500"),
        ("福州市鼓楼区人民政府", "350102"),
        ("江苏省鼓楼区人民政府", "320000"),
        ("鼓楼区人民政府", None),
        ("市科技局", None),
        ("中山大学", None),
    ],
)
def test_bodies_name_their_division(name, code):
    assert resolve(name) == code


def test_shared_name_is_told_by_the_rest_of_the_document():
    context = pl.DataFrame({"key": ["k"], "province_code": ["410000"], "city_code": ["410200"], "n_mentions": [3]})
    assert resolve("鼓楼区人民政府", context) == "410204"


def test_universities_and_papers_are_no_places():
    texts = pl.DataFrame({"key": ["k"], "text": ["山东大学、北京大学和浙江日报在济南市合作,确保长治久安。"]})
    assert find_mentions(texts, place_names())["name"].to_list() == ["济南市"]


def region_of(page: str) -> str | None:
    return describe(page)["region_name"]


def test_province_is_told_by_its_cities():
    page = """
    heading 一、总体要求
    body 支持苏州、无锡、常州建设创新中心,推动南京、徐州、盐城协同发展,与上海、浙江对接。
    body 省科技厅、省财政厅负责落实,全省形成合力。
    """
    assert region_of(page) == "江苏省"


def test_county_level_city_speaks_as_a_city():
    page = """
    body 为加强我市科技工作,根据台州市规划,推进临海市创新,临海市财政保障,市科技局落实。
    body 全市要把临海市建设好。
    """
    assert region_of(page) == "临海市"


def test_counties_under_a_province_make_no_city():
    page = """
    body 全市要支持白沙黎族自治县、琼中黎族苗族自治县和保亭黎族苗族自治县加强科技工作,我市科技局落实。
    """
    assert describe(page)["region_code"] is None


def test_recipients_tell_the_centre():
    assert region_of("recipients 各省、自治区、直辖市人民政府:\nbody 现提出以下意见。") == "中国"


def test_number_tells_the_province_where_names_do_not():
    page = """
    title 关于优化营商环境的若干意见
    metadata 鄂政发〔2018〕26号
    body 现提出以下意见。
    """
    assert region_of(page) == "湖北省"


def test_host_tells_the_county_only_at_the_level_the_text_speaks_at():
    county = """
    title 2020年工作要点
    body 今年全县科技工作,落实县委、县政府部署,我县将加大投入。
    chrome 主办:平江县科学技术局 承办:信息中心
    """
    found = describe(county)
    assert (found["region_name"], found["issuer"], found["publisher"]) == ("平江县", "平江县科学技术局", "平江县科学技术局")
    reposted = describe(county.replace("全县", "全省").replace("县委、县政府", "省委、省政府").replace("我县", "我省"))
    assert (reposted["region_name"], reposted["issuer"], reposted["publisher"]) == (None, None, "平江县科学技术局")


def test_nothing_said_is_null():
    assert region_of("body 坚持以人为本。") is None
