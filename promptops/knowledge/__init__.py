"""Knowledge bases: documents, versions, chunks, indexes, updates."""
