"""front: the front matter of an article -> its title, licence, language, source and meta. No names of persons."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from thinkaug.formats.jats.inline import line

if TYPE_CHECKING:
    from lxml.etree import _Element

_CREATIVE = "creativecommons.org"


def front_matter(article: "_Element") -> dict[str, object]:
    """The fields `title`, `license`, `language`, `source` and `meta`, those that there are.

    `license` is as it was found: a URL where there is one, otherwise its text. `source` is the DOI as a URL, or the
    number in PubMed Central.
    """
    matter = next((part for name in ("front", "front-stub") if (part := article.find(name)) is not None), None)
    if matter is None:
        return {"meta": _meta(article, None, {})}
    about = matter.find("article-meta")
    about = matter if about is None else about
    ids = _ids(about)
    found: dict[str, object] = {
        "title": _title(about),
        "license": _license(about),
        "language": article.get("lang", ""),
        "source": f"https://doi.org/{ids['doi']}" if "doi" in ids else ids.get("pmcid", ""),
    }
    return {**{name: value for name, value in found.items() if value}, "meta": _meta(article, matter, ids)}


def _title(about: "_Element") -> str:
    group = about.find("title-group")
    if group is None:
        return ""
    parts = [line(part) for name in ("article-title", "subtitle") for part in group.findall(name)]
    return ": ".join(filter(None, parts))


def _ids(about: "_Element") -> dict[str, str]:
    found: dict[str, str] = {}
    for element in about.findall("article-id"):
        kind, value = element.get("pub-id-type", ""), line(element)
        if kind == "doi":
            found.setdefault("doi", value.split("doi.org/")[-1].removeprefix("doi:").strip())
        elif kind == "pmid":
            found.setdefault("pmid", value)
        elif kind in ("pmc", "pmcid"):
            found.setdefault("pmcid", value if value.upper().startswith("PMC") else f"PMC{value}")
    return {kind: value for kind, value in found.items() if value}


def _license(about: "_Element") -> str:
    """A URL of Creative Commons before any other, a URL before a text."""
    urls, texts = [], []
    for element in about.iterfind("permissions/license"):
        urls.append(element.get("href", ""))
        urls += [line(ref) for ref in element.iter("license_ref")]
        urls += [link.get("href") or line(link) for link in element.iter("ext-link", "uri")]
        texts += [line(part) for part in element if part.tag in ("license-p", "p")] or [line(element)]
        texts.append(element.get("license-type", ""))
    urls += [line(ref) for ref in about.iterfind("permissions/license_ref")]
    creative = [url for url in urls if _CREATIVE in url]
    return next(filter(None, (text.strip() for text in (*creative, *urls, *texts))), "")


def _meta(article: "_Element", matter: "_Element | None", ids: dict[str, str]) -> dict[str, object]:
    found: dict[str, object] = {"article_type": article.get("article-type") or article.get("response-type", ""), **ids}
    if matter is not None:
        about = matter.find("article-meta")
        about = matter if about is None else about
        found["journal"] = next((line(title) for title in matter.iterfind("journal-meta//journal-title")), "")
        years = [line(year) for date in about.findall("pub-date") for year in date.findall("year")]
        found["year"] = min((int(year) for year in years if year.isdecimal() and len(year) == 4), default=0)
        found["subjects"] = _lines(about, "article-categories//subject")
        found["keywords"] = _lines(about, "kwd-group//kwd")
        found["related"] = _each(part.get("related-article-type", "") for part in about.findall("related-article"))
    return {name: value for name, value in found.items() if value}


def _lines(about: "_Element", path: str) -> list[str]:
    return _each(line(element) for element in about.iterfind(path))


def _each(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, words)))
