"""What was written before the triggers: indexed a batch at a time, each in a transaction of its own.

Interrupted, it begins anew and does no harm: what is indexed twice is the same. Who writes meanwhile waits for a batch
at most, and is indexed by the triggers.
"""

from django.db import migrations

BATCH = 2000

POSTS = """
SELECT discover_index(array_agg(id)), max(id::text)
  FROM (SELECT id FROM posts_post WHERE id > %s AND deleted_at IS NULL AND repost_of_id IS NULL
         ORDER BY id LIMIT %s) batch HAVING count(*) > 0
"""
PEOPLE = """
WITH batch AS MATERIALIZED (SELECT id, handle, display_name FROM accounts_user WHERE id > %s ORDER BY id LIMIT %s),
gone AS (DELETE FROM discover_personname n USING batch WHERE n.user_id = batch.id),
named AS (INSERT INTO discover_personname (key, user_id)
          SELECT DISTINCT key, id FROM batch, LATERAL (VALUES (handle), (display_name)) names (name), discover_keys(name) key)
SELECT NULL, max(id::text) FROM batch HAVING count(*) > 0
"""
TAGS = """
WITH batch AS MATERIALIZED (SELECT id, name FROM posts_tag WHERE id > %s ORDER BY id LIMIT %s),
gone AS (DELETE FROM discover_topicname n USING batch WHERE n.tag_id = batch.id),
named AS (INSERT INTO discover_topicname (key, tag_id) SELECT key, id FROM batch, discover_keys(name) key)
SELECT NULL, max(id) FROM batch HAVING count(*) > 0
"""


def fill(apps, editor):
    """Walk each table by its key."""
    nobody = "00000000-0000-0000-0000-000000000000"
    for statement, last in ((POSTS, nobody), (PEOPLE, nobody), (TAGS, 0)):
        while last is not None:
            with editor.connection.cursor() as cursor:
                cursor.execute(statement, [last, BATCH])
                row = cursor.fetchone()
            last = row[1] if row else None


class Migration(migrations.Migration):
    """Without a transaction around it all."""

    atomic = False

    dependencies = [("discover", "0002_index")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
