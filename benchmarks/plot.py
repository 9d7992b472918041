"""Measured rows in, one SVG plot of cost against size out, both axes logarithmic: equal costs per document lie on a line."""

from __future__ import annotations

import math
from typing import Any

WIDTH, HEIGHT, MARGIN = 720, 420, 60
COLOURS = {
    "ours": "#0b6e4f",
    "floor": "#888888",
    "near duplicates": "#1f5fa8",
    "rensa": "#c2571a",
    "ours, unchanged": "#74b49b",
    "ours, one page more": "#3d8b6d",
}


def plot_costs(rows: list[dict[str, Any]]) -> str:
    """Plot CPU seconds against megabytes, one line a candidate."""
    x_scale = _scale([row["mb"] for row in rows], MARGIN, WIDTH - 170)
    y_scale = _scale([row["cpu_seconds"] for row in rows], HEIGHT - MARGIN, 20)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">']
    parts.append(f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>')
    parts += [
        _line([(x_scale(mb), HEIGHT - MARGIN), (x_scale(mb), 20)], "#dddddd") + _label(x_scale(mb), HEIGHT - 42, f"{mb:g}")
        for mb in _ticks(rows, "mb")
    ]
    parts += [
        _line([(MARGIN, y_scale(s)), (WIDTH - 170, y_scale(s))], "#dddddd") + _label(MARGIN - 20, y_scale(s) + 4, f"{s:g}")
        for s in _ticks(rows, "cpu_seconds")
    ]
    parts += [_label((WIDTH - 110) / 2, HEIGHT - 15, "megabytes of raw text"), _label(44, 14, "CPU seconds")]
    for number, name in enumerate(name for name in COLOURS if any(row["candidate"] == name for row in rows)):
        points = sorted((row["mb"], row["cpu_seconds"]) for row in rows if row["candidate"] == name)
        placed = [(x_scale(mb), y_scale(seconds)) for mb, seconds in points]
        parts.append(_line(placed, COLOURS[name], 2))
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{COLOURS[name]}"/>' for x, y in placed]
        parts.append(f'<text x="{WIDTH - 155}" y="{40 + 20 * number}" fill="{COLOURS[name]}">{name}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _scale(values: list[float], start: float, end: float) -> Any:
    low, high = math.log10(min(values)) - 0.1, math.log10(max(values)) + 0.1
    return lambda value: start + (math.log10(value) - low) / (high - low) * (end - start)


def _ticks(rows: list[dict[str, Any]], name: str) -> list[float]:
    values = [row[name] for row in rows]
    steps = [step * 10.0**power for power in range(-3, 5) for step in (1, 2, 5)]
    return [step for step in steps if min(values) <= step <= max(values)]


def _line(points: list[tuple[float, float]], colour: str, width: int = 1) -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}"/>'


def _label(x: float, y: float, text: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle" fill="#333333">{text}</text>'
