"""A toy run under a limit on the size of files, as on a full disk: `full_disk_run.py PIPELINE OUT LAYOUT BYTES`."""

import resource
import sys

import thinkaug
from thinkaug.engines.scripted import Scripted
from thinkaug.errors import UserError


def main(pipeline: str, out: str, layout: str, most_bytes: str) -> None:
    options = [f"stages.pack.layout={layout}", "stages.pack.tokenizer=shipped:model", "stages.pack.window_tokens=64"]
    engines = {"writer": Scripted(lambda ask: f"<recall>Rate {ask.seed}.</recall>")}
    thinkaug.run(pipeline, until="generate", settings=options, out=out, engines=engines)
    if int(most_bytes):
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(most_bytes), int(most_bytes)))
    try:
        plan = thinkaug.run(pipeline, settings=options, out=out, engines=engines)
        print(plan.shards.resolve())
    except UserError as error:
        print(f"refused: {error}")


main(*sys.argv[1:])
