"""LiteLLM: what ``litellm.acompletion`` gets, which turns it into any provider's own body."""

from promptops.llm.chat import ChatRequest
from promptops.llm.openai_form import litellm_body
from promptops.requests.body import Ask, Body
from promptops.requests.openai import chosen_tool, marked, strictness


def litellm_call(ask: Ask) -> Body:
    """The arguments of ``litellm.acompletion``, as PromptOps itself calls it."""
    request = ChatRequest(
        model=ask.model,
        messages=ask.messages,
        params=ask.params,
        response_schema=ask.schema,
        tools=ask.tools,
    )
    body = litellm_body(request)
    body["messages"] = marked(body["messages"], ask)
    body |= chosen_tool(ask)
    return Body(
        format="litellm", path="litellm.acompletion", body=body, notes=tuple(strictness(ask))
    )
