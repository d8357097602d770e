"""Masking: what a schema marks as personal, and numbers of persons in any text, are hidden wherever they are shown."""

from lienthong.masking.data import (
    MARK,
    NO_PERSONAL_KEYS,
    UNREADABLE_KEY,
    Personal,
    PersonalKeys,
    PersonalKind,
    mask_about,
    mask_data,
)
from lienthong.masking.text import HIDDEN, mask_text

__all__ = [
    "HIDDEN",
    "MARK",
    "NO_PERSONAL_KEYS",
    "UNREADABLE_KEY",
    "Personal",
    "PersonalKeys",
    "PersonalKind",
    "mask_about",
    "mask_data",
    "mask_text",
]
