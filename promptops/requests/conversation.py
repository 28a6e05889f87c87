"""Whether a model and an API take a conversation as it stands."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from promptops.errors import RequestError
from promptops.llm.chat import Message
from promptops.models.claims import Claim
from promptops.models.dialects import Dialect
from promptops.requests.body import Note, cite

# APIs that ask for a turn beside the system text, by the family that they serve.
_ASK_FOR_A_TURN = {"anthropic": "claude", "gemini": "gemini", "mistral": "mistral"}


def check_conversation(
    messages: Sequence[Message], dialect: Dialect, format_: str, model: str
) -> Iterator[Note]:
    """What the caller should know of a conversation.

    Raises:
        RequestError: The model or the API refuses it; a rewrite for the model mends it.
    """
    roles = [message.role for message in messages]
    _check_turns(roles, dialect, format_, model)
    yield from _system(roles, dialect, format_, model)
    yield from _order(roles, dialect, model)
    claim = dialect.claim("prefill")
    if roles[-1] == "assistant" and claim is not None:
        if claim.value == "rejected":
            told = "the prompt ends with the beginning of an answer"
            raise _refused(told, claim, model, "drop-prefill")
        if claim.value == "ignored":
            yield cite("the last message does not begin the answer", claim)


def _check_turns(roles: list[str], dialect: Dialect, format_: str, model: str) -> None:
    """Refuse what an API refuses whatever the model: no turn at all, an answer that comes first."""
    turns = [role for role in roles if role != "system"]
    for api, family in _ASK_FOR_A_TURN.items():
        if not turns and (format_ == api or dialect.family == family):
            raise RequestError(
                f"the prompt has a system message only, and {api.title()} asks for a turn",
                where=model,
                hint="move what is asked into a user message",
            )
    if turns and turns[0] == "assistant" and (format_ == "anthropic" or dialect.family == "claude"):
        raise RequestError(
            "the first turn is the assistant's, and Anthropic asks for the user's",
            where=model,
            hint="put a user message in front of it",
        )


def _system(roles: list[str], dialect: Dialect, format_: str, model: str) -> Iterator[Note]:
    if "system" not in roles:
        return
    first_turn = next((i for i, role in enumerate(roles) if role != "system"), len(roles))
    if "system" in roles[first_turn:]:
        claim = dialect.claim("system_position")
        if claim is not None and claim.value == "first" and claim.kind == "hard":
            told = "a system message stands after the first turn"
            raise _refused(told, claim, model, "hoist-system")
        if format_ == "gemini" or (
            format_ == "anthropic" and (claim is None or claim.value != "anywhere")
        ):
            raise RequestError(
                f"a system message stands after the first turn, where {format_} has no place",
                where=model,
                hint=mend(model, "hoist-system"),
            )
        if claim is not None and claim.value == "first":
            yield cite("a system message stands after the first turn", claim)
    role = dialect.claim("system_role")
    if role is None or role.value == "native":
        return
    if role.kind == "hard" and role.value == "none":
        raise _refused("the prompt has a system message", role, model, "merge-system")
    yield cite("the prompt has a system message", role)


def _order(roles: list[str], dialect: Dialect, model: str) -> Iterator[Note]:
    claim = dialect.claim("turn_order")
    turns = [role for role in roles if role != "system"]
    if claim is None or claim.value != "alternating":
        return
    told = "the first turn is the assistant's" if turns[:1] == ["assistant"] else ""
    if twice := [before for before, after in pairwise(turns) if before == after]:
        told = f"two {twice[0]} messages follow each other"
    if told and claim.kind == "hard":
        raise _refused(told, claim, model, "alternate-turns")
    if told:
        yield cite(told, claim)


def _refused(what: str, claim: Claim, model: str, step: str) -> RequestError:
    return RequestError(f"{what}: {claim.text}", where=model, hint=mend(model, step))


def mend(model: str, step: str) -> str:
    """How a rewrite mends what the model refuses.

    Args:
        model: The model's id.
        step: The step of the rewrite that does it.
    """
    return f"the step {step} of `promptops rewrite PROMPT --model {model}` mends it"
