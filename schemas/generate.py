"""Generates what others read: JSON Schemas, the AsyncAPI 3 document and docs/messages.md. `--check` fails where a file is stale."""

import argparse
import sys
from pathlib import Path
from typing import Any

import orjson
import yaml

from schemas.articles import Message
from schemas.cloudevents import event_type
from schemas.rules import AlertRule
from schemas.topics import MAX_VALUE_BYTES, TOPICS, Topic

__all__ = ["asyncapi", "files", "json_schema", "main", "messages_page", "rules_schema"]

ROOT = Path(__file__).resolve().parent.parent
_HEADERS = {
    "ce_specversion": "CloudEvents version, `1.0`",
    "ce_id": "Unique with ce_source; the same when work is repeated: topic, partition, offset of the input, and the stage",
    "ce_source": "/dateline/STAGE",
    "ce_type": "dateline.TOPIC",
    "ce_time": "When it was published, RFC 3339",
    "ce_subject": "The article id",
    "ce_dataschema": "urn:dateline:schema:TOPIC; the file is schemas/json/TOPIC.json",
    "content-type": "application/json",
    "traceparent": "W3C trace context, carried on where it came in",
}
_DEAD_LETTER_HEADERS = {
    "x-original-topic": "Where the message came from",
    "x-original-partition": "",
    "x-original-offset": "",
    "x-original-timestamp": "Milliseconds since the epoch",
    "x-stage": "The stage that could not process it",
    "x-stage-version": "",
    "x-error-class": "The exception's class",
    "x-error-reason": "A short fixed code, such as `malformed_json`",
    "x-error-message": "What is wrong, in words",
    "x-attempt": "1 at the first failure; one more after each redrive",
    "x-first-failed-at": "RFC 3339",
}


def json_schema(model: type[Message], topic: Topic) -> dict[str, Any]:
    """The JSON Schema of what a topic carries, as it is written (readers take more: unknown fields are ignored)."""
    schema = model.model_json_schema(by_alias=True, mode="serialization")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:dateline:schema:{topic.name}",
        **schema,
    }


def rules_schema() -> dict[str, Any]:
    """The JSON Schema of a YAML file of alert rules, for editors; it is stricter than that of the topic: no unknown fields."""
    rule = AlertRule.model_json_schema(by_alias=True, mode="validation")
    definitions = rule.pop("$defs", {})
    for part in (rule, *definitions.values()):
        if "properties" in part:
            part["additionalProperties"] = False
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:dateline:schema:alert-rules-file",
        "title": "Alert rules",
        "type": "object",
        "properties": {"rules": {"type": "array", "items": {"$ref": "#/$defs/AlertRule"}, "minItems": 1}},
        "required": ["rules"],
        "additionalProperties": False,
        "$defs": {"AlertRule": rule, **definitions},
    }


def asyncapi() -> dict[str, Any]:
    """The AsyncAPI 3.0 document: every topic as a channel, with its message and its Kafka settings."""
    channels, operations = {}, {}
    for topic in TOPICS:
        name = _identifier(topic.name)
        payload = (
            {"$ref": f"json/{topic.name}.json"}
            if topic.model
            else {"description": "untouched bytes of the original message"}
        )
        headers = _HEADERS if topic.model else _DEAD_LETTER_HEADERS
        channels[name] = {
            "address": topic.name,
            "title": topic.summary,
            "messages": {
                name: {
                    "name": event_type(topic),
                    "contentType": "application/json" if topic.model else "application/octet-stream",
                    "headers": {
                        "type": "object",
                        "properties": {key: {"type": "string", "description": text} for key, text in headers.items()},
                    },
                    "payload": payload,
                    "bindings": {"kafka": {"key": {"type": "string", "description": topic.key}}},
                }
            },
            "bindings": {
                "kafka": {
                    "partitions": topic.partitions,
                    "topicConfiguration": {
                        "cleanup.policy": topic.cleanup.split(","),
                        "retention.ms": topic.retention_ms,
                        "max.message.bytes": topic.max_message_bytes,
                    },
                }
            },
        }
        operations[f"subscribe_{name}"] = {
            "action": "send",
            "channel": {"$ref": f"#/channels/{name}"},
            "summary": topic.summary,
        }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Dateline",
            "version": "1.0.0",
            "description": "Raw news pages in, clean enriched articles out. Consumers read with isolation level read_committed.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
    }


