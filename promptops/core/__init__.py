"""Small tools that every package uses: canonical bytes, files, state, references, statistics."""
