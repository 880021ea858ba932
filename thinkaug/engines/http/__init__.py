"""Asking an OpenAI-style server: which one, how often, what its answers mean, and what it offers."""
