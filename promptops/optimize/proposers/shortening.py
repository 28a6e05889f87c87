"""What the shortening proposers share: the texts that may shrink and the words that must stay."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from promptops.core.canonical import JSON
from promptops.optimize.candidate import Candidate, OptimizeTask
from promptops.optimize.contract import kept_sentences
from promptops.optimize.wording import split_wording, with_messages
from promptops.prompts.digests import variant_digest
from promptops.prompts.model import MessageTemplate, Prompt
from promptops.scoring.scorers.label_match import schema_labels


@dataclass(frozen=True, slots=True, kw_only=True)
class Shrinkable:
    """A prompt's messages apart from its example pairs.

    Args:
        prompt: The prompt.
        places: Numbers of the messages.
    """

    prompt: Prompt
    places: tuple[int, ...]

    @classmethod
    def of(cls, prompt: Prompt) -> "Shrinkable":
        """Find them."""
        parts = split_wording(prompt)
        shown = set() if parts is None else {id(each) for pair in parts.examples for each in pair}
        numbered = enumerate(prompt.messages)
        return cls(
            prompt=prompt,
            places=tuple(at for at, message in numbered if id(message) not in shown),
        )

    @property
    def texts(self) -> tuple[str, ...]:
        """Their template text."""
        return tuple(self.prompt.messages[at].content for at in self.places)

    def candidate(self, texts: Sequence[str], *, proposer: str, reason: str) -> Candidate | None:
        """The prompt with other texts; messages left empty go. None when nothing changes."""
        if tuple(texts) == self.texts:
            return None
        new = dict(zip(self.places, texts, strict=True))
        messages = [
            MessageTemplate(role=message.role, content=new.get(at, message.content))
            for at, message in enumerate(self.prompt.messages)
            if new.get(at, message.content).strip()
        ]
        if not messages:
            return None
        return Candidate(
            prompt=with_messages(self.prompt, messages),
            proposer=proposer,
            reason=reason,
            parents=(variant_digest(self.prompt, None),),
        )


def schema_terms(prompt: Prompt) -> tuple[str, ...]:
    """Labels and field names of the output schema: answers are made of them."""
    schema = None if prompt.output is None else prompt.output.schema_
    alone = schema.get("enum", ()) if isinstance(schema, Mapping) else ()
    labels = [label for label in alone if isinstance(label, str)]
    return (*schema_labels(prompt), *labels, *_field_names(schema))


def _field_names(schema: JSON) -> tuple[str, ...]:
    properties = schema.get("properties") if isinstance(schema, Mapping) else None
    if not isinstance(properties, Mapping):
        return ()
    return (*properties, *(name for part in properties.values() for name in _field_names(part)))


def kept(task: OptimizeTask) -> tuple[str, ...]:
    """The sentences that must stay word for word."""
    return tuple(dict.fromkeys((*task.keep, *kept_sentences(task.prompt))))


def topic(task: OptimizeTask) -> tuple[str, ...]:
    """Texts that say what the prompt is for."""
    return (task.prompt.title, task.prompt.id.replace("-", " "))
