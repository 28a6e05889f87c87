"""Instructions in Markdown and plain text: agent files, skills, editor rules, bare prompts.

An agent file is one system message; the ``description`` of its front matter, by which an agent
decides whether to read the rest, is a system message of its own before it.
"""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from promptops.errors import PromptSyntaxError
from promptops.lint.sources.building import broken, build, html_remarks
from promptops.lint.sources.model import Read, Source
from promptops.prompts.formats.foreign import ForeignMessage, ForeignPrompt, shifted
from promptops.prompts.formats.front_matter import FrontMatter, read_front_matter

_NEEDS_FRONT_MATTER = ("skill.md",)
_DESCRIPTION = re.compile(r"^description:[ \t]{0,40}(\S[^\r\n]{0,4000})", re.MULTILINE)
_BLOCK = re.compile(r"---[ \t]{0,80}\r?\n(?:[^\n]{0,8000}\n){0,400}?---[ \t]{0,80}(?:\r?\n|\Z)")


def read_agent_file(source: Source) -> Iterator[Read]:
    """Read ``SKILL.md``, ``AGENTS.md``, ``CLAUDE.md``, ``*.mdc`` and their relatives.

    Raises:
        PromptSyntaxError: The front matter is wrong.
    """
    text = source.content
    name = PurePosixPath(source.shown).name.lower()
    if name.endswith(".mdc"):
        described, start, title = _editor_rule(text)
    else:
        front = _front_matter(source, name)
        described, start, title = _described(front)
    role = "user" if name.endswith(".prompt.md") else "system"
    messages = [ForeignMessage(role=role, text=text[start:], locate=shifted(start))]
    if described is not None:
        messages.insert(0, described)
    messages = [message for message in messages if message.text.strip()]
    if not messages:
        yield source.skipped("no prompt text is in this file")
        return
    foreign = ForeignPrompt(
        name=title, messages=tuple(messages), remarks=tuple(html_remarks(text, start))
    )
    yield build(foreign, source)


def read_plain_text(source: Source) -> Iterator[Read]:
    """Read a text that is one whole prompt: of the user, or the system when the file says so."""
    text = source.content
    role = "system" if PurePosixPath(source.shown).stem.lower() == "system" else "user"
    message = ForeignMessage(role=role, text=text, locate=shifted(0))
    foreign = ForeignPrompt(name="", messages=(message,), remarks=tuple(html_remarks(text)))
    yield build(foreign, source)


def read_template(source: Source) -> Iterator[Read]:
    """Read a Jinja template that is one whole prompt of the user."""
    text = source.content
    role = "system" if PurePosixPath(source.shown).name.lower().startswith("system") else "user"
    message = ForeignMessage(role=role, text=text, locate=shifted(0))
    foreign = ForeignPrompt(name="", messages=(message,), syntax="jinja")
    yield broken(text, "jinja", source, message.locate) or build(foreign, source)


def _front_matter(source: Source, name: str) -> FrontMatter:
    try:
        front = read_front_matter(source.content, source.shown)
    except PromptSyntaxError:
        # A rule of dashes at the top of a Markdown text is no front matter.
        if name in _NEEDS_FRONT_MATTER or name.endswith((".prompt.md", ".instructions.md")):
            raise
        return FrontMatter(yaml=None, body=0)
    if name in _NEEDS_FRONT_MATTER and front.yaml is None:
        raise PromptSyntaxError(
            "a skill begins with a --- block that names and describes it",
            where=source.shown,
            line=1,
            column=1,
        )
    return front


def _described(front: FrontMatter) -> tuple[ForeignMessage | None, int, str]:
    """The description as a message, where the text begins, and the file's name for itself."""
    text, name = front.meta.get("description"), front.meta.get("name")
    title = name if isinstance(name, str) else ""
    if front.yaml is None or not isinstance(text, str) or not text.strip():
        return None, front.body, title
    locate = front.yaml.locator("/description", text)
    return ForeignMessage(role="system", text=text, locate=locate), front.body, title


def _editor_rule(text: str) -> tuple[ForeignMessage | None, int, str]:
    """Take the one line we need: editors write ``globs: *.ts`` here, which is no YAML."""
    block = _BLOCK.match(text)
    if block is None:
        return None, 0, ""
    found = _DESCRIPTION.search(text, 0, block.end())
    message = None
    if found is not None:
        message = ForeignMessage(
            role="system", text=found[1].rstrip(), locate=shifted(found.start(1))
        )
    return message, block.end(), ""
