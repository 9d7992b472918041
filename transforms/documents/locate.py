"""Described documents and their texts in; the division each document's issuer governs out.

The issuer's name tells it, else the title, else the number's prefix, else a vote of the text. A page's site is only a witness: pages
are reposted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from transforms.documents.bodies import ORG_END, is_central
from transforms.documents.region_votes import believe_hosts, tell_levels, vote_for_regions
from transforms.documents.regions import COUNTRY_CODE, find_mentions, resolve_named_region

if TYPE_CHECKING:
    from collections.abc import Mapping


class Surroundings(NamedTuple):
    """What pages say of places.

    `named`: what each short text (issuers, titles, bodies beside the text) names, its key the text itself (`find_mentions`). Of documents
    whose issuer leaves their division open, `context` (document_id, province_code, city_code, n_mentions), `hosts` (document_id, place,
    text, region_code: bodies the page names beside its text, the most telling first) and `voted` (document_id, region_code).
    """

    named: pl.DataFrame
    context: pl.DataFrame
    hosts: pl.DataFrame
    voted: pl.DataFrame


def survey_places(
    described: pl.DataFrame, paragraphs: pl.DataFrame, place_names: pl.DataFrame, reference: Mapping[str, pl.DataFrame]
) -> Surroundings:
    """Count the places that pages name, and vote on the division a document is about, where its issuer does not tell it beyond doubt.

    In: described (document_id, text, title, plan_title, issuer, issuer_hint, publisher, host), paragraphs (document_id, role, text; in
    order), place_names (`list_place_names`), of the reference tables region_level_words and regions.
    """
    signs, offers = _list_signs(described), _list_offers(described)
    short = pl.concat([signs["text"], offers["text"], offers.select(_first_body("text")).to_series()]).drop_nulls().unique()
    named = find_mentions(pl.DataFrame({"key": short, "text": short}), place_names)
    shared = named.filter(pl.len().over("key", "position") > 1).select(text="key").unique()
    left_open = described.join(_settle_by_issuers(signs, named, shared), on="document_id", how="anti")
    open_offers = offers.join(left_open, on="document_id", how="semi", maintain_order="left")

    recipients = paragraphs.filter(pl.col("role") == "recipients").select("text", key="document_id")
    levels = tell_levels(left_open.select("text", key="document_id"), recipients, reference["region_level_words"])
    doubtful = pl.concat([signs.select("document_id", "text"), offers.select("document_id", "text")]).join(shared, on="text", how="semi")
    to_read = pl.concat([levels.select(document_id="key"), doubtful.select("document_id")])
    read = paragraphs.join(left_open.join(to_read, on="document_id", how="semi"), on="document_id", how="semi", maintain_order="left")
    mentions = find_mentions(read.select("text", key="document_id"), place_names)
    beside = _look_up(open_offers, named)
    place = ["document_id", "province_code", "city_code"]
    seen = pl.concat([mentions.rename({"key": "document_id"}).select(place), beside.select(place)])
    context = seen.group_by(place).agg(n_mentions=pl.len().cast(pl.Int64))

    resolved = resolve_named_region(beside, _context_of(open_offers, context))
    hosts = (
        open_offers.join(resolved, on="key", how="left")
        .with_columns(region_code=pl.coalesce("region_code", pl.when(is_central(pl.col("text"))).then(pl.lit(COUNTRY_CODE))))
        .filter(pl.col("region_code").is_not_null())
        .sort("document_id", pl.col("place").replace_strict({"issuer_hint": 0, "publisher": 1, "host": 2}, return_dtype=pl.Int8))
    )
    voted = vote_for_regions(levels, mentions)
    believed = believe_hosts(levels, mentions, hosts.select("region_code", key="document_id"), reference["regions"])
    told = pl.concat([voted, believed.join(voted, on="key", how="anti")]).rename({"key": "document_id"})
    return Surroundings(named, context, hosts.select("document_id", "place", "text", "region_code"), told)


def accept_hosts_as_issuers(described: pl.DataFrame, surroundings: Surroundings) -> pl.DataFrame:
    """Fill a missing issuer with the department in charge, the publisher or the host, where it governs the division the text speaks for."""
    accepted = (
        surroundings.hosts.join(surroundings.voted, on=["document_id", "region_code"], how="semi", maintain_order="left")
        .unique("document_id", keep="first", maintain_order=True)
        .select("document_id", accepted="text")
    )
    return described.join(accepted, on="document_id", how="left").with_columns(issuer=pl.coalesce("issuer", "accepted")).drop("accepted")


def locate_documents(described: pl.DataFrame, surroundings: Surroundings, region_aliases: pl.DataFrame) -> pl.DataFrame:
    """Tell each document's division: document_id, region_code; no row where nothing tells it."""
    signs = _list_signs(described)
    named = resolve_named_region(_look_up(signs, surroundings.named), _context_of(signs, surroundings.context))
    told = signs.join(named, on="key", how="left").with_columns(
        region_code=pl.coalesce("region_code", pl.when(_is_country()).then(pl.lit(COUNTRY_CODE))),
        order=pl.col("sign").replace_strict({"issuer": 0, "title": 1, "plan_title": 2}, return_dtype=pl.Int8),
    )
    by_number = _read_number_prefixes(described, region_aliases).with_columns(order=pl.lit(3, pl.Int8))
    by_vote = surroundings.voted.with_columns(order=pl.lit(4, pl.Int8))
    columns = ["document_id", "region_code", "order"]
    return (
        pl.concat([told.select(columns), by_number.select(columns), by_vote.select(columns)])
        .filter(pl.col("region_code").is_not_null())
        .sort("document_id", "order")
        .unique("document_id", keep="first", maintain_order=True)
        .select("document_id", "region_code")
    )


