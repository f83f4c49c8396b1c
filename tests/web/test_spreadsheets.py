"""Tables for people's spreadsheets."""

import csv
import io

import pytest

from planet.web.spreadsheets import harmless, lines


@pytest.mark.parametrize("text", ["=1+1", " =1+1", "+1 2", "@SUM(A1)", "|calc", "%0A", "\tx", "\rx", "＝1", "-cmd"])
def test_no_text_is_a_formula(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "-1", "-1.50", "12", "BTC = money", "a@b"])
def test_amounts_and_words_stay(text: str) -> None:
    assert harmless(text) == text


def test_a_table_is_read_as_it_was_written() -> None:
    rows = [("name", "amount"), ('He said "no", twice\nover', 12), ("=HYPERLINK(1)", -3)]
    written = "".join(lines(rows))
    assert written.startswith("\ufeffname,amount\r\n")
    read = list(csv.reader(io.StringIO(written.removeprefix("\ufeff"), newline="")))
    assert read == [["name", "amount"], ['He said "no", twice\nover', "12"], ["'=HYPERLINK(1)", "-3"]]
