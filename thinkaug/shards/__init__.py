"""The finished data set on disk, as trainers read it: writing it, its card, and proving it whole (docs/output.md)."""
