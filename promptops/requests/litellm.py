"""LiteLLM: what ``litellm.acompletion`` gets, which turns it into any provider's own body."""

from promptops.llm.chat import ChatRequest
from promptops.llm.openai_form import litellm_body
from promptops.requests.body import Ask, Body, Note
from promptops.requests.openai import check_root, chosen_tool, marked, strictness
from promptops.requests.thinking import while_thinking


def litellm_call(ask: Ask) -> Body:
    """The arguments of ``litellm.acompletion``, as PromptOps itself calls it.

    Raises:
        RequestError: The model behind it would refuse the request.
    """
    params, notes = dict(ask.params), list[Note]()
    if ask.name.family == "claude":
        params, notes = while_thinking(ask, params.get("max_tokens"))
    check_root(ask)
    request = ChatRequest(
        model=ask.model,
        messages=ask.messages,
        params=params,
        response_schema=ask.schema,
        tools=ask.tools,
    )
    body = litellm_body(request)
    body["messages"], flagged = marked(body["messages"], ask)
    body |= chosen_tool(ask)
    found = (*notes, *flagged, *strictness(ask))
    return Body(format="litellm", path="litellm.acompletion", body=body, notes=found)
