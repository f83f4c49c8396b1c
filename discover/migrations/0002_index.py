"""How a text becomes what it is found by, and the triggers that keep `discover` in step with posts, people and tags.

One function cuts texts into terms, for what is searched and for what somebody searches. It asks nothing of extensions
or of the locale of the database (docs/adr/0018-search-in-postgres.md).
"""

from django.db import migrations

# Scripts that are written without spaces (and Hangul, whose words carry their endings): Thai, Lao, Myanmar, Khmer,
# kana, Bopomofo, Han. Compatibility forms are gone when this is asked: NFKC came before.
UNSPACED = (
    r"\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3040-\u318f\u31a0-\u31bf\u31f0-\u31ff"
    r"\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
)

WORDS = r"""
-- English stems and no stop words: "to the moon" is searched for as well.
CREATE TEXT SEARCH DICTIONARY discover_english (TEMPLATE = snowball, LANGUAGE = english);

-- One spelling: ＢＴＣ, btc and BTC; café and cafe.
CREATE FUNCTION discover_fold(body text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT lower((CASE WHEN body ~ '[^\x01-\x7f]'
        THEN normalize(regexp_replace(normalize(body, NFKD), '[\u0300-\u036f]+', '', 'g'), NFKC)
        ELSE body END) COLLATE pg_c_utf8)
$$;

-- The terms of a text in their places: stems of English, words of other alphabets, and of a run of unspaced script
-- each two neighbours, and last its last character alone, so that every character begins a term: 比特币 is 比特 特币 币.
CREATE FUNCTION discover_terms(body text) RETURNS TABLE (term text, place bigint, is_tail boolean, is_alone boolean)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN unspaced THEN substr(word, letter, 2)
                WHEN word ~ '^[a-z]+$' THEN (ts_lexize('discover_english', word))[1]
                ELSE word END,
           row_number() OVER (ORDER BY nr, letter),
           unspaced AND letter > 1 AND letter = length(word),
           unspaced AND length(word) = 1
      FROM (SELECT found[1] COLLATE pg_c_utf8 AS word, nr, found[1] ~ '^[UNSPACED]' AS unspaced
              FROM regexp_matches(
                  regexp_replace(discover_fold(body), '([UNSPACED]+)', ' \1 ', 'g') COLLATE pg_c_utf8,
                  '[[:alnum:]]+', 'g') WITH ORDINALITY AS matches (found, nr)) words
     CROSS JOIN LATERAL generate_series(1, CASE WHEN unspaced THEN length(word) ELSE 1 END) letter
     WHERE unspaced OR length(word) < 200
$$;

-- A tsvector holds a megabyte; this much of any text makes far less.
CREATE FUNCTION discover_vector(body text, weight text) RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(string_agg(quote_literal(term) || ':' || least(place, 16383) || weight, ' '), '')::tsvector
      FROM discover_terms(left(body, 40000))
$$;

-- What somebody searches for, as the text of a tsquery: its terms in a row. Null when there is none in it.
CREATE FUNCTION discover_phrase(piece text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT string_agg(coalesce(' <' || gap || '> ', '') || quote_literal(term)
                      || CASE WHEN is_alone THEN ':*' ELSE '' END, '' ORDER BY place)
      FROM (SELECT term, place, is_alone, place - lag(place) OVER (ORDER BY place) AS gap
              FROM discover_terms(left(piece, 200)) WHERE NOT is_tail) kept
$$;

-- What a text is written in where nobody said it: by its script, English by its small words.
CREATE FUNCTION discover_language(body text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN body ~ '[\u3040-\u30ff]' THEN 'ja'
                WHEN body ~ '[\uac00-\ud7ff]' THEN 'ko'
                WHEN body ~ '[\u4e00-\u9fff]' THEN 'zh'
                WHEN body ~ '[\u0e00-\u0e7f]' THEN 'th'
                WHEN body ~ '[\u0400-\u04ff]' THEN 'ru'
                WHEN body ~ '[\u0600-\u06ff]' THEN 'ar'
                WHEN body ~ '[\u0900-\u097f]' THEN 'hi'
                WHEN body ~* '\y(the|and|of|is|to|in|for|on|it)\y' THEN 'en' END
$$;

-- A name from each of its words on, and from each character of an unspaced script on.
CREATE FUNCTION discover_keys(name text) RETURNS SETOF text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT DISTINCT left(substr(folded, place), 60)
      FROM (SELECT regexp_replace(discover_fold(btrim(left(name, 60))), '\s+', ' ', 'g') AS folded) names
     CROSS JOIN LATERAL generate_series(1, length(folded)) place
     WHERE (place = 1 OR substr(folded, place - 1, 1) COLLATE pg_c_utf8 !~ '[[:alnum:]]'
            OR substr(folded, place, 1) ~ '[UNSPACED]')
       AND (place = 1 OR substr(folded, place, 1) COLLATE pg_c_utf8 ~ '[[:alnum:]]')
$$;
""".replace("UNSPACED", UNSPACED)

