"""Use cases: what a command, a task or a server asks for, in one call each.

Each function takes `Services` and references, does one thing through the packages below, and
returns a value. No orchestration (that is `flows`), no printing (that is `cli`).
"""
