"""check_digits: the digits of a number -> whether its check digits hold. Knows nothing of where the number stands.

Every function takes the characters without separators, of the right length already, and answers in constant time.
"""

_ITALIAN_ODD = dict(
    zip("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", (1, 0, 5, 7, 9, 13, 15, 17, 19, 21) * 2, strict=False),
    **dict(zip("KLMNOPQRSTUVWXYZ", (2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23), strict=True)),
)
_ITALIAN_EVEN = {**{str(n): n for n in range(10)}, **{chr(65 + n): n for n in range(26)}}
_SPANISH = "TRWAGMYFPDXBNJZSQVHLCKE"
_CHINESE_WEIGHTS = tuple(2 ** (17 - place) % 11 for place in range(17))


def luhn(number: str) -> bool:
    """Payment cards: from the right every second digit is doubled, its digits added; the sum ends with 0.

    ISO/IEC 7812-1, annex B.
    """
    doubled = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
    digits = [int(digit) for digit in reversed(number)]
    return (sum(digits[::2]) + sum(doubled[digit] for digit in digits[1::2])) % 10 == 0


def mod_97(iban: str) -> bool:
    """IBAN: the first four characters go to the end, A is 10 ... Z is 35, and the number leaves 1 when divided by 97.

    ISO 13616-1 with ISO/IEC 7064 MOD 97-10.
    """
    return int("".join(str(int(char, 36)) for char in iban[4:] + iban[:4])) % 97 == 1


def verhoeff(number: str) -> bool:
    """Aadhaar: products in the dihedral group of ten elements, digits permuted by their place.

    J. Verhoeff, Error Detecting Decimal Codes, Mathematical Centre Tracts 29 (1969). Both tables are reckoned here.
    """
    state = 0
    for place, digit in enumerate(reversed(number)):
        state = _dihedral(state, _permuted(int(digit), place % 8))
    return state == 0


def _dihedral(one: int, other: int) -> int:
    """The product in D5: 0-4 are turns, 5-9 are flips."""
    turned = (one + other) % 5 if one < 5 else (one - other) % 5
    return turned + 5 * ((one < 5) != (other < 5))


def _permuted(digit: int, times: int) -> int:
    for _ in range(times):
        digit = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)[digit]
    return digit


def british_nhs(number: str) -> bool:
    """NHS number: weights 10 ... 2, and the last digit is 11 less the remainder by 11 (11 is 0, 10 is never given).

    NHS Data Dictionary, attribute "NHS NUMBER".
    """
    return sum(int(digit) * weight for digit, weight in zip(number, range(10, 0, -1), strict=True)) % 11 == 0


def german_tax(number: str) -> bool:
    """Identifikationsnummer: no leading 0; of the first ten digits one stands twice or three times, all others at most
    once; the last is that of ISO/IEC 7064 MOD 11,10. (Section 139b AO; the ELSTER rules for checking tax numbers.)
    """
    counts = sorted(map(number[:10].count, set(number[:10])), reverse=True)
    if number[0] == "0" or counts[0] not in (2, 3) or counts[1] > 1:
        return False
    product = 10
    for digit in number[:10]:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    return (11 - product) % 10 == int(number[10])


def spanish(number: str) -> bool:
    """DNI and NIE: the letter is that of the remainder by 23; X, Y, Z before an NIE are 0, 1, 2.

    Ministerio del Interior, "Cálculo del dígito de control del NIF/NIE".
    """
    return _SPANISH[int(number[:-1].translate(str.maketrans("XYZ", "012"))) % 23] == number[-1]


def french(number: str) -> bool:
    """NIR: the key is 97 less the remainder of the 13 digits by 97; 2A and 2B of Corsica count as 19 and 18.

    INSEE, "Numéro de sécurité sociale (NIR)", with decree 82-103.
    """
    digits = number[:13].replace("2A", "19").replace("2B", "18")
    return digits.isdecimal() and 97 - int(digits) % 97 == int(number[13:])


def italian(number: str) -> bool:
    """Codice fiscale: characters at odd places count by a table, those at even ones by their order; the sum by 26.

    Decree of the Minister of Finance of 23 December 1976, article 12.
    """
    odd, even = number[0:15:2], number[1:15:2]
    total = sum(_ITALIAN_ODD[char] for char in odd) + sum(_ITALIAN_EVEN[char] for char in even)
    return chr(65 + total % 26) == number[15]


def brazilian(number: str) -> bool:
    """CPF: two digits, each 11 less the remainder by 11 of those before it, weights 2, 3, ... from the right; 10 is 0.

    Receita Federal, Ato Declaratório on the CPF. Eleven equal digits pass the sum but are never given.
    """
    for length in (9, 10):
        total = sum(int(digit) * weight for digit, weight in zip(number, range(length + 1, 1, -1), strict=False))
        if total * 10 % 11 % 10 != int(number[length]):
            return False
    return len(set(number)) > 1


def chinese(number: str) -> bool:
    """Resident identity number: ISO/IEC 7064 MOD 11-2 over 17 digits; X stands for 10. GB 11643-1999."""
    total = sum(int(digit) * weight for digit, weight in zip(number, _CHINESE_WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == number[17]
