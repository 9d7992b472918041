"""Names of agencies as written, and the division whose document writes them, in; full official names out.

The idea: a name is a division (省, 市, 浙江, none) and a body (科技厅); the division is one of those the document's own lies in, and
a table says what the body is called in full at that level.
"""

from __future__ import annotations

import polars as pl

COUNTRY_CODE = "100000"
_UNKNOWN_CODE = "000000"
_NO_NAME = "\x1f"  # in place of a division's name where none is known
_RESOLVED = dict.fromkeys(("agency_id", "full_name", "agency_region_code", "agency_level"), pl.String) | {"is_resolved": pl.Boolean}
_LEVELS = ("country", "province", "city", "county")
_SHORT_TAIL = r"(?:维吾尔自治区|壮族自治区|回族自治区|自治区|特别行政区|省|市|地区|盟|县|区|旗)$"
_CENTRAL = (
    r"^(?:国务院|中共中央|中央|国家|全国|中国|中华|最高)|^[^省市县区州盟]{2,10}(?:部|署)$|^[^省县州盟]{2,10}(?:总局|总署)$"
    r"|^(?:人民银行|银保监会|证监会|保监会|银监会|中科院|工程院)$"
)
_CENTRAL_ISSUER = r"^(?:国务院|中共中央|中央|中华人民共和国|国家|全国|最高人民)|^[^省市县区州盟]{2,10}部(?:办公厅)?(?:$|[、,\s])"
_OFFICE = r"^[一-龥]{1,8}(?:处|处室|科|股)$"
_COLLECTIVE = r"^(?:各|有关|相关|其他|其它|全|所有)|各|相关|有关|成员单位|责任单位|牵头单位|主管部门|行业部门"
_BRANCH = r"(?:分行|支行|营管部|营业管理部|[^国]监管局|监管分局)$"  # of a central body: it serves the place it is named after
_BANK = r"^(?:人行|人民银行|中国人民银行)(.{2,}(?:分行|支行|营管部|营业管理部|中心支行))$"


def resolve_names(mentions: pl.DataFrame, documents: pl.DataFrame, agencies: pl.DataFrame, regions: pl.DataFrame) -> pl.DataFrame:
    """Give mentions the full official name of the body they mean.

    In: mentions (document_id, name); documents (document_id, region_code, issuer); `agencies` (alias: the body's name without its
    division; level: country, province,
    city, county, local for the last two; name: with {region} and {short} for the division's names); regions (region_code, name,
    level, parent_code).
    Out: mentions with agency_id, full_name, agency_region_code, agency_level, is_resolved; a name that the table does not tell stays
    as it is written, in the document's division.
    """
    if mentions.is_empty():
        return mentions.with_columns(pl.lit(None, dtype).alias(name) for name, dtype in _RESOLVED.items())
    places = _list_lineages(documents.join(mentions, on="document_id", how="semi"), regions)
    distinct = mentions.select("document_id", "name").unique().join(places, on="document_id", how="left").with_columns(written="name")
    divided = _find_places_below(_split_division(distinct), regions)
    officials = agencies.select(stem="alias", body_level="level", official="name").filter(pl.col("body_level") != "local")
    local = agencies.filter(pl.col("level") == "local")
    spread = pl.concat(
        [officials, *(local.select(stem="alias", body_level=pl.lit(level), official="name") for level in ("city", "county"))]
    )
    looked_up = divided.join(
        spread.unique(["stem", "body_level"], keep="first", maintain_order=True), on=["stem", "body_level"], how="left"
    )
    full = (
        pl.col("official")
        .str.replace_all("{region}", pl.col("division").fill_null(_NO_NAME), literal=True)
        .str.replace_all("{short}", pl.col("short").fill_null(_NO_NAME), literal=True)
    )
    full = pl.when(~full.str.contains(_NO_NAME, literal=True)).then(full)
    named = looked_up.with_columns(full_name=pl.coalesce(_name_apart(), full))
    is_named = pl.col("full_name").is_not_null()
    is_office = is_named & pl.col("written").str.contains(_OFFICE)
    is_branch = pl.col("written").str.contains(_BRANCH)
    of_branch = pl.coalesce(
        *(
            pl.when(pl.col("written").str.contains(pl.col(f"{level}_short"), literal=True)).then(f"{level}_code")
            for level in ("city", "province")
        ),
        "own_code",
    )
    of_body = pl.when(is_named & ~is_office & pl.col("body_code").is_not_null()).then("body_code").otherwise("own_code")
    code = pl.when(is_branch).then(of_branch).otherwise(pl.coalesce(pl.when(pl.col("official").is_null()).then("child_code"), of_body))
    # A name in full without a place could be that of several bodies.
    is_resolved = is_named & pl.col("agency_region_code").is_not_null()
    result = (
        named.with_columns(agency_region_code=code)
        .with_columns(is_resolved=is_resolved, full_name=pl.when(is_resolved).then("full_name").otherwise("written"))
        .join(regions.select(agency_region_code="region_code", agency_level="level"), on="agency_region_code", how="left")
    )
    agency_id = pl.format("{}-{}", pl.col("agency_region_code").fill_null(_UNKNOWN_CODE), "full_name")
    return mentions.join(
        result.with_columns(agency_id=agency_id).select("document_id", "name", *_RESOLVED),
        on=["document_id", "name"],
        how="left",
        maintain_order="left",
    )


