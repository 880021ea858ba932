"""Licences as people write them, and above all what must never come out."""

import json
from itertools import combinations, product
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkaug.errors import UserError
from thinkaug.licenses import permits, spdx

NAMES = {
    "cc-by-4.0": "CC-BY-4.0",
    "CC BY 4.0": "CC-BY-4.0",
    "CC_BY_4.0": "CC-BY-4.0",
    "cc by": "CC-BY",
    "CCBY 4.0": "CC-BY-4.0",
    "CC-BY4.0": "CC-BY-4.0",
    "CC BY-NC-ND 4.0": "CC-BY-NC-ND-4.0",
    "cc by nc nd": "CC-BY-NC-ND",
    "CC BY NC SA 3.0 IGO": "CC-BY-NC-SA-3.0-IGO",
    "Creative Commons Attribution 4.0 International": "CC-BY-4.0",
    "Creative Commons Attribution-NonCommercial-NoDerivatives 4.0 International License": "CC-BY-NC-ND-4.0",
    "Creative Commons Attribution Non-Commercial No Derivs 3.0 Unported": "CC-BY-NC-ND-3.0",
    "Creative Commons Attribution-ShareAlike License": "CC-BY-SA",
    "Creative Commons Attribution Share Alike 4.0": "CC-BY-SA-4.0",
    "Attribution 4.0 International (CC BY 4.0)": "CC-BY-4.0",
    "Attribution-NonCommercial 4.0 International": "CC-BY-NC-4.0",
    "Apache 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache License Version 2.0, January 2004": "Apache-2.0",
    "Apache Software License 2.0": "Apache-2.0",
    "Apache License": "Apache",
    "MIT": "MIT",
    "mit": "MIT",
    "MIT License": "MIT",
    "The MIT License (MIT)": "MIT",
    "expat license": "MIT",
    "public domain": "LicenseRef-public-domain",
    "public-domain": "LicenseRef-public-domain",
    "Public Domain (U.S. Government work)": "LicenseRef-public-domain",
    "CC0": "CC0-1.0",
    "cc0-1.0": "CC0-1.0",
    "CC0 1.0 Universal (CC0 1.0) Public Domain Dedication": "CC0-1.0",
    "cc-zero": "CC0-1.0",
    "CC0 (public domain)": "CC0-1.0",
    "http://creativecommons.org/licenses/by-nc/4.0/": "CC-BY-NC-4.0",
    "https://creativecommons.org/licenses/by/4.0/deed.en": "CC-BY-4.0",
    "https://creativecommons.org/licenses/by-sa/4.0/legalcode.de": "CC-BY-SA-4.0",
    "https://creativecommons.org/licenses/by/3.0/us/": "CC-BY-3.0-US",
    "https://creativecommons.org/licenses/by/3.0/es/": "CC-BY-3.0",
    "https://creativecommons.org/licenses/by-nc-nd/3.0/igo/legalcode": "CC-BY-NC-ND-3.0-IGO",
    "http://www.creativecommons.org/licences/by/2.0": "CC-BY-2.0",
    "creativecommons.org/licenses/by-nd-nc/1.0": "CC-BY-NC-ND-1.0",
    "creativecommons.org/licenses/by": "CC-BY",
    "https://creativecommons.org/publicdomain/zero/1.0/": "CC0-1.0",
    "https://creativecommons.org/publicdomain/mark/1.0/deed.de": "CC-PDM-1.0",
    "https://opensource.org/licenses/MIT": "MIT",
    "https://opensource.org/license/mit/": "MIT",
    "http://www.opensource.org/licenses/mit-license.php": "MIT",
    "https://opensource.org/licenses/BSD-3-Clause": "BSD-3-Clause",
    "https://www.gnu.org/licenses/gpl-3.0": "GPL-3.0-only",
    "https://www.gnu.org/licenses/gpl-3.0.html": "GPL-3.0-only",
    "https://www.gnu.org/licenses/old-licenses/lgpl-2.1.txt": "LGPL-2.1-only",
    "https://www.gnu.org/licenses/agpl-3.0.en.html": "AGPL-3.0-only",
    "http://www.gnu.org/copyleft/fdl.html": "GFDL",
    "https://www.apache.org/licenses/LICENSE-2.0.txt": "Apache-2.0",
    "https://spdx.org/licenses/MPL-2.0.html": "MPL-2.0",
    "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/": "OGL-UK-3.0",
    "GPL-3.0": "GPL-3.0-only",
    "GPLv3": "GPL-3.0-only",
    "GPL v2 or later": "GPL-2.0-or-later",
    "GPL-2.0+": "GPL-2.0-or-later",
    "gpl": "GPL",
    "GNU General Public License v3.0": "GPL-3.0-only",
    "GNU General Public License, version 2 or (at your option) any later version": "GPL-2.0-or-later",
    "GNU Lesser General Public License v2.1": "LGPL-2.1-only",
    "GNU Affero General Public License v3": "AGPL-3.0-only",
    "GFDL-1.2": "GFDL-1.2-only",
    "GNU Free Documentation License 1.3": "GFDL-1.3-only",
    "BSD 3-Clause License": "BSD-3-Clause",
    "3-clause BSD license": "BSD-3-Clause",
    "BSD-3": "BSD-3-Clause",
    "new BSD": "BSD-3-Clause",
    "simplified BSD license": "BSD-2-Clause",
    "BSD": "BSD",
    "0BSD": "0BSD",
    "ISC License": "ISC",
    "Mozilla Public License 2.0": "MPL-2.0",
    "MPL 2.0": "MPL-2.0",
    "ODC-BY": "ODC-By-1.0",
    "Open Database License (ODbL)": "ODbL-1.0",
    "Open Government Licence v3.0": "OGL-UK-3.0",
    "The Unlicense": "Unlicense",
    "MIT-or-Apache-2.0": "MIT OR Apache-2.0",
    "MIT OR Apache-2.0": "MIT OR Apache-2.0",
    "MIT/Apache-2.0": "MIT OR Apache-2.0",
    "PD-or-CC0": "LicenseRef-public-domain OR CC0-1.0",
    "GPL-2.0-only WITH Classpath-exception-2.0": "GPL-2.0-only WITH Classpath-exception-2.0",
}
SENTENCES = [
    (
        (
            "This is an open access article distributed under the terms of the Creative Commons Attribution "
            "License (CC BY 4.0), which permits unrestricted use, distribution, and reproduction in any "
            "medium, provided the original author and source are credited."
        ),
        "CC-BY-4.0",
    ),
    (
        (
            "This is an open-access article distributed under the terms of the Creative Commons Attribution "
            "License, which permits unrestricted use, distribution, and reproduction in any medium, "
            "provided the original author and source are credited."
        ),
        "CC-BY",
    ),
    (
        (
            "This is an Open Access article distributed in accordance with the Creative Commons Attribution "
            "Non Commercial (CC BY-NC 4.0) license, which permits others to distribute, remix, adapt, build "
            "upon this work non-commercially, and license their derivative works on different terms, "
            "provided the original work is properly cited and the use is non-commercial. See: "
            "http://creativecommons.org/licenses/by-nc/4.0/"
        ),
        "CC-BY-NC-4.0",
    ),
    (
        (
            "Open Access This article is distributed under the terms of the Creative Commons Attribution "
            "4.0 International License (http://creativecommons.org/licenses/by/4.0/), which permits "
            "unrestricted use. The Creative Commons Public Domain Dedication waiver "
            "(http://creativecommons.org/publicdomain/zero/1.0/) applies to the data made available in this "
            "article, unless otherwise stated."
        ),
        "CC-BY-4.0",
    ),
    (
        ("Licensed under the Creative Commons Attribution License for commercial and non-commercial use."),
        "CC-BY",
    ),
    (
        (
            "This is an open access article under the CC BY-NC-ND license "
            "(http://creativecommons.org/licenses/by-nc-nd/4.0/)."
        ),
        "CC-BY-NC-ND-4.0",
    ),
    (
        ("This is an open access article under the CC BY license. (https://creativecommons.org/licenses/by/4.0/)"),
        "CC-BY-4.0",
    ),
    (
        (
            "This is an open access article, free of all copyright, and may be freely reproduced. The work "
            "is made available under the Creative Commons CC0 public domain dedication."
        ),
        "CC0-1.0",
    ),
    (
        (
            'Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file '
            "except in compliance with the License. You may obtain a copy of the License at "
            "http://www.apache.org/licenses/LICENSE-2.0"
        ),
        "Apache-2.0",
    ),
]
NO_ID = [
    "",
    "  ",
    "*",
    "cc: the editor",
    "50 cc by mouth",
    "attribution",
    "non-public domain",
    "MIT OR",
    "MIT or something else",
    "Creative Commons",
    "CC",
    "This work is not in the public domain.",
    "https://creativecommons.org/licenses/sampling+/1.0/",
    "https://creativecommons.org/licenses/by-foo/4.0/",
    "https://creativecommons.org/licenses/by/9.0/",
    "https://opensource.org/licenses/nobody-knows",
    "CC BY 4.0 and CC BY-NC 4.0",
    "CC BY 4.0 and MIT license",
    "CC BY 3.0, CC BY 4.0",
    "CC BY-ND-SA 4.0",
    "CC NC 4.0",
    "CC-BY-5.0",
    "Apache 2.0, for non-commercial use only",
    "MIT License (research use only)",
    "all rights reserved",
    "unknown",
    "other",
    "proprietary",
    "none",
    "Creative Commons licence by the authors",
    "This work was supported by the MIT Media Lab",
    (
        "This article is distributed under the Creative Commons Attribution License, which permits "
        "non-commercial use, distribution and reproduction."
    ),
    (
        "© 2020 The Authors. Published under a Creative Commons Attribution License "
        "(http://creativecommons.org/licenses/by-nc-nd/4.0/)"
    ),
]


