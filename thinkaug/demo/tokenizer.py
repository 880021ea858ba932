"""Texts -> a byte-level tokenizer with a chat template. Imports tokenizers and transformers when called.

The three control tokens are special tokens. Text that merely spells one of them stays text when it is encoded with
`split_special_tokens=True`, as content must be.
"""

import json
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from thinkaug.steps import TAGS

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

# The first letter of a long word is a token of its own, so that a name has the same tokens after it in lower case and
# upper case, in mid-sentence and at its start: a small model copies names far better that way. The rest is as in GPT-2,
# but for the tags.
_TAG = rf"</?(?:{'|'.join(TAGS)})>"
_WORDS = "|".join(
    (
        _TAG,
        r" ?(?<!\p{L})\p{L}(?=\p{Ll}{5})",
        r"(?<=\p{L})\p{Ll}{5,}",
        r"'s",
        r" ?\p{L}+",
        r" ?\p{N}+",
        rf" ?(?:(?!{_TAG})[^\s\p{{L}}\p{{N}}])+",
        r"\s+(?!\S)",
        r"\s+",
    )
)
END, USER, ASSISTANT = "<|end|>", "<|user|>", "<|assistant|>"
_COMMON = 60  # occurrences that make a word a token
_MERGES = 160  # pairs for all other words
CONTEXT_TOKENS = 2048

# The model was trained for one task, so the system message, which explains the task, is left out.
CHAT_TEMPLATE = (
    "{% for message in messages %}{% if message.role != 'system' %}"
    "<|{{ message.role }}|>{{ message.content }}<|end|>"
    "{% endif %}{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


def train_tokenizer(texts: Iterable[str]) -> "PreTrainedTokenizerFast":
    """A vocabulary of the common words of the texts, whole, and of pairs of letters for all others.

    With few tokens for names, each is met often enough to be copied well; rare tokens would hardly be learned. Every
    byte can be written. The tags are common words, so each is one token, an ordinary one.
    """
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    split = pre_tokenizers.Split(Regex(_WORDS), behavior="isolated")
    as_bytes = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    counts = Counter(word for text in texts for word, _ in split.pre_tokenize_str(text))
    common = [as_bytes.pre_tokenize_str(word)[0][0] for word, count in counts.items() if count >= _COMMON]
    learner = Tokenizer(models.BPE())
    learner.pre_tokenizer = as_bytes
    trainer = trainers.BpeTrainer(
        vocab_size=_MERGES + 256 + 3,
        special_tokens=[END, USER, ASSISTANT],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    learner.train_from_iterator((word for word, count in counts.items() if count < _COMMON), trainer)
    learned = json.loads(learner.to_str())["model"]
    words = [word for word in sorted(common) if word not in learned["vocab"]]
    vocab = learned["vocab"] | {word: len(learned["vocab"]) + number for number, word in enumerate(words)}
    merges = [(left, right) for left, right in learned["merges"]]
    tokenizer = Tokenizer(models.BPE(vocab=vocab, merges=merges, ignore_merges=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([split, as_bytes])
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
