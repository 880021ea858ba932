"""Building blocks of texts in need of cleaning, for property tests."""

from hypothesis import strategies as st

PIECES = st.sampled_from(
    [
        *"aé Ã³âÂ°œ\n\r\t\x00\x08\x0b\x0c\x1b\x1f\x7f\x80\x85\x9b\x9d\xa0\xad",
        *"\u0300\u0301\u0338\u200b\u200c\u200d\u200e\u200f\u202e\u2028\u2066\u2069\u2060\ufe0f\ufeff\ufff9\ufffd\ufffe",
        *"\ud83d\ude00\ud800\udfff\u0958\u0627\u0644\u0915\u094d\u1780\u3042\uac00\u1100\u1161\U0001f3f4\U0001f468",
        *"\U000e0067\U000e0062\U000e007f\U000e0100\U0001d15e\U0001ffff",
        "\x1b[0m",
        "\x1b]8;;x\x07",
        "\x0crac{1}{2}",
        "\r\n",
        "Ã©",
        "â€™",
        "Ð¿Ñ€",
        "Page 3 of 12\n",
        "A line\n",
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=3), max_size=30).map("".join)
