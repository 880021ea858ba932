"""Prompts: sandboxed Jinja templates whose blocks are the messages. Knows nothing of models or passages.

A template has a block `user`, and may have a block `system` before it; each is one message. A template of the user's
own folder comes before a shipped one of the same name, one of `brief/` before one that is for all models where brief
prompts are wanted. Values are data: they are put in, never read as template text.
"""

import re
from collections.abc import Collection, Iterator
from hashlib import blake2b
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from thinkaug import shipped
from thinkaug.dialogue import Message
from thinkaug.errors import UserError, unknown

_ROLES = ("system", "user")


def fenced(text: str) -> str:
    """The text inside a fence of backticks longer than any run of them in it, so that no text can close its fence."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text}\n{fence}"


class Templates:
    """The prompts of one run.

    Args:
        folder: the user's own templates, searched before the shipped ones; empty for none.
        brief: whether prompts for small models are wanted, where there are such.
    """

    def __init__(self, folder: str = "", *, brief: bool = False) -> None:
        if folder and not Path(folder).is_dir():
            raise UserError(f"templates: {folder}: no such folder")
        self._folder = folder
        places = [Path(folder)] if folder else []
        places.append(shipped.root() / "templates")
        if brief:
            places = [part for place in places for part in (place / "brief", place)]
        self._environment = ImmutableSandboxedEnvironment(
            loader=FileSystemLoader(places),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            autoescape=False,
        )
        self._environment.filters["fenced"] = fenced

    def brief(self) -> "Templates":
        """The same prompts, in their length for small models."""
        return Templates(self._folder, brief=True)

    def read(self, name: str) -> str:
        """The text of a file among the templates; `TemplateNotFound` names it where there is none."""
        source, _, _ = self._environment.loader.get_source(self._environment, name)  # type: ignore[union-attr]
        return source

    def profiles(self) -> list[str]:
        """The names of all domain profiles."""
        names = self._environment.list_templates(extensions=["yaml"])
        return [Path(name).stem for name in names if Path(name).parent.name == "profiles"]

    def render(self, name: str, **values: object) -> tuple[Message, ...]:
        """The messages of template `name`, outer white space stripped from each.

        Raises:
            UserError: the template fails to render; the message names it.
        """
        try:
            template = self._environment.get_template(name)
            context = template.new_context(values)
            return tuple(
                Message(role, "".join(template.blocks[role](context)).strip())  # type: ignore[arg-type]
                for role in _ROLES
                if role in template.blocks
            )
        except (TemplateError, ArithmeticError, TypeError, ValueError) as error:
            raise UserError(f"templates/{name}: {error}") from error

    def check(self, name: str, variables: Collection[str]) -> str:
        """Refuse a template that does not exist or uses a variable it will not be given; return its digest.

        The digest covers the text of the template and of everything it imports or includes.
        """
        digest = blake2b(digest_size=16)
        for part, source in sorted(self._sources(name)):
            digest.update(f"{part}\0{source}\0".encode())
            for used in sorted(self._undeclared(part, source)):
                if used not in variables:
                    raise unknown("variable", used, variables, f"templates/{part}")
        if "user" not in self._environment.get_template(name).blocks:
            raise UserError(f"templates/{name}: no block 'user'; write {{% block user %}}...{{% endblock %}}")
        return digest.hexdigest()

    def _undeclared(self, name: str, source: str) -> set[str]:
        try:
            return meta.find_undeclared_variables(self._environment.parse(source, name))
        except TemplateError as error:
            raise UserError(f"templates/{name}: {error}") from error

    def _sources(self, name: str, within: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
        if name in within:
            raise UserError(f"templates/{name}: it includes itself, by way of {within[-1]}")
        try:
            source = self.read(name)
            parsed = self._environment.parse(source, name)
        except TemplateNotFound as error:
            known = self._environment.list_templates(extensions=["j2"])
            raise unknown("template", name, known, "templates") from error
        except (TemplateError, UnicodeDecodeError) as error:
            raise UserError(f"templates/{name}: {error}") from error
        if next(parsed.find_all(nodes.Extends), None) is not None:
            raise UserError(f"templates/{name}: extends is not for prompts; write the blocks out, or use include")
        yield name, source
        for child in meta.find_referenced_templates(parsed):
            if child is None:
                raise UserError(f"templates/{name}: the name of an included template must be written out")
            yield from self._sources(child, (*within, name))