def _list_lineages(documents: pl.DataFrame, regions: pl.DataFrame) -> pl.DataFrame:
    """List each document's division and those above it: own_code, own_level, issuer, and `<level>_code`, `<level>_name`,
    `<level>_short` for each level."""
    is_central = pl.col("issuer").str.contains(_CENTRAL_ISSUER)
    code = pl.when(pl.col("region_code").is_null() & is_central).then(pl.lit(COUNTRY_CODE)).otherwise("region_code")
    start = documents.select("document_id", "issuer", own_code=code, climbing=code)
    lineage = start.with_columns(pl.lit(None, dtype=pl.String).alias(f"{level}_{part}") for level in _LEVELS for part in ("code", "name"))
    above = regions.select(climbing="region_code", at_name="name", at_level="level", at_parent="parent_code")
    above = above.with_columns(pl.col("at_parent").cast(pl.String), pl.col("climbing").cast(pl.String))
    for _ in _LEVELS:
        lineage = (
            lineage.join(above, on="climbing", how="left", maintain_order="left")
            .with_columns(
                pl.when(pl.col("at_level") == level).then(source).otherwise(f"{level}_{part}").alias(f"{level}_{part}")
                for level in _LEVELS
                for part, source in (("code", "climbing"), ("name", "at_name"))
            )
            .with_columns(climbing="at_parent")
            .drop("at_name", "at_level", "at_parent")
        )
    levels = regions.select(own_code=pl.col("region_code").cast(pl.String), own_level="level")
    shorts = [pl.col(f"{level}_name").str.replace(_SHORT_TAIL, "").alias(f"{level}_short") for level in _LEVELS]
    return lineage.drop("climbing").join(levels, on="own_code", how="left").with_columns(shorts)


def _split_division(distinct: pl.DataFrame) -> pl.DataFrame:
    """Add stem (the body's name), body_level, body_code, division and short (the division's names) by how the name begins."""
    name = pl.col("name")
    begins = pl.coalesce(
        pl.when(condition).then(pl.struct(level=level, n_chars=n_chars.cast(pl.UInt32))) for condition, level, n_chars in _beginnings()
    )
    return (
        distinct.with_columns(name=name.str.replace_all(r"\s", ""))
        .with_columns(begins=begins)
        .with_columns(
            stem=name.str.slice(pl.col("begins").struct.field("n_chars").fill_null(0)),
            body_level=pl.coalesce(pl.col("begins").struct.field("level"), "own_level"),
        )
        .with_columns(
            pl.coalesce(pl.when(pl.col("body_level") == level).then(f"{level}_{part}") for level in _LEVELS).alias(column)
            for part, column in (("code", "body_code"), ("name", "division"), ("short", "short"))
        )
        .with_columns(
            body_code=pl.when(pl.col("body_level") == "country").then(pl.lit(COUNTRY_CODE)).otherwise("body_code"),
            name="written",
        )
    )


