"""Names of bodies in, what they tell out: how a body's name ends, which bodies are the centre's, what a short name stands for."""

from __future__ import annotations

import polars as pl

ORG_END = (
    r"(?:人民政府|政府|办公厅|办公室|委员会|常委会|代表大会|[厅局部院署]|[\p{Han}]委|党组|党委|领导小组|指挥部|联席会议|总局|[司处]|中心|银行|[分支]行|总队|支队|大队"
    r"|协会|联合会|总工会|联社|公司|集团|大学|管委会|工商联|团委|妇联|科协|残联|调查队|行署)(?:\([\p{Han}]{2,20}\))?"
)
_MINISTRIES = (
    "外交|国防|教育|科技|科学技术|工业和信息化|公安|国家安全|民政|司法|财政|人力资源和?社会保障|人事|劳动和?社会保障|自然资源|国土资源|生态环境|环境保护|住房和?城乡建设|建设"
    "|交通运输|交通|铁道|水利|农业农村|农业|商务|文化和旅游|文化|卫生|信息产业|退役军人事务|应急管理|中央宣传|中央组织|中央统战|中宣|中组"
)
# Bodies of the centre act for the country without carrying its name.
_CENTRAL = rf"^(?:中华人民共和国|中共中央|中央|国务院|国家|全国|最高人民|中国|海关总署|审计署|国资委|银保监会|证监会|(?:{_MINISTRIES})部)"


def is_central(issuer: pl.Expr) -> pl.Expr:
    """Tell whether a body that names no division is one of the centre's (国务院, 科技部办公厅, 国家发展改革委)."""
    return issuer.str.contains(_CENTRAL) & ~issuer.str.contains(r"(?:调查队|[分支]行|分局|监管局|办事处)$")


def complete_issuer(issuer: pl.Expr, region_name: pl.Expr) -> pl.Expr:
    """Write out a name that leaves its division to the reader: 市科技局 in 渭南市 is 渭南市科技局; others stay as they are."""
    rank_word = issuer.str.extract(r"^(自治区|省|市|县|区|州|盟|旗)[\p{Han}]{2,}")
    return (
        pl.when(region_name.str.ends_with(rank_word)).then(pl.concat_str(region_name, issuer.str.strip_prefix(rank_word))).otherwise(issuer)
    )
