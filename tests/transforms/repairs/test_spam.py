"""Spam is told by its nature in any page, and ordinary text that speaks of such things is left alone."""

from __future__ import annotations

import polars as pl
import pytest

from tests.transforms.repairs.pages import make_lines, read_rules
from transforms.repairs import find_spam

SPAM = [
    "365bet体育直播_365bet足球官方开户网_365提现流水不足",
    "澳门新葡京官网_新葡京娱乐城_葡京真人投注",
    "bet365体育在线投注-bet365官网",
    "亚博体育app下载|亚博官网登录",
    "时时彩开奖结果_重庆时时彩走势图_时时彩平台",
    "网上小额贷款app_秒批网贷口子_不查征信贷款",
    "成人视频在线观看_国产精品免费视频",
    "代开发票_办证刻章_毕业证办理",
    "传奇私服发布网_变态传奇sf下载",
    "棋牌游戏平台_真人棋牌app官方下载",
    "快速排名seo优化_百度关键词排名推广",
    "pk10投注平台_北京赛车pk10官网",
    "信用卡套现_花呗套现秒到账",
]

CLEAN = [
    "严厉打击网络赌博、电信诈骗、跨境赌博等违法犯罪活动,依法取缔开设赌场、聚众赌博场所。",
    "彩票发行机构、彩票销售机构应当及时将开奖结果向社会公布,体育彩票公益金用于全民健身。",
    "小额贷款公司、融资担保公司、典当行等地方金融组织应当接受监督管理,规范网络贷款平台。",
    "网络游戏用户注册登录平台应当使用有效身份信息,禁止提供代练、外挂等服务。",
    "反洗钱行政主管部门会同国家有关机关开展反洗钱宣传教育。",
    "全省PM_2.5平均浓度下降12.1%,优良天数比率超过80%。",
    "本协议书一式____份,协议在预签约达到_%时即生效。",
    "登录https://www.example.gov.cn/app_download/index_2.html下载客户端,或发送至user_name@example.gov.cn。",
    "推广5G+工业互联网,建设GB/T_19001质量管理体系,用好“浙政钉”APP、“皖事通”平台。",
    "举办2024国际体育消费季、国际足球邀请赛,开展体育赛事直播和视频推广。",
    "来源:省政府门户网站 | 字号:大 中 小",
    "推进投贷联动-科技保险-知识产权质押融资一体化服务。",
    "国务院关于促进综合保税区高水平开放的若干意见_政策文件_中国政府网",
]


@pytest.mark.parametrize("spam", SPAM)
def test_finds_spam_in_a_sentence_to_the_character(spam: str) -> None:
    texts = [f"进一步规范和拓展科技{spam}业务范围,继续深化合作。", f"引导{spam}机构加大支持。", "本行没有。"]
    found = find_spam(make_lines({"a": texts}), read_rules("spam_terms"))
    assert found.select("line_no", "start_char", "original").rows() == [(1, 10, spam), (2, 2, spam)]
    assert found["left_context"].to_list() == ["进一步规范和拓展科技", "引导"]
    assert found["right_context"].to_list() == ["业务范围,继续深化合作。", "机构加大支持。"]
    assert (found["confidence"] > 0.7).all()


@pytest.mark.parametrize("spam", SPAM)
def test_finds_a_single_occurrence(spam: str) -> None:
    found = find_spam(make_lines({"a": [f"完善{spam}体系。"]}), read_rules("spam_terms"))
    assert found["original"].to_list() == [spam]


def test_repeats_tell_where_the_page_goes_on() -> None:
    """平台 belongs to promotional vocabulary, but here the page's own word follows one of the copies."""
    spam = "bet365体育在线_bet365官网"
    texts = [f"建设{spam}平台。", f"引导{spam}机构。"]
    found = find_spam(make_lines({"a": texts}), read_rules("spam_terms"))
    assert found["original"].to_list() == [spam, spam]


def test_repeats_tell_the_end_of_an_unknown_name() -> None:
    spam = "bet365体育在线_bet365官网_鼎丰阁"
    texts = [f"建设{spam}体系。", f"引导{spam}机构。", f"深化{spam}改革。"]
    found = find_spam(make_lines({"a": texts}), read_rules("spam_terms"))
    assert found["original"].to_list() == [spam] * 3


@pytest.mark.parametrize("text", CLEAN)
def test_leaves_clean_text_alone(text: str) -> None:
    assert find_spam(make_lines({"a": [text, text, text]}), read_rules("spam_terms")).is_empty()


def test_sources_are_judged_each_by_itself() -> None:
    spam = SPAM[0]
    pages = {"a": [f"引导{spam}机构"], "b": [f"建设{spam}市场", "没有"]}
    terms = read_rules("spam_terms")
    together = find_spam(make_lines(pages), terms)
    apart = pl.concat([find_spam(make_lines({name: texts}), terms) for name, texts in pages.items()])
    assert together.equals(apart)


def test_rules_have_names_and_reasons() -> None:
    terms = read_rules("spam_terms")
    assert terms["rule"].is_unique().all()
    assert (terms["why"].str.len_chars() > 10).all()
