"""Parts found by their file: `checks/echo.py` holds `echo`. Adding one is adding a file; nobody registers."""

import inspect
import pkgutil
from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from typing import Any

from thinkaug.errors import UserError, unknown


def module(package: str, name: str, where: str) -> ModuleType:
    """The module `thinkaug/<package>/<name>.py`.

    Raises:
        UserError: there is no such file; the message has the nearest name.
    """
    home = import_module(f"thinkaug.{package}")
    known = [found.name for found in pkgutil.iter_modules(home.__path__)]
    if name not in known:
        raise unknown(f"file in {package}/ named", name, known, where)
    return import_module(f"thinkaug.{package}.{name}")


def part(package: str, name: str, where: str) -> Any:
    """The object `name` of the module `name`; raises `UserError` as `module` does."""
    return getattr(module(package, name, where), name)


def made(package: str, name: str, options: Mapping[str, Any], where: str) -> Any:
    """What the factory `name` of the module `name` makes with those keyword options.

    Raises:
        UserError: there is no such file or option, or a value is of another type.
    """
    from pydantic import ValidationError, validate_call

    make = part(package, name, where)
    parameters = inspect.signature(make).parameters
    for option in options:
        if option not in parameters:
            raise unknown("option", option, parameters, f"{where}.{name}")
    try:
        return validate_call(make)(**options)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join([where, name, *(str(step) for step in first["loc"])])
        given = "" if first["type"] == "missing_argument" else f", not {first['input']!r}"
        raise UserError(f"{place}: {first['msg']}{given}") from error
