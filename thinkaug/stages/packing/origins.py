"""Where the samples of a set come from: counted once, while they go by."""

from collections import Counter
from collections.abc import Iterator

import pyarrow as pa

from thinkaug.metas import read_meta
from thinkaug.shards.layout import Samples


class Origins:
    """Hands samples on and counts their licences, models and languages the first time."""

    def __init__(self, samples: Samples) -> None:
        self._samples = samples
        self._counted = False
        self.licenses: Counter[str] = Counter()
        self.models: Counter[str] = Counter()
        self.languages: Counter[str] = Counter()

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The samples, unchanged."""
        counting, self._counted = not self._counted, True
        for batch in self._samples():
            if counting:
                self._count(batch)
            yield batch

    def _count(self, batch: pa.RecordBatch) -> None:
        metas = map(read_meta, batch.column("meta").to_pylist())
        named = Counter((meta.get("license", ""), meta.get("model", ""), meta.get("language", "")) for meta in metas)
        for (license_, model, language), count in named.items():
            self.licenses[license_] += count
            self.models[model] += count
            self.languages[language] += count
