"""The linter in an editor, over the Language Server Protocol."""

from promptops.lsp.server import create_server

__all__ = ["create_server"]
