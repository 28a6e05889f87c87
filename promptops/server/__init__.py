"""HTTP services over the library: one app, one router a capability."""

from promptops.server.app import create_app

__all__ = ["create_app"]
