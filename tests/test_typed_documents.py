"""The code of the README is what `make check` shows to mypy and pyright."""

import pytest
from typed_documents import DOCUMENTS, HOUSE, script_of


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_code_of_a_document_is_checked_as_it_stands(document):
    checked = (HOUSE / "tests" / "typed" / DOCUMENTS[document]).read_text(encoding="utf-8")
    assert checked == script_of(document), "run `python maintenance/typed_documents.py`"
