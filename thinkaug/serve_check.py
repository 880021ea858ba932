"""serve-check: does each server offer what a pipeline asks of it? Asks a few tokens for each feature, before a run."""

from thinkaug.engines.http.endpoint import Finding, probe
from thinkaug.engines.server import Config
from thinkaug.plan import Plan


def wanted(plan: Plan) -> dict[str, set[str]]:
    """The features that the plan's stages use, by the name of the engine."""
    found: dict[str, set[str]] = {}
    for step in plan.steps:
        for engine, features in step.stage.uses(step.config).items():
            found.setdefault(engine, set()).update(features)
    return found


def serve_check(plan: Plan) -> tuple[list[str], bool]:
    """A line for each feature of each server, and whether all that the plan uses is offered."""
    lines: list[str] = []
    is_whole = True
    for name, features in wanted(plan).items():
        config = plan.services.engines[name]
        if not isinstance(config, Config):
            lines.append(f"{name}: no server; {', '.join(sorted(features))} are asked of {config.name} itself")
            continue
        findings = probe(config, features)
        lines += [_line(name, finding) for finding in findings]
        is_whole &= not any(finding.is_fault for finding in findings)
    return lines, is_whole


def _line(engine: str, finding: Finding) -> str:
    verdict = "offered" if finding.offered else "MISSING" if finding.wanted else "not offered, not used"
    return f"{engine}  {finding.url}  {finding.feature:<11}{verdict}{f': {finding.detail}' if finding.detail else ''}"
