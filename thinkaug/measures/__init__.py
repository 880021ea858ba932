"""Measures: pure functions of texts and numbers, each with its formula and source."""