@pytest.mark.parametrize("words", NAMES)
def test_ids_names_and_addresses(words: str) -> None:
    expected = NAMES[words]
    assert spdx(words) == expected
    assert spdx(f"  {words.upper()}\n") == expected
    assert spdx(expected) == expected


@pytest.mark.parametrize(("words", "expected"), SENTENCES)
def test_sentences_that_grant_a_licence(words: str, expected: str) -> None:
    assert spdx(words) == expected
    assert spdx(words.replace(" ", "\n ")) == expected


@pytest.mark.parametrize("words", NO_ID)
def test_what_cannot_be_read_for_sure_has_no_id(words: str) -> None:
    assert spdx(words) == ""


SPELLED = {
    "NC": ["nc", "NC", "NonCommercial", "Non-Commercial", "non commercial", "Noncommercial"],
    "ND": ["nd", "ND", "NoDerivatives", "No Derivatives", "NoDerivs", "No-Derivative Works", "no derivs"],
    "SA": ["sa", "SA", "ShareAlike", "Share Alike", "share-alike"],
}
TERMS = [terms for size in range(3) for terms in combinations(SPELLED, size) if not {"ND", "SA"} <= set(terms)]


@pytest.mark.parametrize("terms", TERMS)
@pytest.mark.parametrize("version", ["", "3.0", "4.0"])
def test_no_restriction_is_ever_lost(terms: tuple[str, ...], version: str) -> None:
    expected = "-".join(filter(None, ("CC", "BY", *terms, version)))
    for spelled in product(["by", "BY", "Attribution"], *(SPELLED[term] for term in terms)):
        for start, between in product(["CC", "cc", "Creative Commons"], ["-", " ", "_", ", ", " - ", "\u2013"]):
            words = between.join(filter(None, (start, *spelled, version)))
            for text in (words, f"{words} International License", f"Published under the {words} licence, 2020."):
                assert spdx(text) == expected, text
    kind = "-".join(("by", *terms)).lower()
    for ending in ("", "/", "/deed.en", "/legalcode", "/deed.de)."):
        if version:
            assert spdx(f"see https://creativecommons.org/licenses/{kind}/{version}{ending}") == expected


