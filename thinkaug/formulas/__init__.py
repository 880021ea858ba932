"""Formulas in prose: tokens, units, and an evaluator of our own. Bounded, exact, and without `eval`."""
