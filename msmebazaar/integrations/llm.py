"""A language model. What it returns is data for the caller to check, never a command."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from msmebazaar.integrations import openai_client

LONGEST_ANSWER_TOKENS = 600


@dataclass(frozen=True)
class ToolCall:
    """The function that a model chose. Its arguments are not asked for: what is needed is read from the person's own words."""

    name: str


class LanguageModel(Protocol):
    def complete(self, *, instructions: str, text: str) -> str: ...

    def choose(self, *, instructions: str, text: str, tools: Mapping[str, str]) -> ToolCall | None: ...


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

    def choose(self, *, instructions: str, text: str, tools: Mapping[str, str]) -> ToolCall | None:
        """The function, of `tools` (name → when to call it), that a text asks for. None: none, or one that was not offered.

        Raises:
            VendorError.
        """
        client, configuration = openai_client.client()
        with openai_client.calling():
            answer = client.chat.completions.create(
                model=configuration.chat_model,
                messages=[{"role": "system", "content": instructions}, {"role": "user", "content": text}],
                tools=[
                    {
                        "type": "function",
                        "function": {
                            "name": name,
                            "description": when,
                            "parameters": {"type": "object", "properties": {}, "additionalProperties": False},
                        },
                    }
                    for name, when in tools.items()
                ],
                tool_choice="auto",
                max_completion_tokens=LONGEST_ANSWER_TOKENS,
                temperature=0,
            )
        calls = answer.choices[0].message.tool_calls if answer.choices else None
        names = [call.function.name for call in calls or [] if call.type == "function"]
        return ToolCall(names[0]) if len(names) == 1 and names[0] in tools else None


def language_model() -> LanguageModel:
    return OpenAILanguageModel()
