"""The demo domain: a small world of real facts, texts and thoughts by our own grammar, and the model trained on them.

Nothing outside this package imports it; it knows the prompts and the step format of the main job, and no stage.
"""
