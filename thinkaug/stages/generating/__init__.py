"""The parts of `generate`: its settings, one way of thinking, and the choice among several by a passage's score."""
