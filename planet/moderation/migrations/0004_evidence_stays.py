"""Evidence only grows: the database refuses UPDATE, DELETE and TRUNCATE of snapshots."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION moderation_evidence_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'evidence is append-only: % refused', TG_OP
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER snapshot_rows_stay BEFORE UPDATE OR DELETE ON moderation_snapshot
    FOR EACH ROW EXECUTE FUNCTION moderation_evidence_is_append_only();
CREATE TRIGGER snapshot_table_stays BEFORE TRUNCATE ON moderation_snapshot
    FOR EACH STATEMENT EXECUTE FUNCTION moderation_evidence_is_append_only();
"""
BACK = """
DROP TRIGGER snapshot_rows_stay ON moderation_snapshot;
DROP TRIGGER snapshot_table_stays ON moderation_snapshot;
DROP FUNCTION moderation_evidence_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("moderation", "0003_reports")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
