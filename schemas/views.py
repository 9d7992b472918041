"""The questions that analysts ask again and again, as views and table macros of the warehouse, in plain SQL."""

from __future__ import annotations

from schemas.search import SEARCH_VIEWS
from schemas.view import View

# What values of the tables are called in Chinese: line roles after GB/T 9704-2012, the rest as plans themselves say.
ROLE_NAMES = {
    "blank": "空行",
    "chrome": "网页框架",
    "metadata": "网页信息",
    "title": "标题",
    "recipients": "主送机关",
    "heading": "小标题",
    "body": "正文",
    "signature": "署名",
    "date": "成文日期",
    "note": "附注",
    "attachment": "附件",
    "duplicate": "重复",
}
AGENCY_ROLE_NAMES = {"lead": "牵头", "responsible": "责任", "supporting": "配合"}
COMPARATOR_NAMES = {">=": "≥", ">": ">", "<=": "≤", "<": "<", "~": "约", "=": "=", "range": "至"}
BASIS_NAMES = {"total": "总量", "increment": "增量", "growth_rate": "增速", "share": "占比"}
REPAIR_NAMES = {
    "injected_spam": "插入的广告",
    "lost_character": "缺字",
    "mismatched_quote": "引号不配对",
    "stray_space": "多余空格",
    "undecodable_bytes": "无法解码",
}
DUPLICATE_NAMES = {
    "exact_source": "文件相同",
    "within_source": "页内重复",
    "exact_document": "正文相同",
    "near_document": "正文相近",
    "revision": "修订版本",
}
# Unit as written, the unit it is compared in, and the factor between them: legal units of China (GB 3100-1993), 市制, people and firms.
UNITS = (
    ("公顷", "亩", 15.0),
    ("平方公里", "亩", 1500.0),
    ("平方千米", "亩", 1500.0),
    ("斤", "吨", 0.0005),
    ("公斤", "吨", 0.001),
    ("千克", "吨", 0.001),
    ("担", "吨", 0.05),
    ("千米", "公里", 1.0),
    ("里", "公里", 0.5),
    ("兆瓦", "千瓦", 1000.0),
    ("度", "千瓦时", 1.0),
    ("名", "人", 1.0),
    ("位", "人", 1.0),
    ("户", "家", 1.0),
    ("百分点", "%", 1.0),
    ("‰", "%", 0.1),
)


def _named(column: str, names: dict[str, str]) -> str:
    """Return SQL that gives the Chinese name of a value."""
    cases = " ".join(f"WHEN '{value}' THEN '{name}'" for value, name in names.items())
    return f"CASE {column} {cases} END"


COMPARE_TARGETS = View(
    name="main.compare_targets",
    parameters="term",
    description="Who aims at how much of what: the targets whose indicator or quote holds a term, region by region, in comparable units",
    columns={
        "region_name": "Region of the document",
        "plan_year": "Year that the plan is for",
        "target_year": "Year by which the target is to be reached",
        "indicator": "What is counted, as written",
        "comparator": "How the number binds (≥, >, ≤, <, 约, =, or 至 between the two ends of a range)",
        "value_low": "The number in `unit`; of a range the lower end",
        "value_high": "The upper end of a range",
        "unit": "Unit in which targets can be compared (公顷 in 亩, 户 in 家, 名 in 人 …), 万 and 亿 multiplied out",
        "basis": "What the number measures (总量, 增量, 增速, 占比)",
        "sentence": "The sentence that states it",
        "title": "Title of the document",
        "document_id": "The document",
        "target_id": "The target, for `yaodian explain`",
    },
    warning="Canonical documents only. The indicator is as the page words it: look at the sentence before you compare",
    example="SELECT region_name, comparator, value_low, unit, sentence FROM compare_targets('高新技术企业')",
    sql=f"""
    SELECT d.region_name, d.plan_year, t.target_year, t.indicator,
        {_named("t.comparator", COMPARATOR_NAMES)} AS comparator,
        round(t.value_low * coalesce(u.factor, 1), 9) AS value_low,
        round(t.value_high * coalesce(u.factor, 1), 9) AS value_high,
        coalesce(u.normal, t.unit) AS unit,
        {_named("t.basis", BASIS_NAMES)} AS basis,
        regexp_extract(split_part(p.text, t.quote, 1), '[^。;；\\n]*$') || t.quote
            || regexp_extract(substr(p.text, instr(p.text, t.quote) + length(t.quote)), '^[^。;；\\n]*[。;；]?') AS sentence,
        d.title, t.document_id, t.target_id
    FROM main.targets AS t
    JOIN main.documents AS d USING (document_id)
    JOIN main.paragraphs AS p USING (paragraph_id)
    LEFT JOIN (VALUES {", ".join(map(str, UNITS))}) AS u (written, normal, factor)
        ON u.written = t.unit
    WHERE d.is_canonical AND contains(lower(concat_ws(chr(10), t.indicator, t.quote)), lower(term))
    ORDER BY d.region_code, d.plan_year, t.target_id
    """,
)

