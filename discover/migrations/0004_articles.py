"""Articles are found by title and body, components by what they say and by their kind, videos as such."""

from django.db import migrations

FORWARD = r"""
CREATE FUNCTION discover_words_of(post posts_post) RETURNS tsvector
LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT discover_vector(a.title, 'A') FROM posts_article a WHERE a.post_id = post.id), '')
        || discover_vector(post.text, 'B')
        || coalesce((SELECT discover_vector(string_agg(said, ' '), 'C') FROM (
               SELECT left(v #>> '{}', 500) AS said
                 FROM posts_postblock b, jsonb_path_query(b.data, 'strict $.** ? (@.type() == "string")') v
                WHERE b.post_id = post.id ORDER BY b.position LIMIT 200) blocks), '')
        || coalesce((SELECT discover_vector(a.body, 'D') FROM posts_article a WHERE a.post_id = post.id), '')
$$;

CREATE OR REPLACE FUNCTION discover_marks_of(post posts_post) RETURNS tsvector
LANGUAGE sql STABLE AS $$
    SELECT array_to_tsvector(array_agg(mark)) FROM (
        SELECT 'by:' || post.creator_id
         UNION SELECT CASE tag.kind WHEN 'asset' THEN '$' ELSE '#' END || tag.name
                 FROM posts_posttag t JOIN posts_tag tag ON tag.id = t.tag_id WHERE t.post_id = post.id
         UNION SELECT 'lang:' || coalesce(nullif(split_part(lower(post.language), '-', 1), ''),
                                          discover_language(post.text), 'und')
         UNION SELECT 'has:picture' WHERE EXISTS (SELECT FROM posts_postpicture pic WHERE pic.post_id = post.id)
         UNION SELECT 'has:video' WHERE EXISTS (SELECT FROM posts_video v WHERE v.post_id = post.id)
         UNION SELECT 'has:link' WHERE post.text ~* '\yhttps?://\S'
         UNION SELECT 'has:article' WHERE post.kind = 'article'
         UNION SELECT CASE b.kind WHEN 'direction' THEN 'has:poll' ELSE 'has:' || b.kind END
                 FROM posts_postblock b WHERE b.post_id = post.id
    ) marks (mark)
$$;

CREATE OR REPLACE FUNCTION discover_index(wanted uuid[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM discover_entry e USING posts_post p
     WHERE e.post_id = ANY (wanted) AND p.id = e.post_id AND (p.deleted_at IS NOT NULL OR p.repost_of_id IS NOT NULL);
    DELETE FROM discover_heat h USING posts_post p
     WHERE h.post_id = ANY (wanted) AND p.id = h.post_id AND (p.deleted_at IS NOT NULL OR p.repost_of_id IS NOT NULL);
    INSERT INTO discover_entry (post_id, words)
    SELECT p.id, discover_words_of(p) || discover_marks_of(p)
      FROM posts_post p WHERE p.id = ANY (wanted) AND p.deleted_at IS NULL AND p.repost_of_id IS NULL
     ORDER BY p.id
        ON CONFLICT (post_id) DO UPDATE SET words = excluded.words;
    INSERT INTO discover_heat (post_id, heat)
    SELECT p.id, discover_heat_of(p)
      FROM posts_post p WHERE p.id = ANY (wanted) AND p.deleted_at IS NULL AND p.repost_of_id IS NULL
     ORDER BY p.id
        ON CONFLICT (post_id) DO NOTHING;
END $$;

-- Whatever hangs on a post: an article, a component, a video. (Pictures and tags only come with the post itself.)
CREATE FUNCTION discover_part_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.post_id IS NOT NULL THEN
        PERFORM discover_index(ARRAY[NEW.post_id]);
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER discover_article_changed AFTER INSERT OR UPDATE OF title, body ON posts_article
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION discover_part_changed();
CREATE CONSTRAINT TRIGGER discover_block_changed AFTER INSERT OR UPDATE OF data ON posts_postblock
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION discover_part_changed();
CREATE CONSTRAINT TRIGGER discover_video_changed AFTER INSERT OR UPDATE OF post_id ON posts_video
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION discover_part_changed();
"""
BACKWARD = r"""
DROP TRIGGER discover_video_changed ON posts_video;
DROP TRIGGER discover_block_changed ON posts_postblock;
DROP TRIGGER discover_article_changed ON posts_article;
DROP FUNCTION discover_part_changed;
CREATE OR REPLACE FUNCTION discover_index(wanted uuid[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM discover_entry e USING posts_post p
     WHERE e.post_id = ANY (wanted) AND p.id = e.post_id AND (p.deleted_at IS NOT NULL OR p.repost_of_id IS NOT NULL);
    INSERT INTO discover_entry (post_id, words)
    SELECT p.id, discover_vector(p.text, 'B')
      FROM posts_post p WHERE p.id = ANY (wanted) AND p.deleted_at IS NULL AND p.repost_of_id IS NULL
        ON CONFLICT (post_id) DO UPDATE SET words = excluded.words;
END $$;
DROP FUNCTION discover_words_of;
"""


class Migration(migrations.Migration):
    """Functions and triggers."""

    dependencies = [("discover", "0003_backfill"), ("posts", "0011_videos")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
