"""Makes bodies from parts of prompts and from claims about a model that nobody has."""

import datetime as dt

import pytest

from promptops.models.claims import Claim
from promptops.models.dialects import Dialect
from promptops.models.names import read_model_name
from promptops.prompts.model import Prompt
from promptops.requests.build import build_body
from promptops.requests.recipient import Recipient

MODELS = {
    "openai": "openai/gpt-9",
    "anthropic": "anthropic/claude-opus-9",
    "gemini": "gemini/gemini-9-pro",
    "mistral": "mistral/mistral-large-9",
    "litellm": "openai/gpt-9",
}


def claim(topic, value, *, family, kind="hard"):
    return Claim(
        id=f"{topic.replace('_', '-')}-{value.replace('_', '-').replace('..', '-')}",
        family=family,
        topic=topic,
        value=value,
        kind=kind,
        text=f"It is {value}.",
        source="A guide",
        url="https://vendor.example/guide",
        date=dt.date(2026, 1, 1),
        review=dt.date(2027, 1, 1),
    )


def recipient(model, *said, max_output=8000):
    name = read_model_name(model)
    claims = tuple(
        claim(topic, value, family=name.family, kind=kind) for topic, value, kind in said
    )
    dialect = Dialect(family=name.family, title="A family", claims=claims)
    return Recipient(model=model, name=name, dialect=dialect, max_output=max_output)


def build_from(fields, format_, *said, model=None, max_output=8000):
    """The body of a prompt with these fields, for a model of which ``said`` is claimed."""
    known = {"id": "sample", "version": "1.0.0", "title": "Sample", "intent": "classify"}
    prompt = Prompt.model_validate({**known, **fields})
    to = recipient(model or MODELS[format_], *said, max_output=max_output)
    return build_body(prompt, {}, recipient=to, format=format_)


@pytest.fixture(scope="session")
def build():
    """Builds a body from a prompt's fields, a format and claims."""
    return build_from
