"""The audit log only grows: the database refuses UPDATE, DELETE and TRUNCATE."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION moderation_audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only: % refused', TG_OP
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER audit_rows_stay BEFORE UPDATE OR DELETE ON moderation_auditentry
    FOR EACH ROW EXECUTE FUNCTION moderation_audit_is_append_only();
CREATE TRIGGER audit_table_stays BEFORE TRUNCATE ON moderation_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION moderation_audit_is_append_only();
"""
BACK = """
DROP TRIGGER audit_rows_stay ON moderation_auditentry;
DROP TRIGGER audit_table_stays ON moderation_auditentry;
DROP FUNCTION moderation_audit_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("moderation", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
