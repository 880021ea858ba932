"""Conversations -> a byte-level tokenizer with a chat template. Imports tokenizers and transformers when called.

The three control tokens are special tokens. Text that merely spells one of them stays text when it is encoded with
`split_special_tokens=True`, as content must be.
"""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from thinkaug.records import KINDS

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

# The first letter of a long word is a token of its own, so that a name has the same tokens after it in lower case and
# upper case, in mid-sentence and at its start: a small model copies names far better that way. The rest is as in GPT-2.
_LONG_WORD = r" ?(?<!\p{L})\p{L}(?=\p{Ll}{5})|(?<=\p{L})\p{Ll}{5,}"
_TAG = rf"</?(?:{'|'.join(KINDS)})>"
_WORDS = _LONG_WORD + r"|'s| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
_TAGS_AND_WORDS = _TAG + "|" + _WORDS.replace(r"[^\s\p{L}\p{N}]", rf"(?:(?!{_TAG})[^\s\p{{L}}\p{{N}}])")
END, USER, ASSISTANT = "<|end|>", "<|user|>", "<|assistant|>"
VOCABULARY = 1536
CONTEXT_TOKENS = 2048

# The model was trained for one task, so the system message, which explains the task, is left out.
CHAT_TEMPLATE = (
    "{% for message in messages %}{% if message.role != 'system' %}"
    "<|{{ message.role }}|>{{ message.content }}<|end|>"
    "{% endif %}{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


def train_tokenizer(texts: Iterable[str], vocabulary: int = VOCABULARY) -> "PreTrainedTokenizerFast":
    """A BPE of `vocabulary` tokens in which every byte can be written."""
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    def split(pattern: str) -> pre_tokenizers.PreTokenizer:
        words = pre_tokenizers.Split(Regex(pattern), behavior="isolated")
        return pre_tokenizers.Sequence([words, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])

    # The tags are ordinary text, one token each: a shorter answer, and no tag half written.
    tags = [f"<{slash}{kind}>" for kind in KINDS for slash in ("", "/")]
    learner = Tokenizer(models.BPE())
    learner.pre_tokenizer = split(_WORDS)
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary - len(tags),
        special_tokens=[END, USER, ASSISTANT],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    learner.train_from_iterator(texts, trainer)
    learned = json.loads(learner.to_str())["model"]
    vocab = learned["vocab"] | {tag: len(learned["vocab"]) + number for number, tag in enumerate(tags)}
    merges = [(left, right) for left, right in learned["merges"]]
    tokenizer = Tokenizer(models.BPE(vocab=vocab, merges=merges, ignore_merges=True))
    tokenizer.pre_tokenizer = split(_TAGS_AND_WORDS)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([END, USER, ASSISTANT])
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer,
        eos_token=END,
        pad_token=END,
        additional_special_tokens=[USER, ASSISTANT],
        model_max_length=CONTEXT_TOKENS,
        clean_up_tokenization_spaces=False,
        chat_template=CHAT_TEMPLATE,
    )
