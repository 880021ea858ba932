"""Personal data is found where it stands, and not where something else looks like it."""
# ruff: noqa: E501 - one case a line

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkaug.errors import UserError
from thinkaug.personal import KINDS, Kind, find, masked

FOUND: list[tuple[Kind, str, str]] = [
    ("email", "Write to <jane.doe+lab@mail.uni-bonn.de>, please.", "jane.doe+lab@mail.uni-bonn.de"),
    ("email", "mailto:o'neill@who.int.", "o'neill@who.int"),
    ("email", "\u8bf7\u5199\u4fe1\u7ed9zhang@pku.edu.cn\u3002", "zhang@pku.edu.cn"),
    ("email", "Email:jane@who.int", "jane@who.int"),
    ("email", "'x_1@a-b.co.uk'", "x_1@a-b.co.uk"),
    ("phone", "Call (212) 736-5000 now.", "(212) 736-5000"),
    ("phone", "at 1-800-232-4636 (toll free)", "1-800-232-4636"),
    ("phone", "Fax: 301.718.6366", "301.718.6366"),
    ("phone", "Ring +49 (0)30 1234567, extension 3.", "+49 (0)30 1234567"),
    ("phone", "Jane (+49 30 1234567) rang", "+49 30 1234567"),
    ("phone", "Jane (Tel. 0800 8 313131) rang", "0800 8 313131"),
    ("phone", "Jane (phone (212) 736 5000) rang", "(212) 736 5000"),
    ("phone", "+44 20 7946 0958", "+44 20 7946 0958"),
    ("phone", "+1 212 736 5000 2015 and so on", "+1 212 736 5000"),
    ("phone", "+91 98765 43210", "+91 98765 43210"),
    ("phone", "Tel.: 0800 8 313131 (kostenfrei)", "0800 8 313131"),
    ("phone", "T\u00e9l. : 01 42 34 56 78", "01 42 34 56 78"),
    ("phone", "\u7535\u8bdd\uff1a13812345678\u3002", "13812345678"),
    ("phone", "phone 2127365000", "2127365000"),
    ("ip_address", "from 84.23.17.201 at noon", "84.23.17.201"),
    ("ip_address", "The host is 8.8.8.8.", "8.8.8.8"),
    ("ip_address", "via [2606:4700:4700::1111]:443", "2606:4700:4700::1111"),
    ("national_id", "SSN 536-90-4399.", "536-90-4399"),
    ("national_id", "social security number 536904399", "536904399"),
    ("national_id", "NHS number 943 476 5919", "943 476 5919"),
    ("national_id", "NINO: AB 12 34 56 C", "AB 12 34 56 C"),
    ("national_id", "insured as JG103759A,", "JG103759A"),
    ("national_id", "Steuer-ID: 86 095 742 719", "86 095 742 719"),
    ("national_id", "DNI 12345678-Z", "12345678-Z"),
    ("national_id", "NIE X-1234567-L", "X-1234567-L"),
    ("national_id", "NIR 2 95 10 99 126 111 93", "2 95 10 99 126 111 93"),
    ("national_id", "C.F. RSSMRA85T10A562S", "RSSMRA85T10A562S"),
    ("national_id", "Aadhaar 2341 2341 2346", "2341 2341 2346"),
    ("national_id", "inscrito com 390.533.447-05", "390.533.447-05"),
    ("national_id", "CPF 39053344705", "39053344705"),
    ("national_id", "\u8eab\u4efd\u8bc1\u53f7\uff1a11010519491231002X\u3002", "11010519491231002X"),
    ("credit_card", "paid with 4111 1111 1111 1111 today", "4111 1111 1111 1111"),
    ("credit_card", "5555-5555-5555-4444", "5555-5555-5555-4444"),
    ("credit_card", "Amex 3782 822463 10005", "3782 822463 10005"),
    ("credit_card", "card number 4111111111111111", "4111111111111111"),
    ("iban", "to DE89 3704 0044 0532 0130 00 by Friday", "DE89 3704 0044 0532 0130 00"),
    ("iban", "IBAN:GB82WEST12345698765432.", "GB82WEST12345698765432"),
    ("iban", "NO93 8601 1117 947", "NO93 8601 1117 947"),
]


