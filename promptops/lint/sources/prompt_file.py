"""Prompt files of ours (``*.prompt.yaml``), and GitHub's under the same name."""

import re
from collections.abc import Iterator

from promptops.lint.parsing import parse_file
from promptops.lint.sources.building import built
from promptops.lint.sources.model import Read, Source
from promptops.prompts.formats.github_prompt import read_github_prompt
from promptops.prompts.loader import parse_prompt

read_github = built(read_github_prompt, template="texts")
_OURS = re.compile(r"^(?:apiVersion|kind|id|intent)[ \t]{0,8}:", re.MULTILINE)
_MESSAGES = re.compile(r"^messages[ \t]{0,8}:", re.MULTILINE)


def read_prompt_file(source: Source) -> Iterator[Read]:
    """Read a prompt file; GitHub Models also knows the suffix, so a file of its kind is taken too.

    Raises:
        PromptSyntaxError: With line and column of what is wrong.
    """
    text = source.content
    if _MESSAGES.search(text) and not _OURS.search(text):
        yield from read_github(source)
        return
    yield parse_file(parse_prompt(text, source.shown), shown_path=source.shown)
