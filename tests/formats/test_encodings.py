"""encodings: text comes out as it was written, whatever the bytes; a short Western line stays one."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinkaug.errors import UserError
from thinkaug.formats.encodings import checked, decode, decoder, mended, wide

RUSSIAN = "Врач назначил больному лечение, но через три дня боль вернулась. Поэтому дозу снизили."
GREEK = "Ο γιατρός έδωσε φάρμακο στον ασθενή, αλλά μετά από τρεις ημέρες ο πόνος επέστρεψε."
HEBREW = "הרופא רשם לחולה תרופה, אך לאחר שלושה ימים הכאב חזר. לכן הקטינו את המינון."
ARABIC = "وصف الطبيب دواء للمريض ولكن بعد ثلاثة ايام عاد الالم. لذلك خفضت الجرعة."
JAPANESE = "医師は患者に薬を処方しましたが、三日後に痛みが戻りました。そこで投与量を減らしました。"
CHINESE = "医生给病人开了药，但是三天以后疼痛又回来了。所以减少了剂量，并且重新做了血液检查。"
TAIWANESE = "醫生給病人開了藥，但是三天以後疼痛又回來了。所以減少了劑量，並且重新做了血液檢查。"
KOREAN = "의사는 환자에게 약을 처방했지만 사흘 뒤에 통증이 다시 나타났다. 그래서 용량을 줄였다."
THAI = "แพทย์จ่ายยาให้ผู้ป่วย แต่หลังจากสามวันความเจ็บปวดก็กลับมา จึงลดขนาดยาลงและตรวจเลือด"
FRENCH = "L’élève a été déjà à l’hôpital, où le médecin lui a prescrit un remède — très cher."
GERMAN = "Der Arzt verschrieb „Öl für die Füße“; nach drei Tagen kehrte der Schmerz zurück."
WESTERN = [
    FRENCH,
    GERMAN,
    "Él niño tenía fiebre: ¿qué más podía hacer el médico? ¡Nada!",
    "Å være på øy, é dá, öll börn, ça où, là",
    "naïve",
    "é",
    "déjà vu",
    "37 °C, 5 µg, ½ l, § 12 “quoted” … – — •••••••••• £5 €5",
    "°" * 50,
]
FOREIGN = [
    *[(RUSSIAN, page) for page in ("cp1251", "koi8_r", "cp866")],
    (GREEK, "cp1253"),
    (HEBREW, "cp1255"),
    (ARABIC, "cp1256"),
    *[(JAPANESE, page) for page in ("cp932", "euc_jp")],
    (CHINESE, "gb18030"),
    (TAIWANESE, "big5"),
    (KOREAN, "cp949"),
    (THAI, "cp874"),
]


def test_utf8_is_read_as_such() -> None:
    assert decode("naïve 医".encode()) == ("naïve 医", "utf-8")
    assert mended("utf-8") == ()


@pytest.mark.parametrize("text", WESTERN)
def test_western_text_is_read_as_windows_1252(text: str) -> None:
    assert decode(text.encode("cp1252")) == (text, "cp1252")
    assert mended("cp1252") == ("encoding_cp1252",)


@pytest.mark.parametrize(("text", "page"), FOREIGN)
@pytest.mark.parametrize("around", ["{}", '{{"id": "a/1", "title": "On gout", "text": "{}"}}', "<p>{}</p>\n"])
def test_enough_text_of_another_page_is_told(text: str, page: str, around: str) -> None:
    assert decode(around.format(text).encode(page)) == (around.format(text), page)


@pytest.mark.parametrize(("text", "page"), FOREIGN)
def test_a_long_text_is_told_by_its_beginning(text: str, page: str) -> None:
    assert decode((text * 400).encode(page)) == (text * 400, page)


@pytest.mark.parametrize("mark", ["utf-8-sig", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("text", ["", "a", "naïve\n", JAPANESE])
def test_a_byte_order_mark_says_what_it_is_and_is_no_part_of_it(mark: str, text: str) -> None:
    raw = text.encode(mark) if mark == "utf-8-sig" else ("\ufeff" + text).encode(mark)
    assert decode(raw) == (text, mark.removesuffix("-sig"))


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("text", ["naïve text", f'{{"text": "{JAPANESE}"}}', f"ab {RUSSIAN}", "中 " * 200])
def test_utf16_without_a_mark_is_known_by_its_nuls(codec: str, text: str) -> None:
    if codec.startswith("utf-32") and text.startswith("中"):
        pytest.skip("no mark, and nothing of ASCII at its beginning")
    assert decode(text.encode(codec)) == (text, codec)
    assert mended(codec) == (f"encoding_{codec.replace('-', '_')}",)


@pytest.mark.parametrize("raw", [b"a\0b", b"\0", b"a text\0 with a NUL", b"ab\0\0\0\0\0\0\0\0\0\0\0\0", b'["a\0a"]'])
def test_nuls_in_a_text_do_not_make_it_utf16(raw: bytes) -> None:
    assert decode(raw) == (raw.decode(), "utf-8")


def test_no_byte_is_lost_where_windows_1252_has_no_character() -> None:
    assert decode(b"caf\xe9 \x81\x8d\x8f\x90\x9d") == ("café \x81\x8d\x8f\x90\x9d", "cp1252")


def test_bad_bytes_in_utf8_do_not_spoil_the_rest() -> None:
    raw = "Die Füße schmerzen — „Öl“ hilft. ".encode() + b"caf\xe9"
    assert decode(raw) == ("Die Füße schmerzen — „Öl“ hilft. café", "utf-8-mixed")


def test_surrogates_written_as_utf8_are_joined_and_lone_ones_replaced() -> None:
    pair, lone = "\ud83d\ude00".encode("utf-8", "surrogatepass"), "\ud83d".encode("utf-8", "surrogatepass")
    assert decode(b"a " + pair + b" b " + lone) == ("a 😀 b \ufffd", "cesu-8")


def test_half_a_character_at_the_end_of_utf16_shows() -> None:
    assert decode("ab".encode("utf-16-le") + b"c") == ("ab\ufffd", "utf-16-le")


def test_a_line_too_short_to_tell_goes_with_the_others_of_its_file() -> None:
    read = decoder("\n".join(["да, нет", RUSSIAN, "боль"]).encode("cp1251"))
    assert read("да, нет".encode("cp1251")) == ("да, нет", "cp1251")
    assert read("déjà vu: une élève".encode("cp1252")) == ("déjà vu: une élève", "cp1252")
    assert read("naïve".encode()) == ("naïve", "utf-8")


def test_a_western_line_stays_one_in_a_file_of_utf8() -> None:
    read = decoder(f"{RUSSIAN}\n{GREEK}\n".encode())
    assert read("é".encode("cp1252")) == ("é", "cp1252")


def test_the_encoding_asked_for_is_used_or_refused() -> None:
    assert decode("да".encode("koi8_r"), "koi8_r") == ("да", "koi8_r")
    assert decode(codecs.BOM_UTF8 + b"a", "utf-8") == ("a", "utf-8")
    with pytest.raises(UnicodeDecodeError):
        decode(b"caf\xe9", "utf-8")
    assert mended("koi8_r", "koi8_r") == ()


@pytest.mark.parametrize("name", ["cp1215", "base64", "rot13"])
def test_an_encoding_that_there_is_not_is_refused_by_name(name: str) -> None:
    with pytest.raises(UserError, match=f"encoding: no text encoding '{name}'"):
        checked(name)


@pytest.mark.parametrize("name", ["", "cp1251", "utf-8", "UTF-16"])
def test_an_encoding_that_there_is_is_given_back(name: str) -> None:
    assert checked(name) == name


@given(st.text())
def test_any_text_in_utf8_comes_back(text: str) -> None:
    kept = text.removeprefix("\ufeff")
    if not wide(text.encode()):
        assert decode(text.encode()) == (kept, "utf-8")


@given(st.binary(max_size=200))
def test_any_bytes_are_text_that_can_be_written(raw: bytes) -> None:
    text, _ = decode(raw)
    text.encode()
    assert decoder(raw)(raw)[0].encode() is not None