@pytest.mark.parametrize(("kind", "text", "written"), FOUND, ids=[f"{k}-{w}" for k, _, w in FOUND])
def test_it_is_found_whole_and_as_what_it_is(kind: Kind, text: str, written: str) -> None:
    assert [(one.kind, text[one.start : one.end]) for one in find(text)] == [(kind, written)]


NOT_FOUND = {
    "doi": "doi:10.1371/journal.pone.0123456 and https://doi.org/10.1016/S0140-6736(20)30183-5",
    "isbn": "ISBN 978-3-16-148410-0, ISBN 0-306-40615-2, ISSN 2049-3630",
    "pmid": "PMID: 32109013; PMC7159299; NCT04280705; CAS 7732-18-5; EC 3.4.21.4",
    "dates": "2019-12-31 23:59:59.123, 31.12.2019, 12/31/2019, 20191231T235959Z, 1999-2004",
    "doses": "10 mg 3-4 times a day, 2.5-5.0 ml/kg, 1,000,000 IU, 500 000 units, 0.9 % 1000 ml",
    "statistics": "p = 0.00012345, 95 % CI 1.23-4.56, n = 12345678, mean 123.456 (SD 12.345), -1234.5678",
    "coordinates": "51.507351, -0.127758; 40\u00b0 42' 46'' N, 74\u00b0 0' 22'' W; 40.712776,-74.005974",
    "version": "version 1.2.3.4, v10.20.30.40, numpy 1.26.4, 4.4.0-210-generic, section 12.13.14.15",
    "oid": "1.3.6.1.4.1.311.21.20 and 2.5.29.17",
    "private_ip": "127.0.0.1, 10.0.0.138, 192.168.178.201, 192.0.2.146, ::1, fe80::1ff:fe23:4567:890a, 255.255.255.255",
    "not_an_ip": "300.400.500.600, 1.2.3.4, 010.020.030.040",
    "cpp": "std::vector<a::b> x; dead::beef::cafe; f(a::b::c); 10:20:30:40",
    "mac": "00:1B:44:11:3A:B7, 12:34:56:78",
    "example": "user@example.com, a@b.example, me@localhost, root@test",
    "logins": "https://jane:secret@who.int/x and ssh://jane@who.int",
    "decorators": "@property\ndef f(self): ...\n@app.route('/x')\n@dataclass(frozen=True)",
    "handles": "@jane.doe wrote to @who.int; logo@2x.png; react@18.2.0; git@github.com:who/x.git",
    "tex": r"$x_{1234567890} = 10^{12}$, \label{eq:1234-5678}, \cite{a@b}, \begin{tabular}{@{}ll@{}}",
    "arithmetic": "123-456-7890 = -8223 + 2127365000, 212*736*5000, 2+49301234567",
    "ranges": "201-300 and 301-4000; pages 1234-5678; 2010 2011 2012 2013 2014 2015",
    "ids": "12345678901 234567890123 123456789012345 1577836800 1234 5678 9012",
    "ids_unsaid": "9434765919, 943 476 5919, 234123412346, 39053344705, 86095742719, 536904399",
    "ids_tied": "x536-90-4399, 1-536-90-4399, 12.536-90-4399, 536-90-4399/x, A12345678Z, 1.390.533.447-05",
    "tax_structure": "Steuer-ID 12345678903, Steuer-ID 11111111119",
    "cards_tied": "1234 4111 1111 1111 1111, A4111 1111 1111 1111, 4111 1111 1111 1111 2222, -4111 1111 1111 1111-x",
    "iban_length": "IBAN DE863704004405320130, IBAN DE86 3704 0044 0532 0130",
    "luhn_fails": "4111 1111 1111 1112, 5555-5555-5555-4445",
    "card_unsaid": "the primes are 4111111111111111 and 0x4111111111111111, 3.4111111111111111",
    "iban_fails": "DE89 3704 0044 0532 0130 01, XX89370400440532013000, DE8937040044053201300",
    "ids_fail": "12345678A, X1234567A, RSSMRA85T10A562T, 390.533.447-06, 110105194912310021, 2 95 10 99 126 111 94",
    "nhs_fails": "NHS number 943 476 5918",
    "aadhaar_fails": "Aadhaar 2341 2341 2345",
    "ssn_never": "000-12-3456, 666-12-3456, 900-12-3456, 123-00-4567, 123-45-0000, 078-05-1120",
    "nino_never": "BG 12 34 56 A, DA123456A, AB123456E, GenBank AB123456, Case 2019 CA 007795 B",
    "us_never": "(111) 736-5000, 212-136-5000, 212-736-50001, x212-736-5000",
    "phone_unsaid": "0800 8 313131 and 2127365000 and 13812345678",
    "call_numbers": "a call 24 hours a day; phone 10 to 12; fax 3.5",
    "hash": "a3f5 4111111111111111abcdef 536-90-4399-12 d41d8cd98f00b204e9800998ecf8427e",
    "emoji": "\U0001f468\u200d\U0001f469\u200d\U0001f467 \u260e\ufe0f \u0031\ufe0f\u20e3",
    "words": "The phone rang; nobody was at the address. Card sharks and identity theft.",
}


