"""What a line looks like by itself: expressions over a column of clean text, without its neighbours.

In: a text expression (and its `bare` form, white space removed). Out: boolean expressions with names that read as sentences.
The shapes follow GB/T 9704-2012 (党政机关公文格式): numbering 一、(一) 1. (1), titles that end in the kind of paper, 附件, 成文日期.
"""

import polars as pl

from transforms.rows import describe_where

NUMERAL = "[一二三四五六七八九十百零〇○]"

# The kinds of paper a title ends in, official (GB/T 9704, laws and regulations) or customary.
TITLE_KINDS = (
    "通知|通告|公告|公报|公示|意见|要点|规划|纲要|计划|方案|办法|规定|条例|细则|决定|决议|命令|令|批复|复函|函|报告|请示|通报|纪要|议案"
    "|措施|政策|若干政策|政策措施|实施细则|法|法典|规则|章程|制度|标准|规范|指南|指引|导则|目录|清单|名单|预案|解释|解读|问答|答复|讲话|致辞|倡议书|倡议"
    "|安排|总结|述评|白皮书|准则|守则|情况|结果|说明|任务|分工|工程|行动|大纲|项目|评价|建议|提案|协议|公约|宣言|合同|汇编|一览表|汇总表|统计表"
)
TITLE_TAIL = (
    r"(?:\((?:试行|暂行|草案|修订|修正|送审稿|征求意见稿|摘要|节选|全文|上|下|第?[一二三四五六七八九十\d]+[批号期]?"
    r"|(?:19|20)\d{2}年?.{0,24}|[^()]{0,14}(?:稿|版|本))\)|(?:19|20)\d{2}年版?)*"
)
TITLE_END = rf"(?:{TITLE_KINDS})[》”\"」]?{TITLE_TAIL}[》”\"」]?{TITLE_TAIL}$"

# 第一篇: alone is a library's label, no chapter.
CHAPTER = rf"^第(?:{NUMERAL}|\d){{1,4}}(?:编|分编|章|节|部分|篇(?:[^:]|$))"
ARTICLE = rf"^\**第(?:{NUMERAL}|\d){{1,6}}条(?:之{NUMERAL})?"
LEVEL_ONE = rf"^{NUMERAL}{{1,4}}[、.．,]"
LEVEL_TWO = rf"^\({NUMERAL}{{1,4}}\)"
LEVEL_THREE = r"^\d{1,3}(?:[.、﹒．]\D|[.、﹒．]$|[.]\d{4}年)"
DECIMAL_LEVEL = r"^(\d{1,2}(?:\.\d{1,2}){1,3})[ .、]+[\u4e00-\u9fff]"
DECIMAL_LEVELS = ("decimal", "decimal_deep", "decimal_deepest")
DECIMAL_HEADING = r"^\d{1,2}(?:\.\d{1,2}){1,3}[.、]?[\u4e00-\u9fff][^,。;:]{1,29}$"
DECIMAL_HEADING_CHARS = 45
DECIMAL_QUANTITY = r"^[\d.]+(?:[亿万千百元倍吨米亩]|个百分|公里|公顷|平方|立方|小时|人[,、]|左右|以[上下内]|[和至到])"
LEVEL_FOUR = r"^\(\d{1,3}\)|^[①-⑳]|^\d{1,2}\)"
SPELT_ORDINAL = rf"^(?:{NUMERAL}{{1,3}}是|第{NUMERAL}{{1,3}}[,、])"
LABELLED_NUMBER = (
    r"^(?:No\.?|NO\.?|№)\d{1,3}|^(?:(?:任务|重点)?专栏|专题|任务|举措|行动|工程)(?:\d{1,2}|[一二三四五六七八九十]{1,3})(?:\D|$)"
)
TABLE_CAPTION = rf"^(?:表|图|附表|附图)(?:\d{{1,3}}|{NUMERAL}{{1,3}})(?:[-—.]\d{{1,3}})?(?:[^\d年月]|$)"
BULLET = r"^(?:[•·◆■●○◇□★☆▲△►➢※]|[—―–-]{2,}|[-*+]\s)"

LEVELS = {
    "chapter": CHAPTER,
    "article": ARTICLE,
    "one": LEVEL_ONE,
    "two": LEVEL_TWO,
    "three": LEVEL_THREE,
    "four": LEVEL_FOUR,
    "spelt": SPELT_ORDINAL,
    "labelled": LABELLED_NUMBER,
    "caption": TABLE_CAPTION,
    "bullet": BULLET,
}

# Any numbering that `add_level` names, decimal too (3.4 …).
NUMBERED = "|".join([*LEVELS.values(), r"^\d{1,2}\.\d"])

