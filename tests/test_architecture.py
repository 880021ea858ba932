"""Imports point down, siblings leave each other alone, files stay small."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from thinkaug.compiled import KERNELS

HOME = Path(__file__).parent.parent / "thinkaug"

# From the top down: a module may import what stands below it. A package stands for all that is in it.
LAYERS = [
    ["thinkaug", "cli", "demo"],
    ["show", "likeness", "examples", "summary", "serve_check"],
    ["preferences", "calibrate", "corpus_profile", "controls"],
    ["build"],
    ["pipeline", "executors", "progress", "exports"],
    ["plan"],
    ["stages", "runner", "rounds"],
    ["panel", "tallying", "verdicts", "findings", "decontamination"],
    ["sources", "strategies", "checks", "quality", "judges", "shards"],
    ["claims", "formats", "facts"],
    ["measures", "knowledge", "attempt", "stage", "rendering", "profiles", "garbage", "hygiene"],
    ["minhash", "surface"],
    ["shingling"],
    ["remembering", "reuse", "segmentation", "fragments"],
    ["responses"],
    [
        "templates",
        "engines",
        "inputs",
        "ledger",
        "steps",
        "settings",
        "overrides",
        "plugins",
        "stored",
        "labels",
        "plots",
        "training",
    ],
    ["store", "dialogue", "yaml", "phrases"],
    ["lexing"],
    ["marks", "metas", "schema", "durable", "shipped", "words", "formulas", "reasoning", "languages", "licenses"],
    ["compiled", "personal", "visible"],
    ["records"],
    ["errors"],
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
SIBLINGS = ["sources", "strategies", "checks", "quality", "judges", "measures"]
BARRED = {"utils", "util", "common", "helpers", "helper", "misc", "manager", "handler"}


def module_of(path: Path) -> str:
    """`thinkaug/stages/pack.py` -> `stages.pack`; a package's `__init__` is the package, ours is `thinkaug`."""
    parts = path.relative_to(HOME).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts) or "thinkaug"


MODULES = {module_of(path): path for path in sorted(HOME.rglob("*.py"))}


def imports(source: str, module: str) -> Iterator[str]:
    """Full names of all that a source imports, in functions and under conditions too."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = ["thinkaug", *module.split(".")][: -node.level] if node.level else []
            base = ".".join([*package, node.module] if node.module else package)
            yield from (f"{base}.{alias.name}" for alias in node.names)


def ours(module: str) -> set[str]:
    """The modules of ours that a module imports."""
    found = set()
    for name in imports(MODULES[module].read_text(encoding="utf-8"), module):
        if name.split(".")[0] != "thinkaug":
            continue
        inner = name.split(".")[1:]
        while inner and ".".join(inner) not in MODULES:
            inner.pop()
        found.add(".".join(inner) or "thinkaug")
    return found - {module}


def top(module: str) -> str:
    return module.split(".")[0]


def test_every_module_has_its_layer() -> None:
    assert {top(module) for module in MODULES} == set(LEVEL), "put it into LAYERS"


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_down(module: str) -> None:
    if module == "thinkaug":
        return  # the front: it names what others may call
    level = LEVEL.get(top(module), len(LAYERS))
    wrong = {other for other in ours(module) if top(other) != top(module) and LEVEL.get(top(other), 0) <= level}
    assert not wrong, f"{module} imports from its own layer or above: {wrong}"


@pytest.mark.parametrize("package", SIBLINGS)
def test_siblings_never_import_each_other(package: str) -> None:
    inside = {module for module in MODULES if top(module) == package}
    wrong = {(module, other) for module in inside for other in ours(module) & inside if other != package}
    assert not wrong


def test_only_one_file_imports_vllm() -> None:
    users = {
        module
        for module, path in MODULES.items()
        if any(top(name) == "vllm" for name in imports(path.read_text(encoding="utf-8"), module))
    }
    assert users == {"engines.vllm"}


@pytest.mark.parametrize("module", MODULES)
def test_no_file_is_over_300_lines(module: str) -> None:
    assert len(MODULES[module].read_text(encoding="utf-8").splitlines()) <= 300


def test_no_module_is_named_for_nothing() -> None:
    assert not [module for module in MODULES if BARRED & set(module.replace("_", ".").split("."))]


def test_imports_are_found_wherever_they_stand() -> None:
    source = (
        "import a.b\nif x:\n from c import d\ndef f():\n  from . import e\n  from ..g import h\nimport thinkaug.i as j"
    )
    assert set(imports(source, "stages.pack")) == {"a.b", "c.d", "thinkaug.stages.e", "thinkaug.g.h", "thinkaug.i"}


def test_what_is_compiled_is_compiled_anew_when_a_kernel_changes() -> None:
    users = {
        path
        for path in MODULES.values()
        if any(name == "thinkaug.compiled" for name in map(parent, imports(path.read_text(encoding="utf-8"), "x")))
    }
    assert users
    assert users <= {path for kernels in KERNELS for path in HOME.glob(kernels)}, "name it in thinkaug/compiled.py"


def parent(name: str) -> str:
    return name.rpartition(".")[0]
