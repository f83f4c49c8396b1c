"""An account's balance is what it was and the legs that came since, each in its place: no step back, no gap, no other sum.

Until here it had to be the balance of any of its legs, so that whoever wrote statements by hand could wind an account
back, leave places out, or give a leg that waited a balance of their liking. It is still one question a payment.
"""

from django.db import migrations

FORWARD = """
CREATE OR REPLACE FUNCTION ledger_balance_is_of_a_leg() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.kind, NEW.asset, NEW.owner_id) IS DISTINCT FROM (OLD.id, OLD.kind, OLD.asset, OLD.owner_id)
        OR (SELECT count(*) = NEW.number - OLD.number AND sum(units) = NEW.balance - OLD.balance
                AND bool_or(number = NEW.number AND balance = NEW.balance)
            FROM ledger_leg WHERE account_id = NEW.id AND number > OLD.number AND number <= NEW.number) IS NOT TRUE THEN
        RAISE EXCEPTION 'UPDATE of ledger_account % refused: its balance is not that of its legs', NEW.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
"""
BACKWARD = """
CREATE OR REPLACE FUNCTION ledger_balance_is_of_a_leg() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.kind, NEW.asset, NEW.owner_id) IS DISTINCT FROM (OLD.id, OLD.kind, OLD.asset, OLD.owner_id)
        OR NOT EXISTS (SELECT FROM ledger_leg
            WHERE account_id = NEW.id AND number = NEW.number AND balance = NEW.balance) THEN
        RAISE EXCEPTION 'UPDATE of ledger_account % refused: its balance is that of no leg', NEW.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    """What an account's balance must be."""

    dependencies = [("ledger", "0003_fewer_questions")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