WORDS = (
    "cc creative commons by attribution nc non-commercial noncommercial nd noderivatives sa share-alike license 4.0 "
    "3.0 ( ) - , / the and or public domain cc0 mit apache 2.0 gpl v3 of data not "
    "https://creativecommons.org/licenses/by/4.0/"
)


@settings(max_examples=800, deadline=None)
@given(
    st.lists(
        st.sampled_from(WORDS.split(" ")),
        max_size=12,
    ),
    st.sampled_from([" ", "-", ""]),
)
def test_whatever_is_said_its_restrictions_stand_in_the_id_or_there_is_none(words: list[str], between: str) -> None:
    text = between.join(words)
    found = spdx(text)
    every = found.split(" OR ")
    if between and found:
        said = {
            "NC": {"nc", "non-commercial", "noncommercial"},
            "ND": {"nd", "noderivatives"},
            "SA": {"sa", "share-alike"},
        }
        for term, spelled in said.items():
            if spelled & set(words):
                assert any(term in name.split("-") for name in every), text
    assert spdx(found) == found


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=200) | st.text("cby-ncd sa4.0()/|+ or", max_size=60))
def test_any_words_have_an_answer(words: str) -> None:
    assert spdx(spdx(words)) == spdx(words)


@pytest.mark.parametrize(
    "words", ["(" * 119, "((((mit" * 15, "mit or " * 17, "cc " * 6000, "by-nc " * 3000, "x" * 10**6]
)
def test_hostile_words_have_no_id(words: str) -> None:
    assert spdx(words) == ""


