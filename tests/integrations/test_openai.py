"""OpenAI's own SDK against the stand-in."""

import math
from dataclasses import replace

import pytest
from pytest_django import Settings

from deploy.local.home import free_port
from msmebazaar.integrations import openai_client
from msmebazaar.integrations.embeddings import OpenAIEmbedder, embedder
from msmebazaar.integrations.errors import VendorError, VendorOff
from msmebazaar.integrations.llm import language_model


def test_embeddings_keep_the_order_and_have_the_asked_length() -> None:
    texts = [f"text {number}" for number in range(300)]  # more than one call takes

    found = OpenAIEmbedder().embed(texts)

    assert len(found) == 300
    assert found[299].vector == OpenAIEmbedder().embed(["text 299"])[0].vector
    assert all(len(row.vector) == 384 for row in found)
    assert found[0].model == "text-embedding-3-small@384"
    assert math.isclose(sum(part**2 for part in found[0].vector), 1, abs_tol=1e-5)


def test_the_language_model_answers_and_says_that_it_is_a_stand_in() -> None:
    assert "stand-in" in language_model().complete(instructions="Be short.", text="नमस्ते")


def test_a_wrong_key_is_refused_for_good(settings: Settings) -> None:
    settings.OPENAI = replace(settings.OPENAI, api_key="wrong")

    with pytest.raises(VendorError) as refused:
        OpenAIEmbedder().embed(["text"])

    assert (refused.value.code, refused.value.permanent) == ("invalid_api_key", True)


def test_a_vendor_that_does_not_answer_may_be_tried_again(settings: Settings) -> None:
    settings.OPENAI = replace(settings.OPENAI, base_url=f"http://127.0.0.1:{free_port()}/v1")

    with pytest.raises(VendorError) as failed:
        language_model().complete(instructions="", text="text")

    assert not failed.value.permanent


def test_every_call_has_a_time_limit_and_no_silent_repeats(settings: Settings) -> None:
    client, configuration = openai_client.client()

    assert client.timeout == configuration.timeout_s == 10
    assert client.max_retries == 0


def test_switched_off_it_says_so(settings: Settings) -> None:
    settings.OPENAI = None

    with pytest.raises(VendorOff):
        OpenAIEmbedder().embed(["text"])


def test_who_makes_vectors_is_a_setting_and_the_local_model_finds_english_for_hindi(settings: Settings) -> None:
    settings.EMBEDDER = "openai"
    assert isinstance(embedder(), OpenAIEmbedder)

    settings.EMBEDDER = "local"
    texts = ["Bread and cakes for shops", "Forging and machining of metal parts", "A school with its own building"]
    passages = [row.vector for row in embedder().embed(texts)]
    [query] = embedder().embed(["ब्रेड और केक की बेकरी"], as_queries=True)

    nearness = [sum(a * b for a, b in zip(query.vector, passage, strict=True)) for passage in passages]
    assert max(nearness) == nearness[0]
    assert embedder().embed(texts)[0].vector == passages[0]
    assert embedder().embed([]) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("call value", "value"),
        ("please call listing now", "listing"),
        ("call erase_everything", None),  # not offered
        ("call value and call listing", None),  # two at once are no answer
        ("nothing of the sort", None),
    ],
)
def test_a_model_chooses_one_of_the_functions_it_was_offered_or_none(text: str, name: str | None) -> None:
    chosen = language_model().choose(instructions="sort", text=text, tools={"value": "worth", "listing": "offers"})

    assert (chosen.name if chosen else None) == name
