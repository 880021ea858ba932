"""jsonl: one JSON object a line, UTF-8; its keys are the fields."""

import json
from codecs import BOM_UTF8
from collections.abc import Iterator
from typing import IO

from thinkaug.knowledge.readers import Found


def jsonl(file: IO[bytes]) -> Iterator[Found]:
    """The rows of a JSON Lines file; blank lines are none."""
    for number, line in enumerate(file, start=1):
        body = (line.removeprefix(BOM_UTF8) if number == 1 else line).strip()
        if not body:
            continue
        try:
            fields = json.loads(body.decode("utf-8"))
        except UnicodeDecodeError as error:
            yield Found(number, None, "not_utf8", str(error))
        except (ValueError, RecursionError) as error:
            yield Found(number, None, "not_json", str(error))
        else:
            if isinstance(fields, dict):
                yield Found(number, fields)
            else:
                yield Found(number, None, "not_an_object", f"it is a {type(fields).__name__}")
