"""A language model's text. What it returns is data for the caller to check, never a command."""

from typing import Protocol

from msmebazaar.integrations import openai_client

LONGEST_ANSWER_TOKENS = 600


class LanguageModel(Protocol):
    def complete(self, *, instructions: str, text: str) -> str: ...


class OpenAILanguageModel:
    def complete(self, *, instructions: str, text: str) -> str:
        """The model's answer to `text` under `instructions`; "" when it gives none. VendorError when it is away."""
        client, configuration = openai_client.client()
        with openai_client.calling():
            answer = client.chat.completions.create(
                model=configuration.chat_model,
                messages=[{"role": "system", "content": instructions}, {"role": "user", "content": text}],
                max_completion_tokens=LONGEST_ANSWER_TOKENS,
                temperature=0,
            )
        return (answer.choices[0].message.content or "") if answer.choices else ""


def language_model() -> LanguageModel:
    return OpenAILanguageModel()
