"""The map of a collection as a picture; the one door to matplotlib."""

from collections.abc import Callable, Sequence
from io import BytesIO
from statistics import fmean
from typing import TYPE_CHECKING
from zlib import crc32

from promptops.cluster.labels import SEPARATOR
from promptops.core.counting import counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D
    from matplotlib.transforms import Bbox

    from promptops.cluster.report import ClusterReport

_COLORS = (
    "#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#ee8866", "#44bb99",
    "#997700", "#5566aa",
)  # fmt: skip
"""Told apart with any color vision: Paul Tol's bright and light schemes, and two darker ones."""

_GRAY = "#9a9a9a"
_INK = "#1c1c1c"
_WIDTH, _HEIGHT, _DOTS_PER_INCH = 12.0, 9.0, 150
_SIZES = ((60, 60.0), (1000, 22.0), (10_000, 9.0), (float("inf"), 2.0))
"""Up to how many items a dot has which area."""

_LARGE, _MOST_NAMED = 12, 60
_LONGEST_NAME = 34


def map_png(report: "ClusterReport", *, heading: str, noun: str = "prompt") -> bytes:
    """The map as a PNG of 1800 by 1350 pixels, the same bytes for the same report.

    A dot an item, a color a theme (a cluster where there are no themes), gray for the smaller ones
    and hollow for items in no cluster. The largest clusters are named; no name covers another. A
    name in a script that the font lacks gives way to the id of the representative.

    Args:
        report: What to draw.
        heading: What the map is of.
        noun: What an item is called.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(_WIDTH, _HEIGHT), dpi=_DOTS_PER_INCH, facecolor="white")
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_axes((0.02, 0.02, 0.96, 0.90))
    axes.set_axis_off()
    colors, key = _colors(report)
    _dots(axes, report, colors)
    axes.margins(0.06)
    axes.set_aspect("equal", adjustable="datalim")
    canvas.draw()  # type: ignore[no-untyped-call]  # names are measured on the final axes
    named = _names(axes, report)
    rest = len(report.clusters) - named
    told = (
        f"{counted(len(report.assignments), noun)} in {counted(len(report.clusters), 'cluster')}, "
        f"{len(report.noise)} on their own"
        + (f"; the {named} largest that have room are named" if rest else "")
    )
    figure.text(0.02, 0.965, heading, fontsize=15, weight="bold", color=_INK)
    figure.text(0.02, 0.938, told, fontsize=10, color="#555555")
    if key:
        axes.legend(handles=_handles(key), loc="lower left", fontsize=8, frameon=True,
                    framealpha=0.9, edgecolor="#dddddd")  # fmt: skip
    data = BytesIO()
    figure.savefig(data, format="png", metadata={"Software": None})
    return data.getvalue()


def _colors(report: "ClusterReport") -> tuple[dict[str, str], list[tuple[str, str]]]:
    """The color of each cluster, and the key: names of the colors.

    A theme or cluster looks for a color by its id, which lasts from run to run: so does the color.
    """
    parts = _parts(report)
    sizes = {cluster.id: len(cluster.members) for cluster in report.clusters}
    parts.sort(key=lambda part: (-sum(sizes[each] for each in part[2]), part[0]))
    free = list(_COLORS)
    colors = dict.fromkeys(sizes, _GRAY)
    key = []
    for name, label, clusters in parts[: len(_COLORS)]:
        color = free.pop(crc32(name.encode()) % len(free))
        colors.update(dict.fromkeys(clusters, color))
        key.append((label, color))
    return colors, key if report.themes else []  # clusters are named on the map itself


def _parts(report: "ClusterReport") -> list[tuple[str, str, tuple[str, ...]]]:
    """Id, name and clusters of what gets a color: the finest level of at most ten themes."""
    levels: dict[int, list[tuple[str, str, tuple[str, ...]]]] = {}
    for theme in report.themes:
        levels.setdefault(theme.level, []).append((theme.id, theme.name, theme.clusters))
    for _, themes in sorted(levels.items()):
        if len(themes) <= len(_COLORS):
            return themes
    return [(cluster.id, cluster.name, (cluster.id,)) for cluster in report.clusters]


def _dots(axes: "Axes", report: "ClusterReport", colors: dict[str, str]) -> None:
    found = [each for each in report.assignments.values() if each.text]
    size = next(size for most, size in _SIZES if len(found) <= most)
    loose = [each for each in found if each.cluster is None]
    axes.scatter(
        [each.x for each in loose],
        [each.y for each in loose],
        s=size,
        facecolors="none",
        edgecolors=_GRAY,
        linewidths=0.8,
    )
    inside = [(each, colors[each.cluster]) for each in found if each.cluster is not None]
    axes.scatter(
        [each.x for each, _ in inside],
        [each.y for each, _ in inside],
        s=size,
        c=[color for _, color in inside],
        alpha=0.75,
        linewidths=0,
    )


def _names(axes: "Axes", report: "ClusterReport") -> int:
    """Write the names of the largest clusters that have room; how many."""
    from matplotlib.patheffects import withStroke

    drawn = _drawn()
    taken: list[Bbox] = []
    for cluster in sorted(report.clusters, key=lambda each: (-len(each.members), each.id)):
        places = [report.assignments[name] for name in cluster.members]
        label = axes.annotate(
            _short(cluster.name if drawn(cluster.name) else cluster.representative),
            (fmean(place.x for place in places), fmean(place.y for place in places)),
            ha="center",
            va="center",
            fontsize=9 if len(taken) < _LARGE else 7.5,
            color=_INK,
            path_effects=[withStroke(linewidth=2.5, foreground="white")],
        )
        box = label.get_window_extent().expanded(1.02, 1.1)
        if any(box.overlaps(other) for other in taken):
            label.remove()
            continue
        taken.append(box)
        if len(taken) == _MOST_NAMED:
            break
    return len(taken)


def _drawn() -> Callable[[str], bool]:
    """Whether the font of the picture has every sign of a text."""
    from matplotlib.font_manager import FontProperties, findfont, get_font

    known = get_font(findfont(FontProperties())).get_charmap()
    return lambda text: all(ord(sign) in known for sign in text)


def _short(name: str) -> str:
    parts = name.split(SEPARATOR)
    while len(parts) > 1 and len(SEPARATOR.join(parts)) > _LONGEST_NAME:
        parts.pop()
    shown = SEPARATOR.join(parts)
    return shown if len(shown) <= _LONGEST_NAME else shown[: _LONGEST_NAME - 1].rstrip() + "…"


def _handles(key: Sequence[tuple[str, str]]) -> "list[Line2D]":
    from matplotlib.lines import Line2D

    drawn = _drawn()
    return [
        Line2D([], [], marker="o", linestyle="", color=color, markersize=6, label=_short(name))
        for name, color in key
        if drawn(name)
    ]
