"""How a text becomes the terms by which it is found: functions for every room that searches (docs/adr/0018).

`discover` made them first, under its own name; its functions now call these. A text is cut the same way when it is
indexed and when somebody looks for it, whatever its script.
"""

from django.db import migrations

# Scripts that are written without spaces (and Hangul, whose words carry their endings): Thai, Lao, Myanmar, Khmer,
# kana, Bopomofo, Han. Compatibility forms are gone when this is asked: NFKC came before.
UNSPACED = (
    r"\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3040-\u318f\u31a0-\u31bf\u31f0-\u31ff"
    r"\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
)

FORWARD = r"""
-- English stems and no stop words: "to the moon" is searched for as well.
CREATE TEXT SEARCH DICTIONARY words_english (TEMPLATE = snowball, LANGUAGE = english);

-- One spelling: ＢＴＣ, btc and BTC; café and cafe.
CREATE FUNCTION words_fold(body text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT lower((CASE WHEN body ~ '[^\x01-\x7f]'
        THEN normalize(regexp_replace(normalize(body, NFKD), '[\u0300-\u036f]+', '', 'g'), NFKC)
        ELSE body END) COLLATE pg_c_utf8)
$$;

-- The terms of a text in their places: stems of English, words of other alphabets, and of a run of unspaced script
-- each two neighbours, and last its last character alone, so that every character begins a term: 比特币 is 比特 特币 币.
CREATE FUNCTION words_terms(body text) RETURNS TABLE (term text, place bigint, is_tail boolean, is_alone boolean)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    WITH words AS MATERIALIZED (
        SELECT found[1] COLLATE pg_c_utf8 AS word, nr, found[1] ~ '^[UNSPACED]' AS unspaced
          FROM regexp_matches(
              regexp_replace(words_fold(body), '([UNSPACED]+)', ' \1 ', 'g') COLLATE pg_c_utf8,
              '[[:alnum:]]+', 'g') WITH ORDINALITY AS matches (found, nr))
    SELECT CASE WHEN unspaced THEN piece || coalesce(lead(piece) OVER run, '')
                WHEN piece ~ '^[a-z]+$' THEN (ts_lexize('words_english', piece))[1]
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

-- A tsvector holds a megabyte; this much of any text makes far less.
CREATE FUNCTION words_vector(body text, weight text) RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(string_agg(quote_literal(term) || ':' || least(place, 16383) || weight, ' '), '')::tsvector
      FROM words_terms(left(body, 40000))
$$;

-- What somebody searches for, as the text of a tsquery: its terms in a row. Null when there is none in it.
CREATE FUNCTION words_phrase(piece text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT string_agg(coalesce(' <' || gap || '> ', '') || quote_literal(term)
                      || CASE WHEN is_alone THEN ':*' ELSE '' END, '' ORDER BY place)
      FROM (SELECT term, place, is_alone, place - lag(place) OVER (ORDER BY place) AS gap
              FROM words_terms(left(piece, 200)) WHERE NOT is_tail) kept
$$;
""".replace("UNSPACED", UNSPACED)

BACKWARD = """
DROP FUNCTION words_phrase, words_vector, words_terms, words_fold;
DROP TEXT SEARCH DICTIONARY words_english;
"""


class Migration(migrations.Migration):
    """Functions alone: planet.web has no tables."""

    initial = True

    dependencies = []

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
