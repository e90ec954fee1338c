"""YAML files of rules: where each field stands, so that an error names line and column, and what was meant."""

import difflib
import types
from collections.abc import Mapping
from typing import Any, TypeVar, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, ValidationError

from schemas.rules import AlertRule
from workers.errors import Misconfigured

__all__ = ["read_rules"]

#: libyaml's where it was built in: ten times as fast.
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
R = TypeVar("R", bound=AlertRule)
#: Where each node begins, by its path in the document: keys of mappings, numbers of items.
_Marks = Mapping[tuple[str | int, ...], yaml.Mark]


def read_rules(text: str, name: str, model: type[R]) -> tuple[R, ...]:
    """The rules of a YAML text: a list, or a mapping with `rules`. Raises Misconfigured naming the file, the line, the column, the rule and the field.

    Every scalar is read as text, so that the country NO is not YAML's `false`.
    """
    try:
        marks: dict[tuple[str | int, ...], yaml.Mark] = {}
        loaded = _plain(yaml.compose(text, _LOADER), (), marks)
    except (yaml.YAMLError, RecursionError) as error:
        raise Misconfigured(f"{name}{_spot(error)}: not YAML: {' '.join(str(error).split())}") from None
    items = loaded.get("rules") if isinstance(loaded, dict) else loaded
    above: tuple[str | int, ...] = ("rules",) if isinstance(loaded, dict) else ()
    if isinstance(loaded, dict) and (strange := [key for key in loaded if key != "rules"]):
        raise Misconfigured(f"{name}: there is no field {strange[0]!r} beside `rules:`; a list of rules is needed, under `rules:`")  # fmt: skip
    if not isinstance(items, list) or not items:
        raise Misconfigured(f"{name}: a list of rules is needed, under `rules:`; see docs/alerts.md")
    seen: dict[str, int] = {}
    rules = []
    for number, item in enumerate(items):
        path = (*above, number)
        rule = _rule(item, _Place(name, marks, path), model)
        line = marks[path].line + 1
        if rule.key in seen:
            raise Misconfigured(
                f"{name}, line {line}: the rule of line {seen[rule.key]} is named {rule.key!r} too; give each its own name"
            )
        seen[rule.key] = line
        rules.append(rule)
    return tuple(rules)


class _Place:
    """Where a rule stands, to be told with an error in one of its fields."""

    def __init__(self, name: str, marks: _Marks, rule: tuple[str | int, ...]) -> None:
        self._name, self._marks, self._rule = name, marks, rule
        self.called = ""

    def of(self, field: tuple[str | int, ...] = ()) -> str:
        """The place of a field, or of the nearest thing around it that is written down."""
        while field and (*self._rule, *field) not in self._marks:
            field = field[:-1]
        mark = self._marks[(*self._rule, *field)]
        return f"{self._name}, line {mark.line + 1}, column {mark.column + 1}{self.called}"


def _rule(item: object, place: _Place, model: type[R]) -> R:
    if not isinstance(item, dict):
        raise Misconfigured(f"{place.of()}: a rule is a mapping of fields, such as `name: Floods`")
    if isinstance(item.get("name"), str):
        place.called = f": rule {item['name']!r}"
    _check_names(item, model, place, ())
    try:
        return model.model_validate(item)
    except ValidationError as error:
        faults = error.errors()[:5]
        where = place.of(tuple(faults[0]["loc"]) or _named_in(str(faults[0]["msg"]), item))
        raise Misconfigured(f"{where}: {'; '.join(_mend(fault) for fault in faults)}") from None


def _check_names(item: dict[str, Any], model: type[BaseModel], place: _Place, path: tuple[str | int, ...]) -> None:
    """Every field is known; else say which one was meant."""
    names = {field.alias or name: field.annotation for name, field in model.model_fields.items()}
    for given, value in item.items():
        if given not in names:
            near = difflib.get_close_matches(str(given), names, 1)
            hint = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(names)}"
            inside = f" in {'.'.join(map(str, path))}" if path else ""
            raise Misconfigured(f"{place.of((*path, given))}: there is no field {given!r}{inside}{hint}")
        inner = _model_in(names[given])
        if inner is not None and isinstance(value, dict):
            _check_names(value, inner, place, (*path, given))


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model that a field holds: of `Frequency | None`, Frequency."""
    options = get_args(annotation) if get_origin(annotation) in {Union, types.UnionType} else (annotation,)
    return next((one for one in options if isinstance(one, type) and issubclass(one, BaseModel)), None)


def _named_in(message: str, item: dict[str, Any]) -> tuple[str | int, ...]:
    """The field that a message about the whole rule begins with: `query: ...`, `new.learn: ...`."""
    path = message.removeprefix("Value error, ").split(":")[0].split(".")
    return tuple(path) if path[0] in item else ()


def _mend(fault: Any) -> str:
    """What is wrong with a field, in the words of YAML."""
    field = ".".join(map(str, fault["loc"]))
    message = str(fault["msg"]).removeprefix("Value error, ")
    match fault["type"]:
        case "tuple_type":
            message = f"a list is needed, such as {field}: [{fault['input'] or '...'}]"
        case "missing":
            message = "give one"
        case "model_type" | "model_attributes_type" | "dict_type":
            message = f"a mapping of fields is needed below {field}"
        case "string_pattern_mismatch" if "smhdw" in str(fault["ctx"]["pattern"]):
            message = f"{fault['input']!r} is no duration: a number and s, m, h, d or w, such as 90s, 15m, 6h, 7d"
        case "string_pattern_mismatch" if "2[0-3]" in str(fault["ctx"]["pattern"]):
            message = f"{fault['input']!r} is no time of day, such as 22:00"
        case "literal_error":
            near = difflib.get_close_matches(str(fault["input"]), str(fault["ctx"]["expected"]).replace("'", "").replace(" or ", ", ").split(", "), 1)  # fmt: skip
            message += f"; did you mean {near[0]}?" if near else ""
    return f"{field}: {message}" if field else message


def _plain(node: yaml.Node | None, path: tuple[str | int, ...], marks: dict[tuple[str | int, ...], yaml.Mark]) -> Any:  # fmt: skip
    """A document as lists, mappings and text; where each part begins is noted in `marks`."""
    if node is None:
        return None
    marks.setdefault(path, node.start_mark)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(one, (*path, number), marks) for number, one in enumerate(node.value)]
    if not isinstance(node, yaml.MappingNode):
        return node.value
    found = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise yaml.MarkedYAMLError(problem="a field's name is needed here", problem_mark=key.start_mark)
        marks[*path, key.value] = key.start_mark
        found[key.value] = _plain(value, (*path, key.value), marks)
    return found


def _spot(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    return f", line {mark.line + 1}, column {mark.column + 1}" if mark is not None else ""
