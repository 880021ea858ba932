"""The parts of `prune`: what becomes of a step, of a candidate, of a stretch, and how that is counted."""
