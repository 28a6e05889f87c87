"""The embedders that a workspace may name."""

from promptops.embedding.embedder import Embedder


def load_embedder(backend: str, model: str) -> Embedder:
    """The embedder of a backend; its library is imported when it is first used.

    Args:
        backend: ``onnx``, ``sentence-transformers`` or ``litellm``.
        model: The model, by the backend's names.

    Raises:
        UnknownModelError: The backend does not know the model.
    """
    if backend == "litellm":
        from promptops.embedding.litellm_embedder import LiteLLMEmbedder

        return LiteLLMEmbedder(model)
    if backend == "onnx":
        from promptops.embedding.onnx_embedder import OnnxEmbedder

        return OnnxEmbedder(model)
    from promptops.embedding.sentence_transformer import SentenceTransformerEmbedder

    return SentenceTransformerEmbedder(model)