ORGANISATION_END = (
    "(?:政府|委员会|办公厅|办公室|厅|局|部|委|委办|署|处|司|科|院|会|组|党组|党委|省委|市委|县委|区委|中心|公司|集团|大学|学院|学校|银行|法院|检察院|总队|支队|大队|队|站|所|社|馆"
    "|国务院|总局|总署|分局|管委会|开发区|协会|学会|联合会|总工会|人大|人民代表大会|政协|指挥部|领导小组|工作组|专班|联席会议|兵团|师|团|[省市县区州旗]长|主席|主任|部长|局长|厅长)"
    r"(?:\([^()]{2,30}\))?$"
)
# Words that end like an organisation: 全面建成小康社会, 新格局.
NO_ORGANISATION_END = "(?:社会|机会|盛会|[大全布格变时结开]局|[全内外东西中南北局干]部|[到深好妙]处)$"
SPELT_YEAR = r"二[〇○零O0][〇○零O0一二三四五六七八九]{2}年"
OFFICER_NAMED = (
    "^.{0,20}(?:总理|省长|市长|县长|区长|州长|旗长|盟长|主席|委员长|主任|部长|厅长|局长|院长|检察长|行长|署长|司令员)"
    r"[\u4e00-\u9fff]{1,8}(?:·[\u4e00-\u9fff]{1,8})*$"
)
DATE_ALONE = rf"^\(?(?:(?:19|20)\d{{2}}年\d{{1,2}}月(?:\d{{1,2}}日)?|{SPELT_YEAR}{NUMERAL}{{1,3}}月(?:{NUMERAL}{{1,3}}日)?)\)?$"
DATED = "(?:签发|印发|发布|公布)?"
FULL_DATE_ALONE = rf"^\(?(?:(?:19|20)\d{{2}}年\d{{1,2}}月\d{{1,2}}日|{SPELT_YEAR}{NUMERAL}{{1,3}}月{NUMERAL}{{1,3}}日){DATED}\)?$"
ATTACHMENT_LABEL = rf"^[【\[]?(?:附件|附表|附录|附图|附)(?:\d{{1,3}}|{NUMERAL}{{1,3}})?(?:[-—.]\d{{1,2}})?[】\]]?[:.、]?$"
ATTACHMENT_ENTRY = rf"^(?:附件|附表|附录|附图|附)(?:\d{{1,3}}|{NUMERAL}{{1,3}})?(?:[-—.]\d{{1,2}})?[:.、].+$"
GLUED_HEADING_CHARS = 60  # with the full stop before it
# A heading that stands behind the end of a sentence, on the same line: text of PDF files, whose line breaks were lost there.
GLUED_HEADING = (
    r"。\s*((?:[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十]{1,3}\))[^。;:?!]{1,39}[^。;,:?!、]"
    r"|\d{1,2}(?:[.、]|(?:\.\d{1,2}){2,3}\s*)[^\d。;,:?!、][^。;,:?!、]{1,30})$"
)
GLUED_NUMBER = r"。\s*[(\d一二三四五六七八九十]"  # every such heading begins so
FILE_NAME_CHARS = 140
FILE_NAME = r"(?i)[^。]\.(?:docx?|pdf|xlsx?|wps|et|ofd|zip|rar|7z|ceb|cebx|pptx?|rtf|txt|tif)(?:\(?\d.{0,14})?$"
ADDRESSEE = (
    "(?:[各省市县区州盟旗厅局委部办院校会处室队组所站]|单位|公司|企业|机构|中心|政府|机关|代表|同志们?|[友生士]们|委员|同胞|朋友"
    "|先生|女士|群众|地区|部门|集团|银行|兵团|法院|科室|大学|组织|[协学商]会|[矿厂场店社馆]|街道|[乡镇村]|园区|开发区|管委会)"
)
# 各…: at the head of a text, whatever word it ends in.
ADDRESSED_TO_ALL = "^各[^。;:]{1,200}:$"
SALUTATION = "^(?:各位|同志|尊敬的)[^,。;:]{0,16}[!:]$"
NOT_ADDRESSED = "如下|以下|下列|包括|分别|应当|要求"

# Marks of Markdown and HTML: headings, rows of a table, cells and other elements with text in them, tags alone on their line.
MARKED_LINE = r"^(?:#{1,6}\s|\||<[!/A-Za-z])"
MARKED_TITLE = r"^#\s"
MARKED_HEADING = r"^#{2,6}\s"
TABLE_ROW = r"^\|[^|]+\|.*\|$"
TABLE_RULE = r"^\|?(?::?-{2,}:?\|)+(?::?-{2,}:?)?\|?$"
ELEMENT_WITH_TEXT = (
    r"^<(?i:t[dh]|li|p|summary|span|h[1-6]|strong|b|i|em|dt|dd|div|blockquote|caption|figcaption|center|font|section|a)"
    r"(?:\s*[a-z-]+=[^<>]*)?>[^<>]*[\u4e00-\u9fffA-Za-z0-9]"
)

SENTENCE_END = r"[。!?;:…][”’」』》)\]】\"']*$"


