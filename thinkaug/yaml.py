"""YAML 1.2, safe: `on`, `off`, `yes` and `no` are words, a key that stands twice is an error, nothing is executed."""

from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError


def read_yaml(text: str) -> Any:
    """The value of a YAML document.

    Raises:
        ValueError: it is not valid; the message says where.
    """
    try:
        return YAML(typ="safe", pure=True).load(text)
    except (YAMLError, LookupError, RecursionError) as error:
        raise ValueError(" ".join(str(error).split())) from error


def write_yaml(value: object) -> str:
    """A value as a YAML document in block style."""
    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = False
    writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    stream = StringIO()
    writer.dump(value, stream)
    return stream.getvalue()
