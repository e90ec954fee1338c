"""Bytes to message and back: orjson on the wire, one clear error for bytes that are no such message."""

from typing import TypeVar

import orjson
from pydantic import ValidationError

from schemas.articles import Message

__all__ = ["DecodeError", "decode", "encode", "explain"]

M = TypeVar("M", bound=Message)


class DecodeError(ValueError):
    """The bytes are not the message that the topic carries. `reason` is a short fixed code."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


def encode(message: Message) -> bytes:
    """Write a message as UTF-8 JSON; absent fields are left out."""
    return orjson.dumps(message.model_dump(mode="json", exclude_none=True))


def decode(model: type[M], value: bytes | None) -> M:
    """Read a message; raise DecodeError with reason `null_value`, `malformed_json`, `wrong_type` or `invalid_fields`."""
    if value is None:
        raise DecodeError("null_value", "the value is null; an article is a JSON object")
    try:
        fields = orjson.loads(value)
    except orjson.JSONDecodeError as error:
        raise DecodeError("malformed_json", f"not JSON: {error}") from None
    if not isinstance(fields, dict):
        raise DecodeError("wrong_type", f"a JSON object is needed, this is a {type(fields).__name__}")
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        raise DecodeError("invalid_fields", explain(error)) from None


def explain(error: ValidationError, limit: int = 5) -> str:
    """The first few faults in one line: which field, what is wrong with it. Never quotes the value."""
    faults = [
        f"{'.'.join(map(str, fault['loc'])) or 'message'}: {fault['msg']}"
        for fault in error.errors(include_input=False)
    ]
    more = f" (and {len(faults) - limit} more)" if len(faults) > limit else ""
    return "; ".join(faults[:limit]) + more
