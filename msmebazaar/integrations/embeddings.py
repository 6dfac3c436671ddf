"""Texts to vectors."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from msmebazaar.integrations import openai_client

MOST_TEXTS_A_CALL = 256


@dataclass(frozen=True)
class Embedding:
    """A vector and the model that made it; vectors of different models are never compared."""

    model: str
    vector: tuple[float, ...]


class Embedder(Protocol):
    def embed(self, texts: Sequence[str]) -> list[Embedding]: ...


class OpenAIEmbedder:
    def embed(self, texts: Sequence[str]) -> list[Embedding]:
        """One embedding per text, in order, in calls of at most 256 texts. VendorError when OpenAI refuses or is away."""
        client, configuration = openai_client.client()
        model = f"{configuration.embedding_model}@{configuration.embedding_dimensions}"
        found: list[Embedding] = []
        for start in range(0, len(texts), MOST_TEXTS_A_CALL):
            with openai_client.calling():
                answer = client.embeddings.create(
                    model=configuration.embedding_model,
                    input=list(texts[start : start + MOST_TEXTS_A_CALL]),
                    dimensions=configuration.embedding_dimensions,
                )
            found += [Embedding(model, tuple(row.embedding)) for row in sorted(answer.data, key=lambda row: row.index)]
        return found


def embedder() -> Embedder:
    return OpenAIEmbedder()
