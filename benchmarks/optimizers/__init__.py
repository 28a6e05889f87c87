"""Optimizers of prompts side by side: one file an optimizer, one endpoint for all of them."""