def without_markup(text: pl.Expr) -> pl.Expr:
    """Take Markdown marks of headings, quotations and bold face and a stray bar at the end off a line (`## 第一章` is 第一章)."""
    unmarked = text.str.replace(r"^(?:#{1,6}\s+|>\s+)", "").str.replace_all("**", "", literal=True)
    has_stray_bar = unmarked.str.contains(r"^[^|]+\|$")
    return pl.when(has_stray_bar).then(unmarked.str.strip_chars_end("| ")).otherwise(unmarked).str.strip_chars(" ")


def add_unmarked(lines: pl.DataFrame) -> pl.DataFrame:
    """Add `unmarked`: `text` without the marks that `without_markup` takes off, in the few lines that have any."""
    text = pl.col("text")
    has_marks = text.str.starts_with("#") | text.str.starts_with(">") | text.str.ends_with("|") | text.str.contains("**", literal=True)
    unmarked = describe_where(lines, has_marks, unmarked=without_markup(text))
    return unmarked.with_columns(unmarked=pl.coalesce("unmarked", "text"))


def without_spaces(text: pl.Expr) -> pl.Expr:
    """Remove the spaces of clean text, so that 首  页 reads 首页 and 索 引 号 reads 索引号."""
    return text.str.replace_all(" ", "", literal=True)


def letters_of(text: pl.Expr) -> pl.Expr:
    """Keep CJK characters, Latin letters and digits only, so that copies set differently are alike."""
    return text.str.replace_all(r"[^\u4e00-\u9fffA-Za-z0-9]+", "")


def add_level(lines: pl.DataFrame, text: str = "text") -> pl.DataFrame:
    """Add `level`: the numbering a line begins with (a key of LEVELS, or one of DECIMAL_LEVELS: 3.4 …), null where it has none.

    In: `bare`, and the column that `text` names. Most numbers begin in one of two ways, with few levels each.
    """
    bare = pl.col("bare")

    def named(*names: str) -> pl.Expr:
        return pl.coalesce(pl.when(bare.str.contains(LEVELS[name])).then(pl.lit(name)) for name in names)

    n_points = pl.col(text).str.extract(DECIMAL_LEVEL).str.count_matches(".", literal=True)
    decimal = n_points.replace_strict(range(1, 4), DECIMAL_LEVELS, default=None, return_dtype=pl.String)
    began = lines.with_columns(is_ordinal=bare.str.starts_with("第"), is_bracketed=bare.str.starts_with("("))
    is_other = ~pl.col("is_ordinal") & ~pl.col("is_bracketed") & bare.str.contains(NUMBERED)
    ordinals = describe_where(began, pl.col("is_ordinal"), ordinal=named("chapter", "article", "spelt"))
    bracketed = describe_where(ordinals, pl.col("is_bracketed"), bracketed=named("two", "four"))
    others = describe_where(bracketed, is_other, other=pl.coalesce(decimal, named(*LEVELS)))
    return others.with_columns(level=pl.coalesce("ordinal", "bracketed", "other")).drop(
        "is_ordinal", "is_bracketed", "ordinal", "bracketed", "other"
    )


def is_decimal_heading(bare: pl.Expr) -> pl.Expr:
    """Tell whether a line is a heading of a technical plan (3.1 平台建设), not the rest of a sentence that goes on with a number."""
    return bare.str.contains(DECIMAL_HEADING) & ~bare.str.contains(DECIMAL_QUANTITY)


def ends_sentence(bare: pl.Expr) -> pl.Expr:
    """Tell whether a line ends in punctuation that closes a sentence or opens a list."""
    return bare.str.contains(SENTENCE_END)


def is_title_shaped(bare: pl.Expr) -> pl.Expr:
    """Tell whether a line could be the title of a paper: it ends in a kind of paper, with no sentence in it."""
    return bare.str.contains(TITLE_END) & ~reads_as_sentence(bare) & bare.str.len_chars().is_between(4, 120)


def reads_as_sentence(bare: pl.Expr) -> pl.Expr:
    """Tell whether a line that ends in a kind of paper is no title: a sentence ends within it, or it is a part of one."""
    return bare.str.contains(r"[。;!?]|[:,]$") | bare.str.contains("^[,、:)]")


def has_heading_text(bare: pl.Expr) -> pl.Expr:
    """Tell whether a line may be a heading and nothing else: no sentence ends within it."""
    return ~bare.str.contains("[;!]|[。?][^。?]|,[。?]*$")


def is_prose(bare: pl.Expr, n_chars: pl.Expr) -> pl.Expr:
    """Tell whether a line is running text: a sentence with its full stop, or a long line with commas."""
    has_stop, has_comma = bare.str.contains("。", literal=True), bare.str.contains(",", literal=True)
    return (has_stop & (n_chars >= 12)) | (has_comma & (n_chars >= 50))