POSTS = r"""
CREATE FUNCTION discover_heat_of(post posts_post) RETURNS double precision
LANGUAGE sql IMMUTABLE AS $$
    SELECT log(2, 1 + post.like_count + post.bookmark_count + 2 * post.repost_count + 3 * post.comment_count)::float8
           + extract(epoch FROM post.created_at)::float8 / 604800
$$;

CREATE FUNCTION discover_marks_of(post posts_post) RETURNS tsvector
LANGUAGE sql STABLE AS $$
    SELECT array_to_tsvector(array_agg(mark)) FROM (
        SELECT 'by:' || post.creator_id
         UNION SELECT CASE tag.kind WHEN 'asset' THEN '$' ELSE '#' END || tag.name
                 FROM posts_posttag t JOIN posts_tag tag ON tag.id = t.tag_id WHERE t.post_id = post.id
         UNION SELECT 'lang:' || coalesce(nullif(split_part(lower(post.language), '-', 1), ''),
                                          discover_language(post.text), 'und')
         UNION SELECT 'has:picture' WHERE EXISTS (SELECT FROM posts_postpicture pic WHERE pic.post_id = post.id)
         UNION SELECT 'has:link' WHERE post.text ~* '\yhttps?://\S'
    ) marks (mark)
$$;

CREATE FUNCTION discover_index(wanted uuid[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM discover_entry e USING posts_post p
     WHERE e.post_id = ANY (wanted) AND p.id = e.post_id AND (p.deleted_at IS NOT NULL OR p.repost_of_id IS NOT NULL);
    DELETE FROM discover_heat h USING posts_post p
     WHERE h.post_id = ANY (wanted) AND p.id = h.post_id AND (p.deleted_at IS NOT NULL OR p.repost_of_id IS NOT NULL);
    INSERT INTO discover_entry (post_id, words)
    SELECT p.id, discover_vector(p.text, 'D') || discover_marks_of(p)
      FROM posts_post p WHERE p.id = ANY (wanted) AND p.deleted_at IS NULL AND p.repost_of_id IS NULL
     ORDER BY p.id
        ON CONFLICT (post_id) DO UPDATE SET words = excluded.words;
    INSERT INTO discover_heat (post_id, heat)
    SELECT p.id, discover_heat_of(p)
      FROM posts_post p WHERE p.id = ANY (wanted) AND p.deleted_at IS NULL AND p.repost_of_id IS NULL
     ORDER BY p.id
        ON CONFLICT (post_id) DO NOTHING;
END $$;

CREATE FUNCTION discover_post_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM discover_index(ARRAY[NEW.id]);
    RETURN NULL;
END $$;
-- Deferred: the pictures, tags and components of a post come after its row, in the same transaction.
CREATE CONSTRAINT TRIGGER discover_post_changed
    AFTER INSERT OR UPDATE OF text, kind, language, deleted_at ON posts_post
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION discover_post_changed();
"""

NAMES = r"""
CREATE FUNCTION discover_person_named() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM discover_personname WHERE user_id = NEW.id;
    INSERT INTO discover_personname (key, user_id)
    SELECT DISTINCT key, NEW.id FROM (VALUES (NEW.handle), (NEW.display_name)) names (name), discover_keys(name) key;
    RETURN NULL;
END $$;
CREATE TRIGGER discover_person_named AFTER INSERT OR UPDATE OF handle, display_name ON accounts_user
    FOR EACH ROW EXECUTE FUNCTION discover_person_named();

CREATE FUNCTION discover_topic_named() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM discover_topicname WHERE tag_id = NEW.id;
    INSERT INTO discover_topicname (key, tag_id) SELECT key, NEW.id FROM discover_keys(NEW.name) key;
    RETURN NULL;
END $$;
CREATE TRIGGER discover_topic_named AFTER INSERT OR UPDATE OF name ON posts_tag
    FOR EACH ROW EXECUTE FUNCTION discover_topic_named();
"""

BACKWARD = """
DROP TRIGGER discover_topic_named ON posts_tag;
DROP TRIGGER discover_person_named ON accounts_user;
DROP TRIGGER discover_post_changed ON posts_post;
DROP FUNCTION discover_topic_named, discover_person_named, discover_post_changed, discover_index, discover_marks_of,
              discover_heat_of, discover_keys, discover_language, discover_phrase, discover_vector, discover_terms,
              discover_fold;
DROP TEXT SEARCH DICTIONARY discover_english;
"""


class Migration(migrations.Migration):
    """Functions and triggers; what was there before comes with the next migration."""

    dependencies = [("discover", "0001_initial"), ("accounts", "0003_mentions_from")]

    operations = [
        migrations.RunSQL(WORDS, migrations.RunSQL.noop),
        migrations.RunSQL(POSTS, migrations.RunSQL.noop),
        migrations.RunSQL(NAMES, BACKWARD),
    ]
