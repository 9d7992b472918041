"""Site templates: what a site puts on its pages goes, what papers have in common stays, however the pages are dealt to shards."""

from __future__ import annotations

import polars as pl
import pytest

from transforms.lines import add_clean_text, split_lines
from transforms.roles import label_lines
from transforms.templates import apply_templates, count_template_lines, find_templates, locate_templates, tell_sites
from warehouse.reference import read_reference

PLACES = ["东山", "西河", "南岭", "北原", "中川", "上林", "下湾", "前海"]


def paper(n: int) -> str:
    place = PLACES[n % len(PLACES)]
    return (
        f"{place}市渔业条例\n第一章 总则\n第一条 为了保护{place}市第{n}号渔港的渔业资源,维护渔业生产者的合法权益,根据国家法律,"
        f"结合{place}市实际情况和渔港第{n * 7}次普查的结果,制定本条例,请遵照执行。\n法律责任\n"
        f"第二条 违反本条例规定,在{place}市渔港第{n * 3}号水域内从事捕捞活动的,由渔业行政主管部门责令改正,处以罚款,"
        f"情节严重的吊销捕捞许可证。\n"
        f"附则\n本条例自20{n + 10}年1月1日起施行。\n"
    )


def label(pages: dict[str, str], urls: dict[str, str] | None = None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return labelled lines and the sites of pages."""
    rows = [(source_id, f"k{n:011d}", content, (urls or {}).get(source_id)) for n, (source_id, content) in enumerate(pages.items())]
    names = {"source_id": pl.String, "source_key": pl.String, "content": pl.String, "url": pl.String}
    sources = pl.DataFrame(rows, schema=names, orient="row").sort("source_id")
    lines = add_clean_text(split_lines(sources)).join(sources.select("source_id", "source_key"), on="source_id", maintain_order="left")
    return label_lines(lines, read_reference()["line_rules"])[0], tell_sites(sources)


def mark_lines(lines: pl.DataFrame, sites: pl.DataFrame) -> pl.DataFrame:
    counts = count_template_lines(lines, sites)
    return apply_templates(lines, locate_templates(counts, find_templates(counts)))


def mark(pages: dict[str, str], urls: dict[str, str] | None = None) -> dict[str, set[str]]:
    """Return the texts of lines called templates, by rule."""
    lines, sites = label(pages, urls)
    marked = mark_lines(lines, sites)
    hits = marked.filter(pl.col("rule").str.starts_with("site_template"))
    assert (hits["role"] == "chrome").all()
    is_below = pl.col("rule").shift(1).over("source_id").str.starts_with("site_template")
    assert not marked.filter(pl.col("rule").str.starts_with("site_template") | is_below)["joins_previous"].any()
    return {rule: set(frame["text"]) for (rule,), frame in hits.group_by("rule")}


def test_lines_on_most_pages_of_a_folder_are_its_template() -> None:
    pages = {f"a/{n}.txt": f"渔港数字服务台 今日第{n}人来访\n{paper(n)}本栏由小渔整理,祝您愉快\n" for n in range(8)}
    found = mark(pages)
    assert set(found) == {"site_template_8_pages"}
    assert {text.split(" ")[0] for text in found["site_template_8_pages"]} == {"渔港数字服务台", "本栏由小渔整理,祝您愉快"}


def test_papers_built_alike_have_no_template() -> None:
    assert mark({f"a/{n}.txt": paper(n) for n in range(60)}) == {}


def test_lines_of_few_pages_count_where_they_stand_together() -> None:
    framed = {f"a/{n}.txt": f"渔港数字服务台\n小渔陪您逛码头\n{paper(n)}" for n in range(7)}
    alone = {f"a/{n}.txt": paper(n) + "本栏由小渔整理,祝您愉快\n" for n in range(10, 17)}
    plain = {f"a/{n}.txt": paper(n) for n in range(20, 80)}
    assert mark(framed | alone | plain) == {"site_template_7_pages": {"渔港数字服务台", "小渔陪您逛码头"}}


def test_copies_of_one_paper_are_no_site() -> None:
    assert mark({f"a/{n}.txt": f"渔港数字服务台\n小渔陪您逛码头\n{paper(1)}" for n in range(20)}) == {}


def test_lines_inside_the_text_stay() -> None:
    pages = {f"a/{n}.txt": f"{paper(n)}渔港数字服务台\n{paper(n + 100)}" for n in range(8)}
    assert mark(pages) == {}


def test_sites_are_hosts_then_folders_then_containers() -> None:
    urls = [None, None, None, "https://www.a.gov.cn:8080/x/1.html", "http://WWW.a.gov.cn", "//b.gov.cn/y", None, None]
    ids = ["1.txt", "a/1.txt", "a/b/1.txt", "a/2.txt", "x.jsonl#1", "x.jsonl#2", "x.jsonl#3", "x.jsonl#law/4"]
    sites = tell_sites(pl.DataFrame({"source_id": ids, "url": urls}, schema_overrides={"url": pl.String}))["site"].to_list()
    assert sites[3] == sites[4]
    assert len(set(sites)) == 7


def test_host_counts_whatever_the_folder() -> None:
    pages = {f"{n}/1.txt": f"渔港数字服务台\n{paper(n)}" for n in range(8)}
    assert mark(pages) == {}
    assert mark(pages, dict.fromkeys(pages, "http://port.gov.cn/1")) == {"site_template_8_pages": {"渔港数字服务台"}}


@pytest.mark.parametrize("n_shards", [1, 2, 7])
def test_shards_change_nothing(n_shards: int) -> None:
    pages = {f"a/{n:02d}.txt": f"渔港数字服务台\n小渔陪您逛码头\n{paper(n)}" if n % 3 else paper(n) for n in range(30)}
    lines, sites = label(pages)
    whole = mark_lines(lines, sites)
    assert whole["rule"].str.starts_with("site_template").any()
    deals = [list(pages)[start::n_shards] for start in range(n_shards)]
    shards = [(lines.filter(pl.col("source_id").is_in(ids)), sites.filter(pl.col("source_id").is_in(ids))) for ids in deals]
    counts = [count_template_lines(*shard) for shard in shards]
    templates = find_templates(pl.concat(counts))
    parts = [apply_templates(shard, locate_templates(count, templates)) for (shard, _), count in zip(shards, counts, strict=True)]
    assert pl.concat(parts).sort("source_id", "line_no").equals(whole)


def test_no_pages_have_no_templates() -> None:
    lines, sites = label({"a.txt": ""})
    counts = count_template_lines(lines, sites)
    assert find_templates(counts).is_empty()
    assert apply_templates(lines, locate_templates(counts, find_templates(counts))).equals(lines)
