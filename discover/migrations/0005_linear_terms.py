"""A run of unspaced script is cut in one walk.

`substr` walked it anew for each character, and the planner asked anew for each whether the run was one: an article of
60,000 characters took minutes. Now a tenth of a second.
"""

from importlib import import_module

from django.db import migrations

UNSPACED = import_module("discover.migrations.0002_index").UNSPACED

FORWARD = r"""
CREATE OR REPLACE FUNCTION discover_terms(body text)
RETURNS TABLE (term text, place bigint, is_tail boolean, is_alone boolean)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    WITH words AS MATERIALIZED (
        SELECT found[1] COLLATE pg_c_utf8 AS word, nr, found[1] ~ '^[UNSPACED]' AS unspaced
          FROM regexp_matches(
              regexp_replace(discover_fold(body), '([UNSPACED]+)', ' \1 ', 'g') COLLATE pg_c_utf8,
              '[[:alnum:]]+', 'g') WITH ORDINALITY AS matches (found, nr))
    SELECT CASE WHEN unspaced THEN piece || coalesce(lead(piece) OVER run, '')
                WHEN piece ~ '^[a-z]+$' THEN (ts_lexize('discover_english', piece))[1]
                ELSE piece END,
           row_number() OVER (ORDER BY nr, at),
           unspaced AND at > 1 AND lead(piece) OVER run IS NULL,
           unspaced AND at = 1 AND lead(piece) OVER run IS NULL
      FROM words
     CROSS JOIN LATERAL unnest(CASE WHEN unspaced THEN string_to_array(word, NULL) ELSE ARRAY[word] END)
                        WITH ORDINALITY AS pieces (piece, at)
     WHERE unspaced OR length(piece) < 200
    WINDOW run AS (PARTITION BY nr ORDER BY at)
$$;
""".replace("UNSPACED", UNSPACED)


class Migration(migrations.Migration):
    """The same terms, faster."""

    dependencies = [("discover", "0004_articles")]

    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
