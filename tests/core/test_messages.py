"""Every text that people read exists in Hindi, with the same values in it, and the compiled file is current."""

import re

from deploy import messages


def test_the_hindi_catalogue_is_complete_current_and_compiled() -> None:
    catalog = messages.updated()

    assert [message.id for message in catalog if message.id and not message.string] == []
    assert messages.PO.with_suffix(".mo").read_bytes() == messages.compiled(catalog), "run `make messages`"


def test_both_languages_name_the_same_values() -> None:
    def values(text: str) -> list[str]:
        return sorted(re.findall(r"%\((\w+)\)s", text))

    texts = [(str(message.id), str(message.string)) for message in messages.updated() if message.id]

    assert [english for english, hindi in texts if values(english) != values(hindi)] == []
