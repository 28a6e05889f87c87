"""One self-contained HTML page: templates and style from the package, every value escaped."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from promptops import __version__


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One total above the report."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """One entry of the contents; ``count`` is left out when None."""

    anchor: str
    title: str
    count: int | None = None


def page(
    template: str,
    *,
    title: str,
    kind: str,
    headline: str,
    meta: Sequence[str],
    contents: Sequence[Anchor],
    **values: Any,
) -> str:
    """A page as text.

    Style and script are part of it; its content security policy lets nothing else in, so a value
    that slipped through escaping could neither run nor load anything.

    Args:
        template: Name of the template, without its suffixes.
        title: What the browser's tab says.
        kind: What sort of report this is.
        headline: The one sentence to read.
        meta: Short facts below it.
        contents: The sections, for the bar on top.
        values: What the template's body needs.
    """
    script = _asset("report.js")
    digest = base64.b64encode(hashlib.sha256(f"\n{script}".encode()).digest()).decode()
    text = (
        _environment()
        .get_template(f"{template}.html.j2")
        .render(
            title=title,
            kind=kind,
            headline=headline,
            meta=[item for item in meta if item],
            contents=contents,
            code_version=__version__,
            style=Markup(_asset("report.css")),  # noqa: S704 - our own file
            script=Markup(script),  # noqa: S704 - our own file
            script_hash=Markup(f"sha256-{digest}"),  # noqa: S704 - a hash
            **values,
        )
    )
    # Lone surrogates and control characters from foreign text would make the file unreadable.
    text = text.encode("utf-8", "replace").decode("utf-8")
    return text.translate(_CONTROL)


_CONTROL = {code: "\N{REPLACEMENT CHARACTER}" for code in range(32) if chr(code) not in "\t\n\r"}


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("promptops.reporting"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["ticks"] = _ticks
    return environment


def _ticks(text: str) -> Markup:
    """Text in which `this` is code."""
    parts = [escape(part) for part in text.split("`")]
    # An odd tick out is only a character.
    tail = Markup("`") + parts.pop() if len(parts) % 2 == 0 else Markup("")
    return (
        Markup("").join(
            Markup("<code>{}</code>").format(part) if place % 2 else part
            for place, part in enumerate(parts)
        )
        + tail
    )


@cache
def _asset(name: str) -> str:
    return (files("promptops.reporting") / "templates" / name).read_text("utf-8")


def amount(value: float) -> str:
    """A count or measure with thousands set apart: ``12,345``."""
    return f"{value:,.0f}"


def duration(seconds: float) -> str:
    """``340 ms``, ``12.4 s``, ``3 min 5 s`` or ``2 h 4 min``."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min"


def size(count: int) -> str:
    """Bytes as people read them: ``12.3 kB``."""
    value = float(count)
    for unit in ("bytes", "kB", "MB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "bytes" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} GB"


def moment(when: datetime) -> str:
    """``2026-11-22 02:00 UTC``."""
    return when.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
