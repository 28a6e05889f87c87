"""What every candidate keeps, checked before it is measured.

Optimizers in the field lose variables, change the output format or learn the test by heart
without a word. Here a candidate that breaks one of these is not measured at all:

- everything but the messages and the model parameters is the base's;
- every variable that the base uses is used, and none that nobody declares;
- roles stay a valid conversation that ends with the input, system messages first;
- tags that come in pairs (``<order>`` … ``</order>``) still do;
- sentences under ``x-keep`` stay word for word, outside of examples;
- example pairs are solved training cases whose answer follows the output schema;
- no text of a dev or test case is in the wording.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from promptops.core.canonical import JSON
from promptops.errors import TemplateError
from promptops.golden.case import GoldenCase
from promptops.optimize.candidate import Candidate
from promptops.optimize.wording import instruction_text, split_wording, used_names
from promptops.prompts.model import Prompt
from promptops.scoring.scorers.json_valid import JsonValid

_MAY_CHANGE = frozenset({"messages", "model"})
_TAG = re.compile(r"<(/?)([A-Za-z][\w-]*)>")
_LEAK_LENGTH = 20  # characters; shorter inputs ("yes") occur anywhere by chance


def kept_sentences(prompt: Prompt) -> tuple[str, ...]:
    """The sentences that a prompt protects under ``x-keep``."""
    value = prompt.extra.get("x-keep", ())
    if isinstance(value, str):
        return (value,)
    return tuple(str(each) for each in value) if isinstance(value, list | tuple) else ()


def violations(
    base: Prompt, candidate: Candidate, *, train: Sequence[GoldenCase], held: Sequence[GoldenCase]
) -> tuple[str, ...]:
    """Why a candidate must not be measured; empty when it keeps the contract.

    Args:
        base: The wording in use, without variants.
        candidate: What was proposed.
        train: The cases that it may show.
        held: The dev and test cases, which must not show through.
    """
    found = [*_fields(base, candidate.prompt), *_names(base, candidate.prompt)]
    found.extend(_roles(candidate.prompt))
    found.extend(_tags(base, candidate.prompt))
    found.extend(_kept(base, candidate.prompt))
    found.extend(_examples(base, candidate, train))
    found.extend(_leaks(base, candidate.prompt, held))
    return tuple(found)


def _fields(base: Prompt, new: Prompt) -> Iterable[str]:
    for name in type(base).model_fields:
        if name not in _MAY_CHANGE and getattr(base, name) != getattr(new, name):
            yield f"changes {name}"
    if (base.model is None) != (new.model is None) or (
        base.model is not None
        and new.model is not None
        and base.model.requires != new.model.requires
    ):
        yield "changes model.requires"


def _names(base: Prompt, new: Prompt) -> Iterable[str]:
    try:
        names = used_names(new)
    except TemplateError as problem:
        yield f"is not a template: {problem.message}"
        return
    if lost := sorted(used_names(base) - names):
        yield f"loses the variable {lost[0]}"
    if invented := sorted(names - new.declared):
        yield f"uses the undeclared variable {invented[0]}"


def _roles(new: Prompt) -> Iterable[str]:
    roles = [message.role for message in new.messages]
    if roles[-1] != "user":
        yield "does not end with a user message"
    turns = [role for role in roles if role != "system"]
    if "system" in roles[len(roles) - len(turns) :]:
        yield "has a system message after the first turn"
    if any(a == b for a, b in pairwise(turns)):
        yield "has two turns of one role in a row"


def _tags(base: Prompt, new: Prompt) -> Iterable[str]:
    before, after = _unpaired(base), _unpaired(new)
    for name in sorted(after):
        if after[name] != before[name]:
            yield f"leaves a <{name}> without its partner"
            return


def _unpaired(prompt: Prompt) -> Counter[str]:
    """Opening less closing tags by name; names in balance are absent."""
    counts: Counter[str] = Counter()
    for message in prompt.messages:
        for closing, name in _TAG.findall(message.content):
            counts[name] += -1 if closing else 1
    return Counter({name: count for name, count in counts.items() if count})


def _kept(base: Prompt, new: Prompt) -> Iterable[str]:
    before, after = _plain(instruction_text(base)), _plain(instruction_text(new))
    for sentence in kept_sentences(base):
        if _plain(sentence) in before and _plain(sentence) not in after:
            yield f'drops the kept sentence "{sentence[:60]}"'


def _examples(base: Prompt, candidate: Candidate, train: Sequence[GoldenCase]) -> Iterable[str]:
    known = {case.id for case in train}
    if foreign := [name for name in candidate.examples if name not in known]:
        yield f'shows "{foreign[0]}", which is not a training case'
    old, new = split_wording(base), split_wording(candidate.prompt)
    given = set() if old is None else set(old.examples)
    if new is None or candidate.prompt.output is None:
        return
    checker = JsonValid()
    for pair in new.examples:
        if pair in given:
            continue  # the author's own
        score = checker.score(answer=_unescaped(pair[1].content), prompt=candidate.prompt)
        if score.value < 1:
            yield f"shows an answer that breaks the output schema: {score.reason}"
            return


def _leaks(base: Prompt, new: Prompt, held: Sequence[GoldenCase]) -> Iterable[str]:
    before = _plain("\n".join(message.content for message in base.messages))
    after = _plain("\n".join(message.content for message in new.messages))
    for case in held:
        for text in _texts(case.inputs):
            plain = _plain(text)
            if len(plain) >= _LEAK_LENGTH and plain in after and plain not in before:
                yield f'shows the held-out case "{case.id}"'
                return


def _texts(value: JSON) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)


def _plain(text: str) -> str:
    return " ".join(_unescaped(text).split())


def _unescaped(text: str) -> str:
    return text.replace("{% raw %}", "").replace("{% endraw %}", "")
