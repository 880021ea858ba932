"""safe_xml: bytes of XML that nobody vouches for -> a tree, or the reason why not. Knows no format.

A document's own DOCTYPE never reaches the parser: it is cut off and read only for the names of the entities it
declares. So nothing that it declares can be expanded or fetched, whatever the parser would do with it.
"""

from thinkaug.formats.safe_xml.parsing import Parsed, parse
from thinkaug.formats.safe_xml.reading import read_text, tidied
from thinkaug.formats.safe_xml.records import Record, Records
from thinkaug.formats.safe_xml.steps import any_namespace, simple_steps

__all__ = ["Parsed", "Record", "Records", "any_namespace", "parse", "read_text", "simple_steps", "tidied"]
