"""PromptOps: the control tower for an organization's prompts."""

__version__ = "0.1.0"