@pytest.mark.parametrize("name", NOT_FOUND)
def test_what_only_looks_like_it_is_left_alone(name: str) -> None:
    text = NOT_FOUND[name]
    assert [(one.kind, text[one.start : one.end]) for one in find(text)] == []


def test_only_the_kinds_that_are_asked_for() -> None:
    text = "jane@who.int, 212-736-5000, 4111 1111 1111 1111"
    assert [one.kind for one in find(text, ["phone", "credit_card"])] == ["phone", "credit_card"]
    assert find(text, []) == []


def test_an_unknown_kind_is_refused_with_the_nearest() -> None:
    with pytest.raises(UserError, match="did you mean 'email'"):
        find("", ["e-mail"])  # type: ignore[list-item]


def test_masks_say_what_stood_there() -> None:
    text, counts = masked("Jane (jane@who.int, 212-736-5000, jane@who.int) has NHS number 943 476 5919.")
    assert text == "Jane ([email], [phone], [email]) has NHS number [national_id]."
    assert counts == {"email": 2, "phone": 1, "national_id": 1}


@pytest.mark.parametrize(
    "text", ["", "a", "1", "@", "\u0301", "\ud800@\udfff.com", "[email] [phone] [ip_address]", "\u4e00" * 50]
)
def test_what_has_nothing_stays_as_it_is(text: str) -> None:
    assert masked(text) == (text, {})


PIECES = st.sampled_from(
    [written for _, _, written in FOUND] + [text for _, text, _ in FOUND] + list("@.+-() 0159:xA/") + ["tel ", "Card ", "\ud800", "\u0660", "\u4e00", "\u202e", "1.2", "NHS "]
)  # fmt: skip


@settings(deadline=None, max_examples=300)
@given(st.lists(PIECES, max_size=12).map("".join) | st.text(st.characters(codec=None), max_size=80))
def test_masking_leaves_nothing_to_find_and_spans_are_in_order(text: str) -> None:
    found = find(text)
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
    once, counts = masked(text)
    assert masked(once) == (once, {})
    assert bool(counts) == bool(found)
    assert set(counts) <= set(KINDS)


@settings(deadline=None)
@given(st.sampled_from(FOUND), st.text("abcd ,.\n", max_size=30))
def test_prose_around_it_changes_nothing(case: tuple[Kind, str, str], prose: str) -> None:
    kind, text, written = case
    whole = f"{prose} {text} {prose}"
    assert (kind, written) in [(one.kind, whole[one.start : one.end]) for one in find(whole)]


HOSTILE = {
    "zeros": "0" * 300_000,
    "spaced": "0 " * 150_000,
    "pairs": "12 " * 100_000,
    "at": "@" * 300_000,
    "a_at": "a@" * 150_000,
    "one_local": "a" * 300_000 + "@who.int",
    "labels": "a@" + "b." * 150_000,
    "colons": ":" * 300_000,
    "points": "1." * 150_000,
    "plus": "+1 " * 100_000,
    "brackets": "(0)" * 100_000,
    "letters": "A00" * 100_000,
    "ibans": "DE00 0000 " * 30_000,
    "said": "tel 12 34 56 7 " * 20_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_large_texts_are_read_in_linear_time(name: str) -> None:
    assert find(HOSTILE[name]) == []  # a second when measured; a quadratic pattern would keep the suite for hours
