"""The table of settings in the documentation."""

import pytest
from django.core.management import call_command

from planet.config.env import Env
from planet.stack import reference


def test_the_document_holds_the_table_as_the_code_declares_it() -> None:
    document = reference.DOCUMENT.read_text()

    assert reference.replaced(document, reference.table(Env)) == document, "run `manage.py settings --write`"


def test_the_command_prints_every_setting(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("settings")

    printed = capsys.readouterr().out
    assert "| `PORT` | number | `8000` | The port that the web server listens on. |" in printed
    assert "| `DATA_DIR` | directory | `var/` in the project |" in printed
    assert "| `SECRET_KEY` | text | for development alone |" in printed
    assert printed.count("\n| `") == len(Env.model_fields)


def test_a_document_without_a_place_for_it_is_not_touched() -> None:
    with pytest.raises(ValueError, match="no place"):
        reference.replaced("# Nothing", "table")
