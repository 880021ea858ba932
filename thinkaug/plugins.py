"""Parts found by their file: `checks/echo.py` holds `echo`. Adding one is adding a file; nobody registers."""

import pkgutil
from importlib import import_module
from types import ModuleType
from typing import Any

from thinkaug.errors import unknown


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
