"""Where the wording that an edited variant was once derived as is still kept."""

from collections.abc import Iterator
from contextlib import suppress

from promptops.core.canonical import JSON
from promptops.errors import PromptSyntaxError, UsageError
from promptops.operations.git_history import GitHistory
from promptops.prompts.loader import PromptFile, parse_prompt
from promptops.prompts.model import MessageTemplate, Prompt, Variant
from promptops.prompts.resolve import resolve
from promptops.rewrite.merging import Words
from promptops.rewrite.rewriter import words_of, written_as
from promptops.wiring import Services


def find_ancestor(services: Services, file: PromptFile, variant: Variant) -> Words | None:
    """The wording with the digest that the variant remembers; None when nothing keeps it.

    Looked for in accepted proposals, in the prompt's kept older versions, and in git.
    """
    if variant.derived is None:
        return None
    wanted = variant.derived.wording
    return next((words for mark, words in _kept(services, file, variant) if mark == wanted), None)


def _kept(services: Services, file: PromptFile, variant: Variant) -> Iterator[tuple[str, Words]]:
    """Wordings, each with the digest that a variant written so remembers."""
    accepted, _ = services.proposals.load_all("accepted")
    for proposal in reversed(accepted):
        if proposal.prompt_id == file.prompt.id and proposal.kind == "rewrite":
            yield from _of_evidence(proposal.evidence.get(variant.id))
            yield from _of_prompt(proposal.new_prompt, variant.id)
    for version in reversed(services.registry.versions(file)):
        for older in services.registry.texts_of(file, version):
            yield from _of_prompt(older.prompt, variant.id)
    yield from _of_git(file, variant)


def _of_evidence(evidence: JSON) -> Iterator[tuple[str, Words]]:
    """What was derived before it was merged with edits by hand: no file ever held it."""
    derived = evidence.get("derived") if isinstance(evidence, dict) else None
    if isinstance(derived, dict):
        messages = tuple(MessageTemplate.model_validate(each) for each in derived["messages"])
        words = Words(messages=messages, params=derived["params"])
        yield words.digest, words


def _of_prompt(prompt: Prompt, variant_id: str) -> Iterator[tuple[str, Words]]:
    for variant in prompt.variants:
        if variant.id == variant_id:
            yield written_as(variant).digest, words_of(variant, resolve(prompt, None))


def _of_git(file: PromptFile, variant: Variant) -> Iterator[tuple[str, Words]]:
    """The texts of the commits that brought the digest of the wording in, or took it out."""
    assert variant.derived is not None
    name = file.path.name
    try:
        history = GitHistory(file.path.parent)
        commits = history.commits_with(variant.derived.wording, name)
    except UsageError:
        return  # no repository: git keeps nothing, and the caller says that nothing does
    for commit in commits:
        with suppress(UsageError, PromptSyntaxError):  # the file was not there, or was broken
            yield from _of_prompt(parse_prompt(history.text(commit, name), name).prompt, variant.id)
