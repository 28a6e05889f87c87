"""Whether a model and an API take a conversation as it stands."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from promptops.errors import RequestError
from promptops.llm.chat import Message
from promptops.models.claims import Claim
from promptops.models.dialects import Dialect
from promptops.requests.body import Note, cite

# Formats with one place for the system text, before all turns.
_SYSTEM_APART = ("anthropic", "gemini")


def check_conversation(
    messages: Sequence[Message], dialect: Dialect, format_: str, model: str
) -> Iterator[Note]:
    """What the caller should know of a conversation.

    Raises:
        RequestError: The model or the API refuses it; a rewrite for the model mends it.
    """
    roles = [message.role for message in messages]
    yield from _system(roles, dialect, format_, model)
    yield from _order(roles, dialect, model)
    claim = dialect.claim("prefill")
    if roles[-1] == "assistant" and claim is not None:
        if claim.value == "rejected":
            raise _refused("the prompt ends with the beginning of an answer", claim, model)
        if claim.value == "ignored":
            yield cite("the last message does not begin the answer", claim)


def _system(roles: list[str], dialect: Dialect, format_: str, model: str) -> Iterator[Note]:
    if "system" not in roles:
        return
    first_turn = next((i for i, role in enumerate(roles) if role != "system"), len(roles))
    if "system" in roles[first_turn:]:
        claim = dialect.claim("system_position")
        if claim is not None and claim.value == "first" and claim.kind == "hard":
            raise _refused("a system message stands after the first turn", claim, model)
        if format_ == "gemini" or (
            format_ == "anthropic" and (claim is None or claim.value != "anywhere")
        ):
            raise RequestError(
                f"a system message stands after the first turn, where {format_} has no place",
                where=model,
                hint=_mend(model),
            )
        if claim is not None and claim.value == "first":
            yield cite("a system message stands after the first turn", claim)
    role = dialect.claim("system_role")
    if role is None or role.value == "native":
        return
    if role.kind == "hard" and format_ in _SYSTEM_APART:
        raise _refused("the prompt has a system message", role, model)
    yield cite("the prompt has a system message", role)


def _order(roles: list[str], dialect: Dialect, model: str) -> Iterator[Note]:
    claim = dialect.claim("turn_order")
    turns = [role for role in roles if role != "system"]
    if claim is None or claim.value != "alternating":
        return
    if any(before == after for before, after in pairwise(turns)):
        told = f"two {next(a for a, b in pairwise(turns) if a == b)} messages follow each other"
        if claim.kind == "hard":
            raise _refused(told, claim, model)
        yield cite(told, claim)


def _refused(what: str, claim: Claim, model: str) -> RequestError:
    return RequestError(f"{what}: {claim.text}", where=model, hint=_mend(model))


def _mend(model: str) -> str:
    return f"`promptops rewrite PROMPT --model {model}` makes a wording that the model takes"
