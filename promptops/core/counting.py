"""Numbers of things in words."""


def counted(count: int, word: str, words: str = "") -> str:
    """``1 prompt``, ``2 prompts``."""
    return f"{count:,} {word if count == 1 else words or word + 's'}"
