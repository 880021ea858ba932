"""Sources: one small file each, from a file to raw records. A record that cannot be read says so; the rest goes on."""

from collections.abc import Callable, Iterator
from typing import IO

from thinkaug.stage import Raw

Source = Callable[[IO[bytes], str], Iterator[Raw]]
"""`(file, name)` -> its records, with ids `name#1`, `name#2`, ... in the order of the file."""
