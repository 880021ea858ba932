"""nanotron: .ds with its index and loss mask, as nanotron and datatrove's own loader map them. Written by datatrove."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from thinkaug.exports.finished import Finished, Weighed, weighed
from thinkaug.exports.tokenized import need_datatrove, tokens_of


def nanotron(finished: Finished, folder: Path, tokenizer: str) -> Sequence[str]:
    """Write one `train-00000-of-00004.ds` a shard, each row ending with EOS.

    Beside it lie `.ds.index`, the ends of the rows in tokens as uint64, `.ds.metadata`, and `.ds.loss`, one byte a
    token, 1 where it is trained on; that only where a row has tokens that are not. Of the first token of a row, which
    nothing comes before, `.ds.loss` has 0.

    Raises:
        UserError: as `tokens_of`, or datatrove is not installed.
    """
    need_datatrove()
    from datatrove.pipeline.tokens.tokenizer import TokenizedFile

    tokens = tokens_of(finished, tokenizer, "nanotron")
    found = weighed(finished)
    count = 0
    for number, shard in enumerate(finished.shards):
        file = TokenizedFile(
            str(folder),
            f"train-{number:05d}-of-{len(finished.shards):05d}.ds",
            save_loss_metadata=found.without > 0,
            tokenizer_name_or_path=tokens.student.name,
            save_final_metadata=True,
            token_size=tokens.bytes,
        )
        for ids, trained in tokens.documents(shard):
            file.write(ids.tolist(), trained if found.without else None)
            count += len(ids)
        file.close()
    return list(_said(found, count))


def _said(found: Weighed, count: int) -> Iterator[str]:
    yield f"{count:,} tokens, one EOS a row among them"
    if found.without:
        yield f"{found.without:,} rows have tokens without loss: .ds.loss masks them"
    if found.between:
        yield f"{found.between:,} rows have loss weights beside 0 and 1: .ds cannot say so, and they count as 1"
