"""What a published component says never changes; a trade idea may be corrected for its first quarter of an hour."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION posts_block_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.post_id, NEW.position, NEW.kind, NEW.version, NEW.created_at)
       IS DISTINCT FROM (OLD.post_id, OLD.position, OLD.kind, OLD.version, OLD.created_at)
       OR (NEW.data IS DISTINCT FROM OLD.data
           AND NOT (OLD.kind = 'idea' AND clock_timestamp() < OLD.created_at + interval '15 minutes'))
    THEN
        RAISE EXCEPTION 'a published component is not changed'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER blocks_stay BEFORE UPDATE OF post_id, position, kind, version, data, created_at ON posts_postblock
    FOR EACH ROW EXECUTE FUNCTION posts_block_stays();
"""
BACK = """
DROP TRIGGER blocks_stay ON posts_postblock;
DROP FUNCTION posts_block_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("posts", "0009_blocks")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
