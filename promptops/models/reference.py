"""The reference of the dialects, written from the dialects themselves.

python -m promptops.models.reference docs/reference/dialects.md
"""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from promptops.core.files import write_atomic
from promptops.models.claims import Claim
from promptops.models.dialects import Dialect, dialects
from promptops.models.topics import TOPICS

_HEAD = """\
# Dialects

Made by `python -m promptops.models.reference docs/reference/dialects.md`.

What the models of a family take and take best, one claim a line. A **hard** claim is about what the
API or the chat template refuses or ignores; a **soft** one is about quality and is never a must. Of
several claims of a topic that hold for a model, the most narrowly scoped one counts; of a model of
which only the family is known, narrowed claims say nothing. How to add a family:
[Add a model family](../how-to/add-a-model-family.md).
"""


def reference(known: Mapping[str, Dialect]) -> str:
    """The page about some dialects, in their order, as Markdown."""
    counts = [
        f"{len(known)} families",
        f"{sum(len(each.claims) for each in known.values())} claims",
    ]
    lines = [_HEAD, f"{', '.join(counts)}.", "", *_topics()]
    for dialect in known.values():
        lines += ["", *_section(dialect)]
    return "\n".join(lines) + "\n"


def _topics() -> Iterator[str]:
    yield "## Topics"
    yield ""
    yield "| topic | about | values |"
    yield "|---|---|---|"
    for name, topic in TOPICS.items():
        words = [f"`{value}`: {meaning}" for value, meaning in topic.values.items()]
        shown = "; ".join(words) or f"`{topic.form}`".replace("|", "\\|")
        several = ", several at once" if topic.many else ""
        yield f"| `{name}` | {topic.about}{several} | {shown} |"


def _section(dialect: Dialect) -> Iterator[str]:
    yield f"## {dialect.title} (`{dialect.family}`)"
    yield ""
    yield "| topic | value | of which models | kind | claim | source | review by |"
    yield "|---|---|---|---|---|---|---|"
    for claim in sorted(dialect.claims, key=lambda each: list(TOPICS).index(each.topic)):
        cells = (
            f"`{claim.topic}`",
            f"`{claim.value}`",
            _scope(claim),
            claim.kind,
            claim.text,
            f"[{claim.source}]({claim.url})",
            claim.review.isoformat(),
        )
        yield f"| {' | '.join(cells)} |"


def _scope(claim: Claim) -> str:
    parts = [f"`{glob}`" for glob in claim.models]
    parts += [f"not `{glob}`" for glob in claim.besides]
    parts += [f"from {claim.since}"] if claim.since else []
    parts += [f"before {claim.before}"] if claim.before else []
    parts += [f"up to {claim.up_to_b:g} billion parameters"] if claim.up_to_b else []
    return ", ".join(parts) or "all"


def main() -> None:
    """Write the page to the path that is named."""
    write_atomic(Path(sys.argv[1]), reference(dialects()))


if __name__ == "__main__":
    main()
