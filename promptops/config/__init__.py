"""Workspaces and settings. Only the composition root and the front ends read them."""

from promptops.config.settings import Settings, load_settings
from promptops.config.workspace import Workspace, find_workspace

__all__ = ["Settings", "Workspace", "find_workspace", "load_settings"]
