"""Messages, a tool, a schema and the fields of a prompt that requests are made of."""

SYSTEM, USER = {"role": "system", "content": "Sort."}, {"role": "user", "content": "Late?"}
ANSWER = {"role": "assistant", "content": "It is"}
FIND = {
    "name": "find_order",
    "description": "Find an order.",
    "parameters": {
        "type": "object",
        "properties": {"number": {"type": "integer"}},
        "required": ["number"],
        "additionalProperties": False,
    },
}
CLOSED = {
    "type": "object",
    "properties": {"label": {"enum": ["a", "b"]}},
    "required": ["label"],
    "additionalProperties": False,
}


def asked(*messages, params=None, **fields):
    """The fields of a prompt."""
    return {"messages": messages, "model": {"params": params} if params else None, **fields}
