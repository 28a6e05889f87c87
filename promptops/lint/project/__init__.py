"""What rules may know beyond one prompt, as plain values, and the rules that ask for it."""

from promptops.lint.project.model import Member, Need, Project, Route, Unread
from promptops.lint.project.rule import ProjectRule

__all__ = ["Member", "Need", "Project", "ProjectRule", "Route", "Unread"]
