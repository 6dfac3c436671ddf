"""The part of OpenAI's API that we use: embeddings and chat completions.

The vectors are hashed character trigrams, so texts that share spelling are near; they know nothing of meaning. The chat
answers with a sentence that names itself a stand-in, or, where functions are offered and the text says `call NAME`, with a call
of that function, whether it was offered or not: what a real model might be talked into. All are the same for the same input.
"""

import base64
import hashlib
import math
import re
import struct
from typing import Any

Answer = tuple[int, dict[str, Any]]
NATIVE_DIMENSIONS = 1536
MOST_INPUTS = 2048


class OpenAIStandIn:
    def __init__(self, api_key: str) -> None:
        self.api_key = api_key

    def handle(self, method: str, path: str, body: dict[str, Any], authorization: str) -> Answer:
        if authorization != f"Bearer {self.api_key}":
            return error(401, "Incorrect API key provided.", "invalid_api_key")
        if method == "POST" and path == "/v1/embeddings":
            return embed(body)
        if method == "POST" and path == "/v1/chat/completions":
            return complete(body)
        return error(404, f"Unknown request URL: {method} {path}", "unknown_url")


def error(status: int, message: str, code: str) -> Answer:
    return status, {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": code}}


def embed(body: dict[str, Any]) -> Answer:
    texts = body.get("input")
    texts = [texts] if isinstance(texts, str) else texts
    if not isinstance(texts, list) or not texts or len(texts) > MOST_INPUTS or not all(map(is_text, texts)):
        return error(400, "'input' is a text or a list of at most 2048 non-empty texts", "invalid_input")
    dimensions = int(body.get("dimensions") or NATIVE_DIMENSIONS)
    rows = []
    for index, text in enumerate(texts):
        vector = trigram_vector(text, dimensions)
        packed: Any = vector
        if body.get("encoding_format") == "base64":
            packed = base64.b64encode(struct.pack(f"<{dimensions}f", *vector)).decode()
        rows.append({"object": "embedding", "index": index, "embedding": packed})
    tokens = sum(len(text) for text in texts) // 4
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    return 200, {"object": "list", "data": rows, "model": body.get("model", ""), "usage": usage}


def is_text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def trigram_vector(text: str, dimensions: int) -> list[float]:
    """Unit vector of signed, hashed character trigrams."""
    vector = [0.0] * dimensions
    padded = f"  {text.casefold()} "
    for start in range(len(padded) - 2):
        digest = hashlib.sha256(padded[start : start + 3].encode()).digest()
        vector[int.from_bytes(digest[:4], "big") % dimensions] += 1.0 if digest[4] & 1 else -1.0
    norm = math.sqrt(sum(part * part for part in vector)) or 1.0
    return [part / norm for part in vector]


def complete(body: dict[str, Any]) -> Answer:
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        return error(400, "'messages' must be a non-empty list", "invalid_messages")
    digest = hashlib.sha256(repr(messages).encode()).hexdigest()
    text = f"This is the offline stand-in for a language model; it read {len(messages)} messages and understands none."
    message: dict[str, Any] = {"role": "assistant", "content": text}
    called = re.findall(r"\bcall (\w+)", str(messages[-1].get("content", ""))) if body.get("tools") else []
    if called:
        message = {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {"id": f"call_{at}", "type": "function", "function": {"name": name, "arguments": "{}"}}
                for at, name in enumerate(called)
            ],
        }
    finish = "tool_calls" if called else "stop"
    choice = {"index": 0, "message": message, "finish_reason": finish, "logprobs": None}
    return 200, {
        "id": f"chatcmpl-{digest[:24]}",
        "object": "chat.completion",
        "created": 0,
        "model": body.get("model", ""),
        "choices": [choice],
        "usage": {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
    }
