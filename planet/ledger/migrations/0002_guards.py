"""What the database itself refuses, and the two functions that write: posting a transfer, folding credits in.

Payers are locked in the order of their ids, payees are not locked at all: a credit is appended without a number and
folded into its account's chain later, so an account that everybody pays takes as many transfers as any other.
FOR NO KEY UPDATE, for each leg's foreign key takes FOR KEY SHARE on its account, which FOR UPDATE would block.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION ledger_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % refused: the ledger is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

-- A leg is never changed; its place in the account's chain is written once.
CREATE FUNCTION ledger_leg_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.number IS NULL AND NEW.number IS NOT NULL AND (NEW.id, NEW.transfer_id, NEW.account_id, NEW.asset, NEW.units, NEW.at)
        IS NOT DISTINCT FROM (OLD.id, OLD.transfer_id, OLD.account_id, OLD.asset, OLD.units, OLD.at) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'UPDATE of ledger_leg refused: the ledger is append-only' USING ERRCODE = 'restrict_violation';
END $$;

-- An account's balance is that of the last leg in its chain, and nothing else about it changes.
CREATE FUNCTION ledger_balance_is_of_a_leg() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.kind, NEW.asset, NEW.owner_id) IS DISTINCT FROM (OLD.id, OLD.kind, OLD.asset, OLD.owner_id)
        OR NOT EXISTS (SELECT FROM ledger_leg
            WHERE account_id = NEW.id AND number = NEW.number AND balance = NEW.balance) THEN
        RAISE EXCEPTION 'UPDATE of ledger_account % refused: its balance is that of no leg', NEW.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION ledger_account_begins_empty() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.balance <> 0 OR NEW.number <> 0 THEN
        RAISE EXCEPTION 'INSERT into ledger_account refused: an account begins empty' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

-- At the end of the transaction: legs there are, they sum to zero in each asset, and a reversal mirrors its original.
CREATE FUNCTION ledger_is_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moved uuid := CASE TG_TABLE_NAME WHEN 'ledger_leg' THEN to_jsonb(NEW) ->> 'transfer_id' ELSE to_jsonb(NEW) ->> 'id' END;
    original uuid;
BEGIN
    IF (SELECT count(*) FROM ledger_leg WHERE transfer_id = moved) < 2 OR EXISTS (
        SELECT FROM ledger_leg WHERE transfer_id = moved GROUP BY asset HAVING sum(units) <> 0
    ) THEN
        RAISE EXCEPTION 'the transfer % is not balanced', moved USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_balanced';
    END IF;
    SELECT reverses_id INTO original FROM ledger_transfer WHERE id = moved;
    IF original IS NOT NULL AND EXISTS (
        SELECT FROM (SELECT account_id, units FROM ledger_leg WHERE transfer_id = original) o
        FULL JOIN (SELECT account_id, -units AS units FROM ledger_leg WHERE transfer_id = moved) r USING (account_id, units)
        WHERE o.account_id IS NULL OR r.account_id IS NULL
    ) THEN
        RAISE EXCEPTION 'the reversal % does not mirror %', moved, original
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_mirrored';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER ledger_transfer_is_kept BEFORE UPDATE OR DELETE ON ledger_transfer
    FOR EACH ROW EXECUTE FUNCTION ledger_is_kept();
CREATE TRIGGER ledger_transfer_is_not_emptied BEFORE TRUNCATE ON ledger_transfer
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_kept();
CREATE TRIGGER ledger_leg_is_changed BEFORE UPDATE ON ledger_leg
    FOR EACH ROW EXECUTE FUNCTION ledger_leg_is_kept();
CREATE TRIGGER ledger_leg_is_kept BEFORE DELETE ON ledger_leg
    FOR EACH ROW EXECUTE FUNCTION ledger_is_kept();
CREATE TRIGGER ledger_leg_is_not_emptied BEFORE TRUNCATE ON ledger_leg
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_kept();
CREATE TRIGGER ledger_account_begins_empty BEFORE INSERT ON ledger_account
    FOR EACH ROW EXECUTE FUNCTION ledger_account_begins_empty();
CREATE TRIGGER ledger_account_is_of_a_leg AFTER UPDATE ON ledger_account
    FOR EACH ROW EXECUTE FUNCTION ledger_balance_is_of_a_leg();
CREATE CONSTRAINT TRIGGER ledger_transfer_is_balanced AFTER INSERT ON ledger_transfer
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_is_balanced();
CREATE CONSTRAINT TRIGGER ledger_leg_is_balanced AFTER INSERT ON ledger_leg
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_is_balanced();
-- A leg is of its account's asset.
ALTER TABLE ledger_account ADD CONSTRAINT ledger_account_of_asset UNIQUE (id, asset);
ALTER TABLE ledger_leg ADD CONSTRAINT ledger_leg_of_asset FOREIGN KEY (account_id, asset) REFERENCES ledger_account (id, asset);

-- Add waiting credits to an account's chain, the oldest first, at most `most`; how many.
CREATE FUNCTION ledger_fold(folded bigint, most integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    account ledger_account%ROWTYPE;
    many integer;
BEGIN
    SELECT * INTO account FROM ledger_account WHERE id = folded FOR NO KEY UPDATE;
    UPDATE ledger_leg l SET number = account.number + w.place, balance = account.balance + w.total
    FROM (
        SELECT id, row_number() OVER (ORDER BY id) AS place, sum(units) OVER (ORDER BY id) AS total
        FROM (SELECT id, units FROM ledger_leg WHERE account_id = folded AND number IS NULL ORDER BY id LIMIT most) waiting
    ) w WHERE l.id = w.id;
    GET DIAGNOSTICS many = ROW_COUNT;
    IF many > 0 THEN
        UPDATE ledger_account a SET number = l.number, balance = l.balance
        FROM ledger_leg l WHERE a.id = folded AND l.account_id = folded AND l.number = account.number + many;
    END IF;
    RETURN many;
END $$;

-- Write a transfer, or say why not: 'posted', 'repeated' (the same key and body), 'other' (another body), 'short'.
-- Nothing is raised, so that whoever calls can go on in the same transaction.
CREATE FUNCTION ledger_post(
    made uuid, its_key text, its_body bytea, its_kind text, its_at timestamptz, its_actor uuid, its_memo text,
    its_original uuid, accounts bigint[], amounts numeric[], OUT transfer uuid, OUT outcome text
) LANGUAGE plpgsql AS $$
DECLARE
    payer record;
    has numeric;
    many integer;
    known bytea;
    short boolean := false;
BEGIN
    FOR payer IN
        SELECT a.id, w.units FROM unnest(accounts, amounts) AS w (account, units)
        JOIN ledger_account a ON a.id = w.account
        WHERE w.units < 0 AND a.kind <> 'external' ORDER BY a.id FOR NO KEY UPDATE OF a
    LOOP
        LOOP
            many := CASE WHEN EXISTS (SELECT FROM ledger_leg WHERE account_id = payer.id AND number IS NULL)
                THEN ledger_fold(payer.id, 1000) ELSE 0 END;
            SELECT balance INTO has FROM ledger_account WHERE id = payer.id;
            EXIT WHEN many < 1000 OR has + payer.units >= 0;
        END LOOP;
        short := short OR has + payer.units < 0;
    END LOOP;
    -- After the locks: the first of two with one key has committed by now, and may have spent what the second needs.
    SELECT id, body INTO transfer, known FROM ledger_transfer WHERE key = its_key;
    IF NOT FOUND AND short THEN
        outcome := 'short';
        RETURN;
    END IF;
    IF NOT FOUND THEN
        INSERT INTO ledger_transfer (id, key, body, kind, at, actor_id, memo, reverses_id)
        VALUES (made, its_key, its_body, its_kind, its_at, its_actor, its_memo, its_original)
        ON CONFLICT (key) DO NOTHING;
        IF FOUND THEN
            INSERT INTO ledger_leg (transfer_id, account_id, asset, units, at, number, balance)
            SELECT made, a.id, a.asset, w.units, its_at,
                CASE WHEN w.units < 0 AND a.kind <> 'external' THEN a.number + 1 END,
                CASE WHEN w.units < 0 AND a.kind <> 'external' THEN a.balance + w.units END
            FROM unnest(accounts, amounts) AS w (account, units) JOIN ledger_account a ON a.id = w.account ORDER BY a.id;
            UPDATE ledger_account a SET number = a.number + 1, balance = a.balance + w.units
            FROM unnest(accounts, amounts) AS w (account, units)
            WHERE a.id = w.account AND w.units < 0 AND a.kind <> 'external';
            transfer := made;
            outcome := 'posted';
            RETURN;
        END IF;
        SELECT id, body INTO transfer, known FROM ledger_transfer WHERE key = its_key;
    END IF;
    outcome := CASE WHEN known = its_body THEN 'repeated' ELSE 'other' END;
END $$;
"""
BACKWARD = """
DROP FUNCTION ledger_post, ledger_fold;
ALTER TABLE ledger_leg DROP CONSTRAINT ledger_leg_of_asset;
ALTER TABLE ledger_account DROP CONSTRAINT ledger_account_of_asset;
DROP TRIGGER ledger_transfer_is_kept ON ledger_transfer;
DROP TRIGGER ledger_transfer_is_not_emptied ON ledger_transfer;
DROP TRIGGER ledger_transfer_is_balanced ON ledger_transfer;
DROP TRIGGER ledger_leg_is_changed ON ledger_leg;
DROP TRIGGER ledger_leg_is_kept ON ledger_leg;
DROP TRIGGER ledger_leg_is_not_emptied ON ledger_leg;
DROP TRIGGER ledger_leg_is_balanced ON ledger_leg;
DROP TRIGGER ledger_account_begins_empty ON ledger_account;
DROP TRIGGER ledger_account_is_of_a_leg ON ledger_account;
DROP FUNCTION ledger_is_kept, ledger_leg_is_kept, ledger_balance_is_of_a_leg, ledger_account_begins_empty, ledger_is_balanced;
"""


class Migration(migrations.Migration):
    """Functions and triggers."""

    dependencies = [("ledger", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
