"""The database itself keeps the history of identity checks: rows are added, never changed or deleted."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION accounts_kyc_history_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of accounts_kycevent refused: the history is append-only', TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER accounts_kyc_history_is_kept BEFORE UPDATE OR DELETE ON accounts_kycevent
    FOR EACH ROW EXECUTE FUNCTION accounts_kyc_history_is_kept();
"""
BACKWARD = """
DROP TRIGGER accounts_kyc_history_is_kept ON accounts_kycevent;
DROP FUNCTION accounts_kyc_history_is_kept();
"""


class Migration(migrations.Migration):
    """A trigger on the history."""

    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