AGENCY_LOAD = View(
    name="main.agency_load",
    description="How many measures each agency is in charge of, alone or with others",
    columns={
        "agency": "Full name of the agency, or the name as written where the full one could not be told",
        "region_name": "Region that it serves",
        "n_measures": "Measures that name it",
        "n_led": "Of these, measures that it leads (牵头)",
        "n_responsible": "Of these, measures that it is responsible for (责任)",
        "n_supporting": "Of these, measures that it supports (配合)",
        "n_alone": "Of these, measures that name no other agency",
        "n_shared": "Of these, measures that name others too",
        "n_partners": "Number of other agencies named with it",
        "n_documents": "Documents that name it",
        "agency_id": "The agency",
    },
    warning="Canonical documents only. Offices inside one agency (规划处) are agencies of their own, as the plan names them",
    example="SELECT agency, region_name, n_led, n_shared FROM agency_load ORDER BY n_led DESC LIMIT 10",
    sql="""
    WITH named AS (
        SELECT DISTINCT a.agency_id, a.measure_id, a.role, m.document_id
        FROM main.measure_agencies AS a
        JOIN main.measures AS m USING (measure_id)
        JOIN main.documents AS d USING (document_id)
        WHERE d.is_canonical
    ),
    partners AS (
        SELECT n.agency_id, n.measure_id, count(DISTINCT o.agency_id) AS n_others
        FROM named AS n
        LEFT JOIN named AS o ON o.measure_id = n.measure_id AND o.agency_id <> n.agency_id
        GROUP BY ALL
    ),
    together AS (
        SELECT n.agency_id, count(DISTINCT o.agency_id) AS n_partners
        FROM named AS n
        JOIN named AS o ON o.measure_id = n.measure_id AND o.agency_id <> n.agency_id
        GROUP BY n.agency_id
    ),
    shared AS (
        SELECT agency_id, count(*) FILTER (n_others = 0) AS n_alone, count(*) FILTER (n_others > 0) AS n_shared
        FROM partners
        GROUP BY agency_id
    )
    SELECT a.name AS agency, r.name AS region_name,
        count(DISTINCT n.measure_id) AS n_measures,
        count(DISTINCT n.measure_id) FILTER (n.role = 'lead') AS n_led,
        count(DISTINCT n.measure_id) FILTER (n.role = 'responsible') AS n_responsible,
        count(DISTINCT n.measure_id) FILTER (n.role = 'supporting') AS n_supporting,
        any_value(s.n_alone) AS n_alone, any_value(s.n_shared) AS n_shared, coalesce(any_value(t.n_partners), 0) AS n_partners,
        count(DISTINCT n.document_id) AS n_documents, a.agency_id
    FROM named AS n
    JOIN main.agencies AS a USING (agency_id)
    JOIN shared AS s USING (agency_id)
    LEFT JOIN together AS t USING (agency_id)
    LEFT JOIN main.regions AS r ON r.region_code = a.region_code
    GROUP BY a.agency_id, a.name, r.name
    """,
)

