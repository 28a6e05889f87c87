"""Calling models: one small protocol, one adapter for every real model, stacked behaviors."""

from promptops.llm.chat import Chat, ChatRequest, Completion, Message, StreamingChat, Usage

__all__ = ["Chat", "ChatRequest", "Completion", "Message", "StreamingChat", "Usage"]
