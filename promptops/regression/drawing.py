"""The lineage graph as mermaid text and as one self-contained page."""

import html
import json
from collections.abc import Sequence
from importlib.resources import files

from promptops.regression.lineage import Edge, Lineage, Node

_COLUMNS = (("document",), ("kb",), ("golden", "model"), ("prompt",), ("pack",))
_TITLES = ("documents", "knowledge bases", "golden sets and targets", "prompts", "packs")
_ROW, _WIDTH, _GAP, _TOP = 26, 220, 80, 46
_LETTERS = 30
_MERMAID_STATES = {
    "changed": "fill:#fff3cd,stroke:#b58900",
    "stale": "fill:#ffe3d3,stroke:#cb4b16",
    "broken": "fill:#f8d7da,stroke:#b02a37",
}


def mermaid(lineage: Lineage, *, documents: bool = False) -> str:
    """The graph as a mermaid flowchart; documents and cases are left out unless asked for."""
    shown = [
        node
        for node in lineage.nodes
        if node.kind != "case" and (documents or node.kind != "document")
    ]
    names = {node.id: f"n{number}" for number, node in enumerate(shown)}
    lines = ["flowchart LR"]
    for node in shown:
        label = node.label.replace('"', "'")
        lines.append(f'  {names[node.id]}["{label}"]')
    lines += [
        f"  {names[edge.source]} -->|{edge.kind}| {names[edge.target]}"
        for edge in lineage.edges
        if edge.source in names and edge.target in names
    ]
    for state, style in _MERMAID_STATES.items():
        members = [names[node.id] for node in shown if node.state == state]
        if members:
            lines += [f"  classDef {state} {style}", f"  class {','.join(members)} {state}"]
    return "\n".join(lines) + "\n"


def page(lineage: Lineage, *, title: str = "Lineage") -> str:
    """One HTML file without any outside reference; a click on a box shows what it reaches."""
    places = _places(lineage.nodes)
    height = _TOP + _ROW * max((row for _, row in places.values()), default=0) + 2 * _ROW
    width = len(_COLUMNS) * (_WIDTH + _GAP)
    drawn = [edge for edge in lineage.edges if edge.source in places and edge.target in places]
    parts = [
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">',
        *(_title(column, text) for column, text in enumerate(_TITLES)),
        *(_line(edge, places) for edge in drawn),
        *(_box(node, places[node.id]) for node in lineage.nodes if node.id in places),
        "</svg>",
    ]
    links = [[edge.source, edge.target] for edge in lineage.edges]
    # "<" is escaped so that no label can end the script element.
    data = json.dumps(links, ensure_ascii=True, separators=(",", ":")).replace("<", "\\u003c")
    template = files("promptops.regression").joinpath("lineage.html").read_text("utf-8")
    return (
        template.replace("@@TITLE@@", html.escape(title))
        .replace("@@SVG@@", "\n".join(parts))
        .replace("@@LINKS@@", data)
    )


def _places(nodes: Sequence[Node]) -> dict[str, tuple[int, int]]:
    """Node id -> (column, row); what is not drawn has no place."""
    places = {}
    for column, kinds in enumerate(_COLUMNS):
        members = [node for node in nodes if node.kind in kinds]
        for row, node in enumerate(members):
            places[node.id] = (column, row)
    return places


def _at(place: tuple[int, int]) -> tuple[int, int]:
    return place[0] * (_WIDTH + _GAP), _TOP + place[1] * _ROW


def _title(column: int, text: str) -> str:
    x, _ = _at((column, 0))
    return f'<text class="title" x="{x}" y="{_TOP - 22}">{text}</text>'


def _line(edge: Edge, places: dict[str, tuple[int, int]]) -> str:
    x1, y1 = _at(places[edge.source])
    x2, y2 = _at(places[edge.target])
    x1, y1, y2 = x1 + _WIDTH, y1 + _ROW // 2 - 3, y2 + _ROW // 2 - 3
    middle = (x1 + x2) // 2
    return (
        f'<path data-from="{html.escape(edge.source)}" data-to="{html.escape(edge.target)}" '
        f'd="M{x1} {y1}C{middle} {y1} {middle} {y2} {x2} {y2}"/>'
    )


def _box(node: Node, place: tuple[int, int]) -> str:
    x, y = _at(place)
    hint = "\n".join(part for part in (node.label, node.detail, node.note) if part)
    label = node.label if len(node.label) <= _LETTERS else f"{node.label[: _LETTERS - 1]}…"
    return (
        f'<g class="node {node.kind} {node.state}" data-id="{html.escape(node.id)}" '
        f'tabindex="0"><title>{html.escape(hint)}</title>'
        f'<rect x="{x}" y="{y}" width="{_WIDTH}" height="{_ROW - 6}" rx="4"/>'
        f'<text x="{x + 8}" y="{y + 14}">{html.escape(label)}</text></g>'
    )
