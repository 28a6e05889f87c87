"""Requests: a prompt, its values and a model as the exact body that an API is sent."""
