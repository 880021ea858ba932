"""megatron: .bin and .idx, as Megatron-LM, Megatron-Bridge, NeMo and GPT-NeoX map them. Written by datatrove."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from thinkaug.exports.finished import Finished, weighed
from thinkaug.exports.tokenized import need_datatrove, tokens_of


def megatron(finished: Finished, folder: Path, tokenizer: str) -> Sequence[str]:
    """Write one `train-00000-of-00004.bin` and `.idx` a shard: a sequence a row, its EOS as EOD.

    Ids are uint16 where the vocabulary allows it, else int32, as the index says.

    Raises:
        UserError: as `tokens_of`, or datatrove is not installed.
    """
    need_datatrove()
    from datatrove.pipeline.tokens.megatron_tokenizer import MegatronTokenizedFile

    tokens = tokens_of(finished, tokenizer, "megatron")
    count = 0
    for number, shard in enumerate(finished.shards):
        name = f"train-{number:05d}-of-{len(finished.shards):05d}"
        file = MegatronTokenizedFile(str(folder), name, token_size=tokens.bytes)
        for ids, _ in tokens.documents(shard):
            file.write(ids)
            count += len(ids)
        file.close()
    return list(_said(finished, count))


def _said(finished: Finished, count: int) -> Iterator[str]:
    yield f"{count:,} tokens, one EOD a row among them; --data-path takes the names without .bin"
    found = weighed(finished)
    if found.without:
        yield f"{found.without:,} rows have tokens without loss: .bin/.idx cannot say so, and they are trained on"
    if found.between:
        yield f"{found.between:,} rows have loss weights beside 0 and 1: .bin/.idx cannot say so"
