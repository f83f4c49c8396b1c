"""The words are cut in one place for every room that searches: planet.web's functions, which these call."""

from importlib import import_module

from django.db import migrations

FORWARD = """
CREATE OR REPLACE FUNCTION discover_fold(body text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT words_fold(body) $$;

CREATE OR REPLACE FUNCTION discover_terms(body text)
RETURNS TABLE (term text, place bigint, is_tail boolean, is_alone boolean)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT * FROM words_terms(body) $$;

CREATE OR REPLACE FUNCTION discover_vector(body text, weight text) RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT words_vector(body, weight) $$;

CREATE OR REPLACE FUNCTION discover_phrase(piece text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT words_phrase(piece) $$;
"""


def _backward() -> str:
    """The bodies that stood before, out of the migrations that made them."""
    words = import_module("discover.migrations.0002_index").WORDS
    words = words[words.index("-- One spelling") : words.index("-- What a text is written in")]
    linear = import_module("discover.migrations.0005_linear_terms").FORWARD
    return words.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION") + linear


class Migration(migrations.Migration):
    """The same terms, from the shared functions."""

    dependencies = [("discover", "0005_linear_terms"), ("web", "0001_words")]

    operations = [migrations.RunSQL(FORWARD, _backward())]
