"""Bodies of the centre are told from local ones; short names are written out."""

from __future__ import annotations

import polars as pl
import pytest

from transforms.documents.bodies import complete_issuer, is_central


@pytest.mark.parametrize(
    ("body", "central"),
    [
        ("国务院办公厅", True),
        ("科技部办公厅", True),
        ("中华人民共和国农业部", True),
        ("国家发展改革委", True),
        ("最高人民法院", True),
        ("省委宣传部", False),
        ("市科技局", False),
        ("国家统计局某某调查队", False),
    ],
)
def test_is_central(body, central):
    assert pl.select(is_central(pl.lit(body))).item() is central


@pytest.mark.parametrize(
    ("issuer", "region", "full"),
    [
        ("市科技局", "渭南市", "渭南市科技局"),
        ("自治区人民政府", "广西壮族自治区", "广西壮族自治区人民政府"),
        ("州人民政府", "红河哈尼族彝族自治州", "红河哈尼族彝族自治州人民政府"),
        ("市科技局", "临潼区", "市科技局"),
        ("市中区人民政府", "市中区", "市中区人民政府"),
        ("浙江省科学技术厅", "浙江省", "浙江省科学技术厅"),
        ("省科技厅", None, "省科技厅"),
    ],
)
def test_complete_issuer(issuer, region, full):
    assert pl.select(complete_issuer(pl.lit(issuer), pl.lit(region, pl.String))).item() == full