OUTLINE = View(
    name="main.outline",
    parameters="document",
    description="The outline of a document: its sections and measures in order, with the agencies in charge and the number of targets",
    columns={
        "line": "The line where it starts",
        "level": "Depth, 1 outermost; a measure is one deeper than its section",
        "kind": "章节 (section) or 任务 (measure)",
        "marker": "Its number as written; of a measure the number that it says",
        "title": "Its heading; for a measure without one the beginning of its text",
        "agencies": "The agencies in charge, as written, by role",
        "n_targets": "Number of targets that it states (of a section: those of its measures and subsections)",
        "last_line": "The line where it ends",
        "id": "The section or measure, for `yaodian explain`",
    },
    example="SELECT level, kind, marker, title, agencies FROM outline('f7tg3qtyvudh')",
    sql=f"""
    WITH parts AS (
        SELECT s.document_id, s.section_id AS id, s.first_line, s.last_line, s.level, 0 AS is_measure, '章节' AS kind, s.marker,
            coalesce(s.title, s.marker) AS title, NULL AS agencies
        FROM main.sections AS s
        WHERE s.document_id = document
        UNION ALL
        SELECT m.document_id, m.measure_id, m.first_line, m.last_line, coalesce(s.level, 0) + 1, 1, '任务', m.number::VARCHAR,
            coalesce(m.title,
                regexp_replace(substr(m.text, 1, 40), '^[0-9]+[.、]\\s*', '') || CASE WHEN length(m.text) > 40 THEN '…' ELSE '' END),
            a.agencies
        FROM main.measures AS m
        LEFT JOIN main.sections AS s USING (section_id)
        LEFT JOIN (
            SELECT measure_id, string_agg(names, ';' ORDER BY place) AS agencies
            FROM (
                SELECT measure_id, min(ordinal) AS place,
                    {_named("role", AGENCY_ROLE_NAMES)} || ':' || string_agg(name, '、' ORDER BY ordinal) AS names
                FROM main.measure_agencies
                GROUP BY measure_id, role
            )
            GROUP BY measure_id
        ) AS a USING (measure_id)
        WHERE m.document_id = document
    )
    SELECT first_line AS line, level, kind, marker, title, agencies, n_targets, last_line, id
    FROM (
        SELECT p.*, count(t.target_id) AS n_targets
        FROM parts AS p
        LEFT JOIN main.targets AS t ON t.document_id = p.document_id AND t.line_no BETWEEN p.first_line AND p.last_line
        GROUP BY ALL
    )
    ORDER BY first_line, is_measure, level
    """,
)

DOCUMENT_LINES = View(
    name="main.document_lines",
    parameters="document",
    description="Every raw line of a document's page: its role, the rule that decided, what was repaired, and what became of it",
    columns={
        "line_no": "The line, from 1",
        "raw_text": "The line as it stands in the file",
        "role": "What the line is in the page (标题, 正文, 网页框架 …)",
        "rule": "The rule that decided, by name (docs/rules.md)",
        "became": "What became of it: the paragraph that it feeds, the line that it repeats, or that it was left out",
        "repairs": "What was repaired in it: original → replacement (kind)",
        "paragraph_id": "The paragraph that it feeds; NULL where none",
        "duplicate_of": "SOURCE:LINE of the line that it repeats, where the line or its whole page is a repeat",
    },
    example="SELECT line_no, role, became, repairs FROM document_lines('dbxm5q2o537v')",
    sql=f"""
    WITH repaired AS (
        SELECT r.source_id, r.line_no, string_agg(
            r.original || ' → ' || coalesce(r.replacement, '?') || ' (' || {_named("r.kind", REPAIR_NAMES)} || ')',
            '; ' ORDER BY r.start_char
        ) AS repairs
        FROM lineage.repairs AS r
        GROUP BY ALL
    ),
    repeats AS (
        SELECT l.source_id, l.line_no, first(r.kind ORDER BY r.kind = 'within_source' DESC, r.duplicate_id) AS kind,
            first(
                r.duplicate_of_source_id || ':' || least(r.duplicate_of_first_line + l.line_no - r.first_line, r.duplicate_of_last_line)
                ORDER BY r.kind = 'within_source' DESC, r.duplicate_id
            ) AS duplicate_of
        FROM lineage.lines AS l
        JOIN main.documents AS d ON d.source_id = l.source_id AND d.document_id = document
        JOIN lineage.duplicates AS r ON r.source_id = l.source_id AND l.line_no BETWEEN r.first_line AND r.last_line
        GROUP BY ALL
    )
    SELECT l.line_no, l.raw_text, {_named("l.role", ROLE_NAMES)} AS role, l.rule,
        CASE WHEN p.paragraph_id IS NOT NULL THEN concat('段落 ', p.ordinal, CASE WHEN l.joins_previous THEN '(接上行)' ELSE '' END)
            WHEN l.role = 'duplicate' THEN '删去:' || {_named("x.kind", DUPLICATE_NAMES)}
            WHEN l.role = 'blank' THEN '空行'
            ELSE '不计入正文' END AS became,
        r.repairs, l.paragraph_id, x.duplicate_of
    FROM main.documents AS d
    JOIN lineage.lines AS l ON l.source_id = d.source_id
    LEFT JOIN main.paragraphs AS p ON p.paragraph_id = l.paragraph_id
    LEFT JOIN repaired AS r ON r.source_id = l.source_id AND r.line_no = l.line_no
    LEFT JOIN repeats AS x ON x.source_id = l.source_id AND x.line_no = l.line_no
    WHERE d.document_id = document
    ORDER BY l.line_no
    """,
)