def test_the_licences_of_real_documents_are_all_known(trial_data: Path) -> None:
    with pa.input_stream(str(trial_data / "bench" / "corpus.jsonl.zst"), compression="zstd") as file:
        found = {json.loads(line)["license"] for line in file.read().splitlines()}
    assert {words: spdx(words) for words in found} == {
        "Apache-2.0": "Apache-2.0",
        "CC-BY": "CC-BY",
        "CC-BY-4.0": "CC-BY-4.0",
        "CC-BY-SA-3.0": "CC-BY-SA-3.0",
        "CC0-1.0": "CC0-1.0",
        "GFDL-1.2": "GFDL-1.2-only",
        "MIT-or-Apache-2.0": "MIT OR Apache-2.0",
        "PD-or-CC0": "LicenseRef-public-domain OR CC0-1.0",
        "public-domain": "LicenseRef-public-domain",
    }


@pytest.mark.parametrize(
    ("keep", "words", "kept"),
    [
        (["CC-BY-4.0"], "http://creativecommons.org/licenses/by/4.0/", True),
        (["cc by 4.0"], "CC-BY-4.0", True),
        (["CC-BY-4.0"], "CC-BY-3.0", False),
        (["CC-BY-4.0"], "CC-BY", False),
        (["CC-BY"], "CC-BY-4.0", True),
        (["CC-BY"], "CC-BY-3.0-US", True),
        (["CC-BY"], "CC-BY-NC-4.0", False),
        (["CC-BY"], "CC-BY-SA", False),
        (["CC-BY-NC"], "CC-BY-NC-ND-4.0", False),
        (["CC-BY-NC"], "CC-BY-4.0", False),
        (["GPL"], "GPL-3.0-or-later", True),
        (["GPL"], "LGPL-3.0", False),
        (["GPL-3.0"], "GPLv3 or later", False),
        (["MIT"], "MIT OR GPL-3.0", True),
        (["MIT"], "MIT AND GPL-3.0", False),
        (["MIT", "GPL"], "MIT AND GPL-3.0", True),
        (["MIT"], "(MIT AND GPL-3.0) OR ISC", False),
        (["MIT"], "GPL-3.0", False),
        (["public domain"], "PD-or-CC0", True),
        (["CC0"], "public domain", False),
        (["MIT"], "", False),
        (["MIT"], "who knows", False),
        (["MIT", ""], "", True),
        (["MIT", ""], "who knows", False),
        (["Acme  internal"], "ACME Internal", True),
        (["Acme internal"], "Acme internal 2", False),
        ([], "MIT", False),
    ],
)
def test_what_is_permitted(keep: list[str], words: str, kept: bool) -> None:
    assert permits(keep)(words) is kept


def test_a_wildcard_is_refused() -> None:
    with pytest.raises(UserError, match=r"keep_licenses: 'CC-BY-\*': there are no wildcards"):
        permits(["MIT", "CC-BY-*"])