def _list_signs(described: pl.DataFrame) -> pl.DataFrame:
    """List the short texts that may name a document's division: document_id, sign, text, key."""
    return pl.concat(
        [
            described.select("document_id", sign=pl.lit("issuer"), text=_first_body("issuer")),
            described.select("document_id", sign=pl.lit("plan_title"), text="plan_title"),
            described.select("document_id", sign=pl.lit("title"), text="title"),
        ]
    ).with_columns(key=pl.concat_str("document_id", "sign", separator="|"))


def _list_offers(described: pl.DataFrame) -> pl.DataFrame:
    """List the bodies that a page names beside its text: document_id, place, text, key."""
    return (
        described.select("document_id", "issuer_hint", "publisher", "host")
        .unpivot(index="document_id", variable_name="place", value_name="text")
        .filter(pl.col("text").str.contains(rf"{ORG_END}$"), pl.col("text").str.len_chars() >= 3)
        .with_columns(key=pl.concat_str("document_id", "place", separator="|"))
    )


def _first_body(bodies: str) -> pl.Expr:
    return pl.col(bodies).str.split("、").list.first()


def _is_country() -> pl.Expr:
    return ((pl.col("sign") == "issuer") & is_central(pl.col("text"))) | pl.col("text").str.contains("^中华人民共和国")


def _settle_by_issuers(signs: pl.DataFrame, named: pl.DataFrame, shared: pl.DataFrame) -> pl.DataFrame:
    """Return the ids of documents whose issuer alone tells their division: it names some, and no name that several divisions share."""
    is_named = pl.col("text").is_in(named["key"].unique().implode())
    return signs.filter(sign="issuer").filter(is_named | _is_country()).join(shared, on="text", how="anti").select("document_id")


def _look_up(texts: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    """Give short texts (document_id, key, text) the places that they name."""
    return texts.select("document_id", "key", "text").join(named.rename({"key": "text"}), on="text", maintain_order="left").drop("text")


def _context_of(signs: pl.DataFrame, context: pl.DataFrame) -> pl.DataFrame:
    """Give each short text the context of its document."""
    return signs.select("document_id", "key").join(context, on="document_id").drop("document_id")


def _read_number_prefixes(described: pl.DataFrame, region_aliases: pl.DataFrame) -> pl.DataFrame:
    """Read the division off a number that starts with its one-character name and a department's (鲁政发, 京经信发, 国发)."""
    prefixes = region_aliases.filter(pl.col("use") == "number_prefix").select(prefix="alias", region_code="region_code")
    start = pl.col("document_number").str.extract(
        rf"^({'|'.join(prefixes.get_column('prefix').sort(descending=True))})(?:[\p{{Han}}]{{0,2}}(?:政|府|发|办|科|委|财|农|教|经|工|商|人社|环|建|民|卫|市监|函))"
    )
    whole = pl.col("document_number").str.extract(r"^(国发|国办|国科|国函|中发|中办)")
    return described.select("document_id", prefix=pl.coalesce(whole, start)).join(prefixes, on="prefix")