PHRASE_SPREAD = View(
    name="main.phrase_spread",
    description="The set phrases and passages that stand in several documents: who shares them, and who had them first",
    columns={
        "phrase": "The passage, as it stands in each of the documents",
        "n_chars": "Its length in characters",
        "n_documents": "Documents that hold it",
        "n_regions": "Regions that those documents are of",
        "regions": "These regions, in the order in which they had it (undated ones last)",
        "first_on": "The earliest date of a document that holds it (成文日期, else 发布日期, else 施行日期)",
        "first_region": "Region of that document",
        "first_title": "Title of that document",
        "n_undated": "Documents that hold it and bear no date: one of them may have been first",
        "first_document_id": "That document",
        "reuse_id": "The passage",
    },
    warning="First among the pages that were read: who wrote a phrase first may not be among them",
    example="SELECT phrase, n_documents, regions, first_region, first_on FROM phrase_spread ORDER BY n_documents DESC LIMIT 10",
    sql="""
    WITH held AS (
        SELECT DISTINCT o.reuse_id, d.document_id, d.title, d.region_name, coalesce(d.issued_on, d.published_on, d.effective_on) AS dated
        FROM main.reuse_occurrences AS o
        JOIN main.documents AS d USING (document_id)
    ),
    regional AS (
        SELECT reuse_id, count(*) AS n_regions, string_agg(region_name, '、' ORDER BY had_it NULLS LAST, region_name) AS regions
        FROM (SELECT reuse_id, region_name, min(dated) AS had_it FROM held WHERE region_name IS NOT NULL GROUP BY ALL)
        GROUP BY reuse_id
    ),
    earliest AS (
        SELECT reuse_id, count(*) FILTER (dated IS NULL) AS n_undated, min(dated) AS first_on,
            min((dated, document_id)) FILTER (dated IS NOT NULL) AS earliest
        FROM held
        GROUP BY reuse_id
    )
    SELECT r.text AS phrase, r.n_chars, r.n_documents, coalesce(g.n_regions, 0) AS n_regions, g.regions, e.first_on,
        d.region_name AS first_region, d.title AS first_title, e.n_undated, d.document_id AS first_document_id, r.reuse_id
    FROM main.reuse AS r
    JOIN earliest AS e USING (reuse_id)
    LEFT JOIN regional AS g USING (reuse_id)
    LEFT JOIN main.documents AS d ON d.document_id = e.earliest[2]
    """,
)

VIEWS = (COMPARE_TARGETS, AGENCY_LOAD, OUTLINE, DOCUMENT_LINES, PHRASE_SPREAD)
ALL_VIEWS = (*SEARCH_VIEWS, *VIEWS)
