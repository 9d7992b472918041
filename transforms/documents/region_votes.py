"""Whole texts in; the division a document is about out, by what it names and how it speaks of itself.

Used where neither issuer nor title says it: the level comes from phrases (我省, 各市人民政府, 市委), the place from a vote of the names.
"""

from __future__ import annotations

import polars as pl

from transforms.documents.regions import COUNTRY_CODE

_MUNICIPALITIES = ("110000", "120000", "310000", "500000")
_NO_CITY = "90"  # third and fourth digits of counties that the province governs itself (GB/T 2260): no division has the code of their city


def tell_levels(texts: pl.DataFrame, recipients: pl.DataFrame, level_words: pl.DataFrame) -> pl.DataFrame:
    """Tell the level each document speaks of itself at: key, level; none where two levels tie or less than two phrases say it.

    In: texts (key, text), recipients (key, text), level_words (level, used_in: text or recipients, pattern, weight). Weighted
    counts decide; 全区 and 我区 are an autonomous region's or a district's: the former's where 自治区 stands three times or more.
    """
    # most texts hold none of the phrases, and one search tells so
    texts = texts.filter(pl.col("text").str.contains("|".join(level_words.filter(used_in="text")["pattern"])))
    votes = [
        (texts if used_in == "text" else recipients).select(
            "key",
            level=pl.when(pl.col("text").str.count_matches("自治区") >= 3).then(pl.lit("province")).otherwise(pl.lit("county"))
            if level == "region_or_district"
            else pl.lit(level),
            n=pl.col("text").str.count_matches(pattern).cast(pl.Int64) * int(weight),
        )
        for level, used_in, pattern, weight in level_words.select("level", "used_in", "pattern", "weight").iter_rows()
    ]
    totals = pl.concat(votes).group_by("key", "level").agg(pl.col("n").sum()).filter(pl.col("n") >= 2)
    return totals.filter(pl.col("n") == pl.col("n").max().over("key")).unique("key", keep="none").select("key", "level")


def vote_for_regions(levels: pl.DataFrame, mentions: pl.DataFrame) -> pl.DataFrame:
    """Give the division each document governs, as its text lets one tell: key, region_code; no row where it does not.

    In: levels (`tell_levels`), mentions (`find_mentions` of the texts). The province must hold half of all mentions, and be named twice
    or alone; the city or county half of those of its level within it. What speaks as a city may be a county-level one (临海市).
    """
    place = ["key", "province_code", "city_code", "region_code", "depth"]
    per_code = mentions.group_by(place).agg(n=pl.len(), is_town=pl.col("name").str.ends_with("市").any() & (pl.col("depth") == 3).any())
    provinces = (
        per_code.group_by("key", "province_code")
        .agg(n=pl.col("n").sum(), n_places=pl.col("region_code").n_unique())
        .with_columns(weight=pl.col("n") + 2 * pl.col("n_places"))
    )
    share = pl.col("weight") / pl.col("weight").sum().over("key")
    is_municipality = pl.col("province_code").is_in(_MUNICIPALITIES)
    is_clear = (share >= 0.5) & ((pl.col("n") >= 2) | ((share == 1) & ~is_municipality))
    won = provinces.filter(is_clear).select("key", "province_code").unique("key", keep="none")
    inside = per_code.join(won, on=["key", "province_code"])
    city_or_town = pl.when("is_town").then("region_code").when(pl.col("city_code").str.slice(2, 2) != _NO_CITY).then("city_code")
    city = _majority(inside.filter(pl.col("depth") >= 2).with_columns(city=city_or_town), "city")
    county = _majority(inside.filter(pl.col("depth") == 3), "region_code").rename({"region_code": "county"})
    code = (
        pl.when((pl.col("level") == "province") | ((pl.col("level") == "city") & is_municipality))
        .then("province_code")
        .when(pl.col("level") == "city")
        .then("city")
        .when(pl.col("level") == "county")
        .then("county")
        .when(pl.col("level") == "country")
        .then(pl.lit(COUNTRY_CODE))
    )
    told = levels.join(won, on="key", how="left").join(city, on="key", how="left").join(county, on="key", how="left")
    return told.with_columns(region_code=code).filter(pl.col("region_code").is_not_null()).select("key", "region_code")


def believe_hosts(levels: pl.DataFrame, mentions: pl.DataFrame, hosts: pl.DataFrame, regions: pl.DataFrame) -> pl.DataFrame:
    """Give the division of the body that shows the page, where the text speaks of itself at that level and names no other province more.

    In: levels, mentions, hosts (key, region_code), regions (region_code, level, name). Out: key, region_code.
    """
    province = pl.col("region_code").str.head(2) + "0000"
    most_named = (
        mentions.group_by("key", "province_code")
        .agg(n=pl.len())
        .sort("key", "n", "province_code", descending=[False, True, False])
        .unique("key", keep="first", maintain_order=True)
        .select("key", "province_code")
    )
    is_town = (pl.col("level") == "county") & pl.col("name").str.ends_with("市")
    same_level = (pl.col("level") == pl.col("told")) | ((pl.col("told") == "city") & (province.is_in(_MUNICIPALITIES) | is_town))
    return (
        hosts.join(regions.select("region_code", "level", "name"), on="region_code")
        .join(levels.rename({"level": "told"}), on="key")
        .join(most_named, on="key", how="left")
        .filter(same_level, (pl.col("province_code") == province).fill_null(value=True))
        .unique("key", keep="first", maintain_order=True)
        .select("key", "region_code")
    )


def _majority(inside: pl.DataFrame, column: str) -> pl.DataFrame:
    counted = inside.filter(pl.col(column).is_not_null()).group_by("key", column).agg(pl.col("n").sum())
    return counted.filter(pl.col("n") * 2 > pl.col("n").sum().over("key")).select("key", column)
