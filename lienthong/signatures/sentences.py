"""The sentences of verdicts, by the code of a reason. They are in the catalogue in both languages."""

from collections.abc import Mapping

from lienthong.messages import Language, message
from lienthong.signatures import sentences_files, sentences_signer, sentences_xml

SENTENCES: Mapping[str, str] = {
    **sentences_signer.SENTENCES,
    **sentences_files.SENTENCES,
    **sentences_xml.SENTENCES,
}
"""By the code of a reason; `{names}` are its details."""


def sentence(code: str, details: Mapping[str, str], language: Language) -> str:
    """The sentence of a code in a language. A code of an earlier version that is no more is shown as it is."""
    text = SENTENCES.get(code)
    if text is None:
        return code
    try:
        return message(text, **details).render(language)
    except (KeyError, IndexError):
        return text
