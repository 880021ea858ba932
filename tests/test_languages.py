"""Sentences of our own in many languages, what is in none, and real documents."""

import json
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import thinkaug.languages
from thinkaug.errors import UserError
from thinkaug.languages import language

SENTENCES = {
    "en": "The committee met on Thursday to decide whether the bridge should be closed.",
    "de": "Der Ausschuss trat am Donnerstag zusammen, um über die Sperrung der Brücke zu entscheiden.",
    "fr": "La commission s'est réunie jeudi pour décider s'il fallait fermer le pont.",
    "es": "La comisión se reunió el jueves para decidir si debía cerrarse el puente.",
    "it": "La commissione si è riunita giovedì per decidere se chiudere il ponte.",
    "pt": "A comissão reuniu-se na quinta-feira para decidir se a ponte devia ser fechada.",
    "nl": "De commissie kwam donderdag bijeen om te beslissen of de brug dicht moest.",
    "pl": "Komisja zebrała się w czwartek, aby zdecydować, czy most należy zamknąć.",
    "cs": "Výbor se sešel ve čtvrtek, aby rozhodl, zda má být most uzavřen.",
    "ru": "Комиссия собралась в четверг, чтобы решить, нужно ли закрыть мост.",
    "uk": "Комісія зібралася в четвер, щоб вирішити, чи потрібно закрити міст.",
    "tr": "Komisyon köprünün kapatılıp kapatılmayacağına karar vermek için perşembe günü toplandı.",
    "sv": "Utskottet samlades på torsdagen för att avgöra om bron skulle stängas.",
    "fi": "Valiokunta kokoontui torstaina päättämään, pitäisikö silta sulkea.",
    "hu": "A bizottság csütörtökön ült össze, hogy eldöntse, le kell-e zárni a hidat.",
    "ro": "Comisia s-a întrunit joi pentru a decide dacă podul trebuie închis.",
    "el": "Η επιτροπή συνεδρίασε την Πέμπτη για να αποφασίσει αν θα κλείσει η γέφυρα.",
    "ar": "اجتمعت اللجنة يوم الخميس لتقرر ما إذا كان يجب إغلاق الجسر.",
    "fa": "کمیته روز پنجشنبه تشکیل جلسه داد تا تصمیم بگیرد پل بسته شود یا نه.",
    "he": "הוועדה התכנסה ביום חמישי כדי להחליט אם לסגור את הגשר.",
    "hi": "समिति गुरुवार को यह तय करने के लिए बैठी कि पुल बंद किया जाए या नहीं।",
    "vi": "Ủy ban họp vào thứ Năm để quyết định có nên đóng cây cầu hay không.",
    "id": "Panitia bertemu pada hari Kamis untuk memutuskan apakah jembatan itu harus ditutup.",
    "zh": "委员会星期四开会，决定是否应当关闭这座桥。",
    "ja": "委員会は木曜日に集まり、橋を閉鎖すべきかどうかを決めた。",
    "ko": "위원회는 다리를 폐쇄할지 결정하기 위해 목요일에 모였다.",
}


@pytest.mark.parametrize("code", SENTENCES)
def test_a_sentence(code: str) -> None:
    found, probability = language(SENTENCES[code])
    assert found == code
    assert 0.4 < probability <= 1.0


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t",
        "a b",
        "42",
        "3.14159 2.71828 1.41421 " * 50,
        "x = 1",
        "— … «»",
        "😀" * 40,
        "https://example.org/the/long/way/home",
        "\ud800" * 20,
    ],
)
def test_what_is_in_no_language_is_no_guess(text: str) -> None:
    assert language(text) == ("", 0.0)


def test_numbers_and_addresses_do_not_count() -> None:
    table = " ".join(
        f"{number},{number % 97:02d} https://example.org/les/mots/de/la/page/{number}" for number in range(90)
    )
    assert language(f"{table}\n{SENTENCES['de']}\n" * 3)[0] in ("de", "")
    assert language(f"{SENTENCES['de']} {table[:300]}")[0] == "de"


def test_neither_front_matter_nor_a_list_of_references_decides() -> None:
    middle = (SENTENCES["pl"] + "\n") * 40
    assert language(SENTENCES["en"] * 8 + middle + SENTENCES["en"] * 8)[0] == "pl"


def test_a_title_in_capitals_is_told_too() -> None:
    assert language(SENTENCES["de"].upper())[0] == "de"


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=2000))
def test_any_text_has_one_answer(text: str) -> None:
    found, probability = language(text)
    assert (found, probability) == language(text)
    assert (found == "") == (probability == 0.0)
    assert 0.0 <= probability <= 1.0001
    assert found not in ("und", "zxx")


def test_threads_agree_and_load_the_model_once() -> None:
    thinkaug.languages._identifier.cache_clear()
    texts = list(SENTENCES.values()) * 4
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(language, texts)) == [language(text) for text in texts]
    assert thinkaug.languages._identifier.cache_info().misses == 1


def test_without_the_package_the_user_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    thinkaug.languages._identifier.cache_clear()
    monkeypatch.setitem(sys.modules, "py3langid.langid", None)
    with pytest.raises(UserError, match=r"pip install thinkaug\[languages\]"):
        language(SENTENCES["en"])


def test_the_languages_of_real_documents(trial_data: Path) -> None:
    """All 431 German statutes, and every tenth of the other texts: English but for three translations."""
    with pa.input_stream(str(trial_data / "bench" / "corpus.jsonl.zst"), compression="zstd") as file:
        rows = [json.loads(line) for line in file.read().splitlines()]
    rows = [row for number, row in enumerate(rows) if row["lang"] == "de" or (row["lang"] == "en" and number % 10 == 0)]
    told = Counter((row["lang"], language(row["text"])[0]) for row in rows)
    assert told["de", "de"] >= 430
    assert told["en", "en"] >= 0.998 * sum(count for (lang, _), count in told.items() if lang == "en")
