"""Events against the schemas that `types` of config/bus.yaml names, with the complaints in words for operators."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson
from pydantic import ValidationError

from lienthong.configuration.names import schema_class

_WORDS = {
    "missing": "thiếu",
    "extra_forbidden": "không có trong lược đồ",
    "string_type": "phải là văn bản",
    "bool_type": "phải là true hoặc false",
    "int_type": "phải là số nguyên",
    "int_parsing": "phải là số nguyên",
    "datetime_parsing": "không phải là một thời điểm",
    "datetime_from_date_parsing": "không phải là một thời điểm",
    "datetime_type": "không phải là một thời điểm",
    "tuple_type": "phải là danh sách",
    "model_type": "phải là đối tượng",
}


def schema_of(types: Mapping[str, str]) -> Callable[[str, Mapping[str, Any]], Sequence[str]]:
    """Says what is wrong with data as an event of a type; nothing when it fits. Values are never repeated."""

    def faults(event_type: str, data: Mapping[str, Any]) -> Sequence[str]:
        if event_type not in types:
            return [f"không có lược đồ nào cho loại sự kiện {event_type} (khoá `types` của config/bus.yaml)"]
        try:
            schema_class(types[event_type]).model_validate_json(orjson.dumps(data))
        except ValidationError as error:
            return [_sentence(details["loc"], details["type"], details.get("ctx", {})) for details in error.errors()]
        return []

    return faults


def _sentence(path: Sequence[str | int], kind: str, context: Mapping[str, Any]) -> str:
    words = f"phải là một trong {context['expected']}" if kind == "literal_error" else _WORDS.get(kind, "không hợp lệ")
    return f"trường `{'.'.join(map(str, path))}` {words}"
