"""What the database checks of a transfer, in fewer questions: once for all of a transfer's legs, without locking accounts.

Accounts and transfers are never deleted and never change their asset, so that a leg's account and transfer exist is
asked when it is written; a foreign key would ask again, and lock every payee. `ledger_post` looks up by index whatever the
statistics say: a plan made when the tables were small would read them whole until somebody analyses them.
"""

from django.db import migrations, models
from django.db.models import deletion

FORWARD = """
DROP TRIGGER ledger_transfer_is_balanced ON ledger_transfer;
DROP TRIGGER ledger_leg_is_balanced ON ledger_leg;
DROP FUNCTION ledger_is_balanced;
ALTER TABLE ledger_leg DROP CONSTRAINT ledger_leg_of_asset;
ALTER TABLE ledger_account DROP CONSTRAINT ledger_account_of_asset;

CREATE TRIGGER ledger_account_is_kept BEFORE DELETE ON ledger_account
    FOR EACH ROW EXECUTE FUNCTION ledger_is_kept();
CREATE TRIGGER ledger_account_is_not_emptied BEFORE TRUNCATE ON ledger_account
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_kept();

-- Legs are written together: they sum to zero in each asset, are of accounts of their asset, and came with their transfer.
CREATE FUNCTION ledger_legs_are_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    off record;
BEGIN
    SELECT w.transfer_id, sum(w.units) <> 0 AS unbalanced INTO off
    FROM written w
    LEFT JOIN ledger_leg l ON l.id = w.id
    LEFT JOIN ledger_transfer t ON t.id = w.transfer_id
    LEFT JOIN ledger_account a ON a.id = w.account_id AND a.asset = w.asset
    GROUP BY w.transfer_id, w.asset
    HAVING sum(w.units) <> 0 OR bool_or(a.id IS NULL OR t.id IS NULL OR t.xmin <> l.xmin) LIMIT 1;
    IF off.unbalanced THEN
        RAISE EXCEPTION 'the transfer % is not balanced', off.transfer_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_balanced';
    ELSIF FOUND THEN
        RAISE EXCEPTION 'a leg of the transfer % is of no account of its asset, or came later', off.transfer_id
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'ledger_leg_of_asset';
    END IF;
    RETURN NULL;
END $$;

-- At the end of the transaction: legs there are, and a reversal mirrors its original.
CREATE FUNCTION ledger_transfer_is_whole() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ledger_leg WHERE transfer_id = NEW.id) THEN
        RAISE EXCEPTION 'the transfer % is not balanced', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_balanced';
    END IF;
    IF NEW.reverses_id IS NOT NULL AND EXISTS (
        SELECT FROM (SELECT account_id, units FROM ledger_leg WHERE transfer_id = NEW.reverses_id) o
        FULL JOIN (SELECT account_id, -units AS units FROM ledger_leg WHERE transfer_id = NEW.id) r USING (account_id, units)
        WHERE o.account_id IS NULL OR r.account_id IS NULL
    ) THEN
        RAISE EXCEPTION 'the reversal % does not mirror %', NEW.id, NEW.reverses_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_mirrored';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER ledger_legs_are_balanced AFTER INSERT ON ledger_leg REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_legs_are_balanced();
CREATE CONSTRAINT TRIGGER ledger_transfer_is_whole AFTER INSERT ON ledger_transfer
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_transfer_is_whole();

-- As before, in fewer statements. It is called with nothing but keys, so every plan in it, its triggers' too, is by index.
CREATE OR REPLACE FUNCTION ledger_post(
    made uuid, its_key text, its_body bytea, its_kind text, its_at timestamptz, its_actor uuid, its_memo text,
    its_original uuid, accounts bigint[], amounts numeric[], OUT transfer uuid, OUT outcome text
) LANGUAGE plpgsql SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    payer record;
    has numeric;
    many integer;
    known bytea;
    short boolean := false;
BEGIN
    FOR payer IN
        SELECT a.id, a.balance, w.units, EXISTS (SELECT FROM ledger_leg WHERE account_id = a.id AND number IS NULL) AS waits
        FROM unnest(accounts, amounts) AS w (account, units)
        JOIN ledger_account a ON a.id = w.account
        WHERE w.units < 0 AND a.kind <> 'external' ORDER BY a.id FOR NO KEY UPDATE OF a
    LOOP
        has := payer.balance;
        -- What was paid in while the lock was waited for is looked for only where there is too little without it.
        WHILE payer.waits OR has + payer.units < 0 LOOP
            many := ledger_fold(payer.id, 1000);
            SELECT balance INTO has FROM ledger_account WHERE id = payer.id;
            EXIT WHEN many < 1000 OR has + payer.units >= 0;
        END LOOP;
        short := short OR has + payer.units < 0;
    END LOOP;
    -- After the locks: the first of two with one key has committed by now, and may have spent what the second needs.
    IF NOT short THEN
        INSERT INTO ledger_transfer (id, key, body, kind, at, actor_id, memo, reverses_id)
        VALUES (made, its_key, its_body, its_kind, its_at, its_actor, its_memo, its_original)
        ON CONFLICT (key) DO NOTHING;
        IF FOUND THEN
            WITH paid AS (
                UPDATE ledger_account a SET number = a.number + 1, balance = a.balance + w.units
                FROM unnest(accounts, amounts) AS w (account, units)
                WHERE a.id = w.account AND w.units < 0 AND a.kind <> 'external'
                RETURNING a.id, a.number, a.balance
            )
            INSERT INTO ledger_leg (transfer_id, account_id, asset, units, at, number, balance)
            SELECT made, a.id, a.asset, w.units, its_at, paid.number, paid.balance
            FROM unnest(accounts, amounts) AS w (account, units)
            JOIN ledger_account a ON a.id = w.account LEFT JOIN paid ON paid.id = a.id ORDER BY a.id;
            transfer := made;
            outcome := 'posted';
            RETURN;
        END IF;
    END IF;
    SELECT id, body INTO transfer, known FROM ledger_transfer WHERE key = its_key;
    outcome := CASE WHEN NOT FOUND THEN 'short' WHEN known = its_body THEN 'repeated' ELSE 'other' END;
END $$;
"""


class Migration(migrations.Migration):
    """Fewer questions a transfer. There is no way back to slower ones."""

    dependencies = [("ledger", "0002_guards")]

    operations = [
        migrations.RunSQL(FORWARD, migrations.RunSQL.noop),
        migrations.AlterField(
            "leg",
            "transfer",
            models.ForeignKey(
                db_constraint=False, db_index=False, on_delete=deletion.PROTECT, related_name="legs", to="ledger.transfer"
            ),
        ),
        migrations.AlterField(
            "leg",
            "account",
            models.ForeignKey(
                db_constraint=False, db_index=False, on_delete=deletion.PROTECT, related_name="legs", to="ledger.account"
            ),
        ),
    ]
