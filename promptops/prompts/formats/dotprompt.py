"""Dotprompt files (``*.prompt``): front matter, then Handlebars with ``{{role "system"}}``.

Source: the spec cases of google/dotprompt; read 2026-08-19.
"""

from dataclasses import dataclass, field

from promptops.prompts.formats.foreign import (
    ForeignMessage,
    ForeignPrompt,
    Remark,
    role_named,
    shifted,
)
from promptops.prompts.formats.front_matter import read_front_matter
from promptops.prompts.formats.handlebars import HandlebarsTag, handlebars_tags

HISTORY = "history"


@dataclass(slots=True, kw_only=True)
class _Part:
    """A message being read: its role, its start, and where comments stand in it."""

    role: str
    start: int
    end: int = 0
    comments: list[tuple[int, int]] = field(default_factory=list)

    def says_something(self, text: str) -> bool:
        place = self.start
        for start, end in [*self.comments, (self.end, self.end)]:
            if text[place:start].strip():
                return True
            place = end
        return False


def read_dotprompt(text: str, where: str) -> ForeignPrompt:
    """Read a Dotprompt file. Text above the first role belongs to the user.

    ``{{history}}`` is a value that users wrote. It does not end a message here, although the
    format hands what follows it without a role to the model: nobody writes that on purpose.

    Raises:
        PromptSyntaxError: The front matter is wrong.
    """
    front = read_front_matter(text, where)
    remarks = list(front.yaml.remarks) if front.yaml is not None else []
    body, stop = front.body, len(text)
    if front.yaml is not None:  # white space around a text below front matter is not part of it
        body, stop = len(text) - len(text[body:].lstrip()), max(body, len(text.rstrip()))
    parts = [_Part(role="user", start=body)]
    for tag in handlebars_tags(text[body:stop]):
        start, end = body + tag.start, body + tag.end
        if tag.kind == "comment":
            remark = tag.body.removeprefix("!").strip("-").strip()
            remarks.append(Remark(body=remark, start=start, end=end))
            parts[-1].comments.append((start, end))
        elif (role := _role(tag)) is not None:
            parts[-1].end = start
            parts.append(_Part(role=role, start=end))
    parts[-1].end = stop
    name = front.meta.get("name")
    return ForeignPrompt(
        name=name if isinstance(name, str) else "",
        messages=tuple(
            ForeignMessage(
                role=part.role, text=text[part.start : part.end], locate=shifted(part.start)
            )
            for part in parts
            if part.says_something(text)
        ),
        syntax="handlebars",
        untrusted=frozenset({HISTORY}),
        meta=front.meta,
        remarks=tuple(remarks),
        body=front.body,
    )


def _role(tag: HandlebarsTag) -> str | None:
    """The role that begins at a tag: ``{{role "system"}}``, and the block form of it."""
    if tag.name != "role":
        return None
    if tag.body.startswith("/"):
        return "user"
    return role_named(tag.words[-1].strip("\"'")) if len(tag.words) > 1 else None
