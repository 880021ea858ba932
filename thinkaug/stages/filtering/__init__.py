"""The parts of `filter`: what text checks say, what thought checks say, what a judge says, and what is masked."""