def _beginnings() -> list[tuple[pl.Expr, pl.Expr, pl.Expr]]:
    """List the ways a name begins: condition, level of the division meant, characters that say so; the first that holds counts."""
    name = pl.col("name")
    nothing, one = pl.lit(0), pl.lit(1)
    is_city_of_county = pl.col("county_name").str.ends_with("市")
    of_city = (
        pl.when(pl.col("province_name").str.ends_with("市"))
        .then(pl.lit("province"))
        .when((pl.col("own_level") == "county") & is_city_of_county)
        .then(pl.lit("county"))
        .otherwise(pl.lit("city"))
    )
    of_district = pl.when(pl.col("own_level") == "county").then(pl.lit("county")).otherwise(pl.lit("province"))
    league = name.str.contains(r"^团[省市县区]委$")
    of_league = name.str.slice(1, 1).replace_strict({"省": "province", "市": "city"}, default="county", return_dtype=pl.String)
    ways = [(name.str.contains(_CENTRAL) | (pl.col("own_level") == "country"), pl.lit("country"), nothing), (league, of_league, nothing)]
    for level in ("county", "city", "province"):
        for part in ("name", "short"):
            place = pl.col(f"{level}_{part}")
            length = place.str.len_chars()
            ways.append((name.str.starts_with(place) & (length >= 2) & (name.str.len_chars() > length + 1), pl.lit(level), length))
    signs = (
        ("自治区", pl.lit("province")),
        ("省", pl.lit("province")),
        ("市", of_city),
        ("[县旗]", pl.lit("county")),
        ("[州盟]", pl.lit("city")),
        ("区", of_district),
    )
    ways.extend((name.str.contains(rf"^{sign}[^、,(级直属各场域]"), level, pl.lit(3) if sign == "自治区" else one) for sign, level in signs)
    return ways


def _name_apart() -> pl.Expr:
    """Name what no table can: offices within the issuing body, branches of central bodies, governments of places below the document's
    own."""
    written, issuer = pl.col("written"), pl.col("issuer")
    is_office = written.str.contains(_OFFICE) & ~written.str.contains(_COLLECTIVE) & issuer.is_not_null() & ~issuer.str.contains(r"[、,\s]")
    bank = written.str.extract(_BANK, 1)
    regulator = written.str.extract(r"^(?:国家)?金融(?:监管|监督管理)总局(.{2,}局)$", 1)
    is_full = written.str.contains(r"^(?:国家税务总局|中国银行保险监督管理委员会|中国证券监督管理委员会).{2,}局$")
    return pl.coalesce(
        pl.when(is_office).then(pl.concat_str(issuer, written)),
        pl.when(bank.is_not_null()).then(pl.concat_str(pl.lit("中国人民银行"), bank)),
        pl.when(regulator.is_not_null()).then(pl.concat_str(pl.lit("国家金融监督管理总局"), regulator)),
        pl.when(is_full).then(written),
        pl.when(pl.col("child_code").is_not_null()).then(pl.concat_str("upper_name", "child_name", pl.lit("人民政府"))),
    )


def _find_places_below(divided: pl.DataFrame, regions: pl.DataFrame) -> pl.DataFrame:
    """Add child_code, child_name and upper_name to names of governments of places right below the document's own (崂山区政府 in a
    document of 青岛市)."""
    below = regions.select(own_code="parent_code", child_code="region_code", child_name="name")
    own = regions.select(own_code="region_code", own_name="name")
    place = pl.col("written").str.extract(r"^(.{2,}?[市县区旗州盟])(?:人民)?政府$", 1)
    upper_name = (
        pl.when(pl.col("own_level").is_in(["province", "city"]) & pl.col("child_name").str.ends_with("区"))
        .then("own_name")
        .otherwise(pl.lit(""))
    )
    return (
        divided.with_columns(child_name=place)
        .join(below, on=["own_code", "child_name"], how="left", maintain_order="left")
        .join(own, on="own_code", how="left", maintain_order="left")
        .with_columns(upper_name=upper_name)
    )
