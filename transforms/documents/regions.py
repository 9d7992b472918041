"""Region tables and text in; the administrative division each text names out.

All names of GB/T 2260 (full, short, other) are looked up in one Aho-Corasick pass; a name shared by several divisions is told by
the parents named beside it or elsewhere in the document, and left at the parent's level, or open, where they do not tell.
"""

from __future__ import annotations

import polars as pl

COUNTRY_CODE = "100000"
_PEOPLES = (
    "壮族|回族|藏族|蒙古族|朝鲜族|满族|苗族|彝族|土家族|布依族|侗族|瑶族|白族|哈尼族|傣族|黎族|傈僳族|佤族|畲族|拉祜族|水族|东乡族|纳西族|景颇族|土族|达斡尔族|仫佬族|羌族"
    "|布朗族|撒拉族|毛南族|仡佬族|锡伯族|普米族|怒族|鄂温克族|德昂族|保安族|裕固族|独龙族|鄂伦春族|哈萨克族?|柯尔克孜|塔吉克|蒙古|各族"
)
_TAIL = rf"(?:(?:壮族|回族|维吾尔)?自治区|(?:{_PEOPLES})*(?:自治州|自治县|自治旗)|特别行政区|林区|特区|地区|省|市|县|区|盟|旗)$"
# Places name schools, papers and banks too.
_NAMED_AFTER_PLACES = ["大学", "学院", "证券", "日报", "晚报", "银行"]
_NO_PLACE = rf"\p{{Han}}{{2}}(?:省|市)?(?:理工|师范|科技|农业|工业|交通|财经)?(?:{'|'.join(_NAMED_AFTER_PLACES)})"
_LEVELS = pl.DataFrame({"level": ["country", "province", "city", "county"], "depth": [0, 1, 2, 3]}, schema_overrides={"depth": pl.Int32})


def add_short_names(regions: pl.DataFrame) -> pl.DataFrame:
    """Add `short_name`: the name without rank and peoples (湘西土家族苗族自治州 → 湘西); the full name where one character is left."""
    stem = pl.col("name").str.replace(_TAIL, "")
    short = pl.when(stem.str.len_chars() >= 2).then(stem).otherwise(pl.col("name"))
    return regions.with_columns(short_name=short)


def list_place_names(regions: pl.DataFrame, region_aliases: pl.DataFrame) -> pl.DataFrame:
    """List every name a division goes by: name, is_full, region_code, depth, city_code, province_code.

    Short names of counties are left out (和平, 新城, 友谊 are words), as are those that `region_aliases` marks not_in_text; a short
    name that a province shares with a city is the province's.
    """
    known = add_short_names(regions).join(_LEVELS, on="level").filter(pl.col("depth") > 0)
    full = known.select("name", "region_code", is_full=pl.lit(value=True))
    short = (
        known.filter(pl.col("depth") < 3, pl.col("short_name") != pl.col("name"))
        .sort("depth", "region_code")
        .unique("short_name", keep="first", maintain_order=True)
        .select(name="short_name", region_code="region_code", is_full=pl.lit(value=False))
        .join(region_aliases.filter(pl.col("use") == "not_in_text").select(name="alias"), on="name", how="anti")
    )
    other = region_aliases.filter(pl.col("use") == "name").select(name="alias", region_code="region_code", is_full=pl.lit(value=False))
    code = pl.col("region_code")
    return (
        pl.concat([full, short, other])
        .unique(["name", "region_code"], keep="first", maintain_order=True)
        .join(known.select("region_code", "depth"), on="region_code")
        .with_columns(province_code=code.str.head(2) + "0000", city_code=pl.when(pl.col("depth") >= 2).then(code.str.head(4) + "00"))
        .sort("name", "region_code")
    )


def find_mentions(texts: pl.DataFrame, place_names: pl.DataFrame) -> pl.DataFrame:
    """Find the places named in texts: one row a mention and division it may mean (key, position among the text's mentions, name …).

    In: texts (key, text; a key's texts in order). At each place the longest name counts; names of schools, papers and banks (山东大学)
    are none.
    """
    longest_first = place_names.select("name").unique().sort(pl.col("name").str.len_chars(), "name", descending=[True, False])
    said = texts.filter(pl.col("text").is_not_null())
    masked = said["text"].str.contains_any(_NAMED_AFTER_PLACES).arg_true()
    places = said["text"].scatter(masked, said["text"].gather(masked).str.replace_all(_NO_PLACE, "。"))
    return (
        said.select("key", name=places.str.extract_many(longest_first.to_series().to_list(), leftmost=True))
        .explode("name")
        .filter(pl.col("name").is_not_null())
        .with_columns(position=pl.int_range(pl.len()).over("key"))
        .join(place_names, on="name", maintain_order="left")
    )


def resolve_named_region(mentions: pl.DataFrame, context: pl.DataFrame) -> pl.DataFrame:
    """Tell the division that a short text (an agency's name, a title) names: key, region_code, one row a key that names one.

    In: mentions (`find_mentions` of the texts); context (key, province_code, city_code, n_mentions): what the rest of the document names.
    The first chain named wins, at its deepest (山东省济南市 → 济南市). Of divisions that share a name, the one whose parents are named
    beside it, else named most elsewhere, is meant; if that leaves several in one province, the province; else none.
    """
    named = mentions.select("key", named_code="region_code", named_depth="depth").unique()
    parents_beside = (
        mentions.join(named, on="key")
        .filter(
            (pl.col("named_depth") < pl.col("depth"))
            & ((pl.col("named_code") == pl.col("province_code")) | (pl.col("named_code") == pl.col("city_code")))
        )
        .group_by("key", "name", "region_code")
        .agg(n_parents=pl.col("named_code").n_unique())
    )
    by_city = context.group_by("key", "city_code").agg(city_votes=pl.col("n_mentions").sum())
    by_province = context.group_by("key", "province_code").agg(province_votes=pl.col("n_mentions").sum())
    scored = (
        mentions.join(parents_beside, on=["key", "name", "region_code"], how="left")
        .join(by_city, on=["key", "city_code"], how="left")
        .join(by_province, on=["key", "province_code"], how="left")
        .with_columns(pl.col("n_parents", "city_votes", "province_votes").fill_null(0))
    )
    scored = scored.with_columns(score=pl.col("n_parents") * 1_000_000 + pl.col("city_votes") * 1_000 + pl.col("province_votes"))
    best = scored.filter(pl.col("score") == pl.col("score").max().over("key", "position"))
    one_each = best.group_by("key", "position").agg(
        pl.col("n_parents").max(),
        n_meanings=pl.col("region_code").n_unique(),
        n_provinces=pl.col("province_code").n_unique(),
        region_code=pl.col("region_code").first(),
        province_code=pl.col("province_code").first(),
        depth=pl.col("depth").first(),
    )
    settled = (
        one_each.filter(pl.col("n_provinces") == 1)
        .with_columns(
            region_code=pl.when(pl.col("n_meanings") == 1).then("region_code").otherwise("province_code"),
            depth=pl.when(pl.col("n_meanings") == 1).then("depth").otherwise(1),
        )
        .sort("key", "position")
    )
    first_province = pl.col("province_code").first().over("key")
    return (
        settled.filter(
            pl.col("province_code") == first_province,
            (pl.col("position") == pl.col("position").min().over("key")) | (pl.col("n_parents") > 0),
        )
        .sort("key", "n_parents", "position", descending=[False, True, False])
        .group_by("key", maintain_order=True)
        .agg(pl.col("region_code").first())
    )
