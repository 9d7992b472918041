"""What a nasty source is: a file name in bytes, its content, and what may become of it."""

from __future__ import annotations

from dataclasses import dataclass

LOADED = ("loaded",)
EITHER = ("loaded", "not_text")

PAGE = (
    "首页 > 政务公开 > 文件\n"
    "辽宁省科学技术厅关于印发2020年科技工作要点的通知\n"
    "辽科发〔2020〕6号\n"
    "各市科技局,各有关单位:\n"
    "现将《2020年全省科技工作要点》印发给你们,请认真贯彻执行。\n"
    "一、加强基础研究\n"
    "1.布局100个以上省科技重大专项,投入资金2.5亿元。(责任处室:规划处、基础处)\n"
    "2.新增高新技术企业1000家,增长10%以上。(牵头单位:省科技厅;配合单位:省财政厅)\n"
    "辽宁省科学技术厅\n"
    "2020年3月6日\n"
)


@dataclass(frozen=True)
class Nasty:
    """One file of the hostile folder; `fates` are what may become of it: `loaded`, or reasons in quality.quarantine."""

    path: bytes
    raw: bytes
    fates: tuple[str, ...] = LOADED


def text(name: str, content: str, fates: tuple[str, ...] = LOADED) -> Nasty:
    """Make a nasty source of a text in UTF-8."""
    return Nasty(f"{name}.txt".encode(), content.encode("utf-8", "surrogatepass"), fates)