def messages_page() -> str:
    """docs/messages.md: each topic, its settings, and its fields."""
    lines = [
        "# Messages",
        "",
        "Generated by `python -m schemas.generate`; do not edit. The same in machine form: `schemas/json/`, `schemas/asyncapi.yaml`.",
        "Values are UTF-8 JSON in snake_case; absent fields are left out; ignore fields you do not know. Offsets count Unicode code points",
        f"of `text`, ends are exclusive. A value has at most {MAX_VALUE_BYTES // 1024**2} MiB.",
        "Consume with `isolation.level=read_committed`.",
        "",
        "## Topics",
        "",
        "| topic | carries | key | kept |",
        "|---|---|---|---|",
    ]
    for topic in TOPICS:
        carried = f"[{topic.model.__name__}](#{topic.model.__name__.lower()})" if topic.model else "bytes"
        lines.append(
            f"| `{topic.name}` | {carried}: {topic.summary} | {topic.key} | {topic.retention_ms // 86_400_000} days, {topic.cleanup} |"
        )
    lines += ["", "## Headers (CloudEvents 1.0, binary mode)", "", *_header_table(_HEADERS)]
    lines += ["", "## Headers of dead letters", "", *_header_table(_DEAD_LETTER_HEADERS)]
    seen: set[str] = set()
    for topic in TOPICS:
        if topic.model is not None:
            schema = topic.model.model_json_schema(by_alias=True, mode="serialization")
            for name, part in [(topic.model.__name__, schema), *schema.get("$defs", {}).items()]:
                if name not in seen:
                    seen.add(name)
                    lines += ["", f"## {name}", "", part.get("description", "").strip(), "", *_field_table(part)]
    return "\n".join(lines) + "\n"


def _header_table(headers: dict[str, str]) -> list[str]:
    return ["| header | meaning |", "|---|---|", *(f"| `{name}` | {text} |" for name, text in headers.items())]


def _field_table(part: dict[str, Any]) -> list[str]:
    required = set(part.get("required", ()))
    rows = ["| field | type | |", "|---|---|---|"]
    for name, field in part.get("properties", {}).items():
        must = "always there; " if name in required else ""
        rows.append(f"| `{name}` | {_type_name(field)} | {must}{field.get('description', '')} |".replace("; |", " |"))
    return rows


def _type_name(field: dict[str, Any]) -> str:
    if "$ref" in field:
        name = field["$ref"].rsplit("/", 1)[-1]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in field:
        return " or ".join(_type_name(option) for option in field["anyOf"] if option.get("type") != "null")
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    if field.get("type") == "array":
        return f"list of {_type_name(field.get('items', {}))}"
    return str(field.get("format") or field.get("type", "any"))


def _identifier(name: str) -> str:
    return name.replace(".", "_").replace("-", "_")


def files() -> dict[Path, bytes]:
    """Every generated file: its path from the repository's root, and what it must hold."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    made = {
        Path("schemas/json") / f"{topic.name}.json": orjson.dumps(json_schema(topic.model, topic), option=options)
        for topic in TOPICS
        if topic.model is not None
    }
    made[Path("schemas/json/alert-rules-file.json")] = orjson.dumps(rules_schema(), option=options)
    made[Path("schemas/asyncapi.yaml")] = (
        "# Generated by `python -m schemas.generate`; do not edit.\n"
        + yaml.safe_dump(asyncapi(), sort_keys=False, width=120)
    ).encode()
    made[Path("docs/messages.md")] = messages_page().encode()
    return made


def main(arguments: list[str] | None = None) -> int:
    """Write the files, or with --check say which are stale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a file is stale")
    check = parser.parse_args(arguments).check
    stale = []
    for path, content in files().items():
        target = ROOT / path
        if target.is_file() and target.read_bytes() == content:
            continue
        stale.append(str(path))
        if not check:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    if stale:
        sys.stderr.write(f"{'stale' if check else 'written'}: {', '.join(stale)}\n")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
