"""The identities of a prompt.

The semantic digest names what can change behavior; evidence, caches and routing are keyed by it.
The variant digest names one wording of it. The file digest names bytes, for integrity.
"""

from collections.abc import Mapping

from promptops.core.canonical import JSON, digest, digest_bytes
from promptops.prompts.model import MessageTemplate, Prompt, Variable, Variant
from promptops.prompts.resolve import resolve


def semantic_digest(prompt: Prompt) -> str:
    """``sha256:…`` of everything that can change what a model is asked or how.

    Title, tags, owner, license, data policy, evals, compliance, ``x-*``, the version, and the trust
    and description of variables are not part of it.
    """
    return digest(
        {
            "variables": _variables(prompt),
            "messages": _messages(prompt.messages),
            "output": _output(prompt),
            "model": {
                "requires": prompt.model.requires if prompt.model else {},
                "params": prompt.params,
            },
            "variants": {
                variant.id: {
                    "when": variant.when,
                    "messages": None if variant.messages is None else _messages(variant.messages),
                    "params": variant.params,
                }
                for variant in prompt.variants
            },
            "retrieval": _retrieval(prompt, with_version=True),
            **_tools(prompt),
        }
    )


def variant_digest(prompt: Prompt, variant: str | None = None) -> str:
    """``sha256:…`` of one wording: resolved messages, params, variables, output, retrieval.

    The knowledge-base version is not part of it: what was measured names that on its own.

    Raises:
        UnknownPromptError: The prompt has no such variant.
    """
    wording = resolve(prompt, variant)
    return digest(
        {
            "variables": _variables(wording),
            "messages": _messages(wording.messages),
            "output": _output(wording),
            "params": wording.params,
            "retrieval": _retrieval(wording, with_version=False),
            **_tools(wording),
        }
    )


def wording_digest(messages: tuple[MessageTemplate, ...], params: Mapping[str, JSON]) -> str:
    """``sha256:…`` of messages as they stand in a file and the parameters beside them."""
    return digest({"messages": _messages(messages), "params": dict(params)})


def is_outdated(prompt: Prompt, variant: Variant) -> bool:
    """Whether a derived variant was made from another wording than the prompt has now."""
    made_from = variant.derived.base if variant.derived else None
    return made_from is not None and made_from != wording_digest(prompt.messages, prompt.params)


def file_digest(text: str) -> str:
    """``sha256:…`` of a file's text as UTF-8."""
    return digest_bytes(text.encode("utf-8"))


def variable_meaning(variable: Variable) -> JSON:
    """What of a variable can change behavior."""
    return variable.model_dump(exclude={"trust", "description"})


def _variables(prompt: Prompt) -> JSON:
    return {name: variable_meaning(variable) for name, variable in prompt.variables.items()}


def _messages(messages: tuple[MessageTemplate, ...]) -> JSON:
    return [[message.role, message.content] for message in messages]


def _output(prompt: Prompt) -> JSON:
    return prompt.output.schema_ if prompt.output else None


def _tools(prompt: Prompt) -> dict[str, JSON]:
    """The tools as a member of their own: a prompt without any keeps the digest it always had."""
    return {"tools": [tool.model_dump() for tool in prompt.tools]} if prompt.tools else {}


def _retrieval(prompt: Prompt, *, with_version: bool) -> JSON:
    if prompt.retrieval is None:
        return None
    return prompt.retrieval.model_dump(exclude=set() if with_version else {"version"})
