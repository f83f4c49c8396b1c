"""What the database itself refuses: a week that goes back or skips a step, a word that is changed afterwards, one approver."""
# ruff: noqa: E501  # statements stand on one line

from django.db import migrations

_KEPT = ("policy", "approval", "flag", "correction")  # appended to, and nothing else

FORWARD = """
CREATE FUNCTION incentives_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % refused: it is kept as it was written', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

-- No policy for a week that has begun when it is written; the newest version is the next.
CREATE FUNCTION incentives_policy_is_ahead() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.starts <= (NEW.created_at AT TIME ZONE 'UTC')::date
        OR NEW.version <> 1 + coalesce((SELECT max(version) FROM incentives_policy), 0)
        OR NEW.created_at < (SELECT max(created_at) FROM incentives_policy) THEN
        RAISE EXCEPTION 'the policy % is not ahead of its week, or not the next version', NEW.version USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION incentives_settlement_begins_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'open' THEN
        RAISE EXCEPTION 'a settlement begins open' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

-- One step at a time, forward; what a step wrote stays; approved takes two, paid takes that nobody waits.
CREATE FUNCTION incentives_settlement_goes_on() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    steps text[] := ARRAY['open', 'closed', 'computed', 'approved', 'paid'];
    was integer := array_position(steps, OLD.state::text);
    becomes integer := array_position(steps, NEW.state::text);
BEGIN
    IF becomes IS NULL OR becomes <> was + 1
        OR (NEW.id, NEW.week, NEW.policy_id, NEW.salt, NEW.opened_at) IS DISTINCT FROM (OLD.id, OLD.week, OLD.policy_id, OLD.salt, OLD.opened_at)
        OR (was > 1 AND (NEW.closed_at, NEW.active_viewers, NEW.funded_units, NEW.rolled_in_units, NEW.folder, NEW.inputs_sha256)
            IS DISTINCT FROM (OLD.closed_at, OLD.active_viewers, OLD.funded_units, OLD.rolled_in_units, OLD.folder, OLD.inputs_sha256))
        OR (was > 2 AND (NEW.computed_at, NEW.statement_sha256, NEW.merkle_root, NEW.totals)
            IS DISTINCT FROM (OLD.computed_at, OLD.statement_sha256, OLD.merkle_root, OLD.totals))
        OR (was > 3 AND NEW.approved_at IS DISTINCT FROM OLD.approved_at) THEN
        RAISE EXCEPTION 'UPDATE of the settlement % refused: % to %', OLD.week, OLD.state, NEW.state USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state = 'closed' AND (NEW.inputs_sha256 !~ '^[0-9a-f]{64}$' OR NEW.active_viewers IS NULL OR NEW.funded_units IS NULL OR NEW.rolled_in_units IS NULL) THEN
        RAISE EXCEPTION 'the settlement % has no frozen inputs', OLD.week USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'computed' AND (NEW.statement_sha256 !~ '^[0-9a-f]{64}$'
        OR EXISTS (SELECT FROM incentives_award WHERE settlement_id = OLD.id AND amount_units IS NULL)) THEN
        RAISE EXCEPTION 'the settlement % is not computed', OLD.week USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'approved' AND (SELECT count(DISTINCT operator_id) FROM incentives_approval WHERE settlement_id = OLD.id) < 2 THEN
        RAISE EXCEPTION 'the settlement % is not approved by two', OLD.week USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'paid' AND EXISTS (SELECT FROM incentives_award WHERE settlement_id = OLD.id AND settled_at IS NULL) THEN
        RAISE EXCEPTION 'the settlement % is not paid', OLD.week USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

-- What belongs to a step is written while the week stands there.
CREATE FUNCTION incentives_is_of_its_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT state FROM incentives_settlement WHERE id = NEW.settlement_id) IS DISTINCT FROM TG_ARGV[0] THEN
        RAISE EXCEPTION 'INSERT into % refused: the settlement is not %', TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

-- An award is computed once, while its week is frozen, and settled once, while it is approved.
CREATE FUNCTION incentives_award_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    stands text := (SELECT state FROM incentives_settlement WHERE id = OLD.settlement_id);
    computed boolean := (NEW.points_nano, NEW.amount_units, NEW.paid_units, NEW.accrued_units)
        IS DISTINCT FROM (OLD.points_nano, OLD.amount_units, OLD.paid_units, OLD.accrued_units);
    settled boolean := (NEW.settled_at, NEW.credit_id, NEW.payout_id, NEW.is_withheld)
        IS DISTINCT FROM (OLD.settled_at, OLD.credit_id, OLD.payout_id, OLD.is_withheld);
BEGIN
    IF (NEW.id, NEW.settlement_id, NEW.creator_id, NEW.pseudonym, NEW.before_units) IS DISTINCT FROM (OLD.id, OLD.settlement_id, OLD.creator_id, OLD.pseudonym, OLD.before_units)
        OR (computed AND (stands <> 'closed' OR OLD.amount_units IS NOT NULL))
        OR (settled AND (stands <> 'approved' OR OLD.settled_at IS NOT NULL)) THEN
        RAISE EXCEPTION 'UPDATE of the award % refused: its week is %', OLD.id, stands USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER policy_is_ahead BEFORE INSERT ON incentives_policy FOR EACH ROW EXECUTE FUNCTION incentives_policy_is_ahead();
CREATE TRIGGER settlement_begins_open BEFORE INSERT ON incentives_settlement FOR EACH ROW EXECUTE FUNCTION incentives_settlement_begins_open();
CREATE TRIGGER settlement_goes_on BEFORE UPDATE ON incentives_settlement FOR EACH ROW EXECUTE FUNCTION incentives_settlement_goes_on();
CREATE TRIGGER approval_is_of_its_step BEFORE INSERT ON incentives_approval FOR EACH ROW EXECUTE FUNCTION incentives_is_of_its_step('computed');
CREATE TRIGGER award_is_of_its_step BEFORE INSERT ON incentives_award FOR EACH ROW EXECUTE FUNCTION incentives_is_of_its_step('open');
CREATE TRIGGER award_is_changed BEFORE UPDATE ON incentives_award FOR EACH ROW EXECUTE FUNCTION incentives_award_is_kept();
"""
for _table in ("settlement", "award"):
    FORWARD += f"CREATE TRIGGER {_table}_is_kept BEFORE DELETE ON incentives_{_table} FOR EACH ROW EXECUTE FUNCTION incentives_is_kept();\n"
for _table in _KEPT:
    FORWARD += f"CREATE TRIGGER {_table}_is_kept BEFORE UPDATE OR DELETE ON incentives_{_table} FOR EACH ROW EXECUTE FUNCTION incentives_is_kept();\n"
for _table in ("settlement", "award", *_KEPT):
    FORWARD += f"CREATE TRIGGER {_table}_is_not_emptied BEFORE TRUNCATE ON incentives_{_table} FOR EACH STATEMENT EXECUTE FUNCTION incentives_is_kept();\n"

BACKWARD = """
DROP TRIGGER policy_is_ahead ON incentives_policy;
DROP TRIGGER settlement_begins_open ON incentives_settlement;
DROP TRIGGER settlement_goes_on ON incentives_settlement;
DROP TRIGGER approval_is_of_its_step ON incentives_approval;
DROP TRIGGER award_is_of_its_step ON incentives_award;
DROP TRIGGER award_is_changed ON incentives_award;
"""
for _table in ("settlement", "award", *_KEPT):
    BACKWARD += f"DROP TRIGGER {_table}_is_kept ON incentives_{_table};\nDROP TRIGGER {_table}_is_not_emptied ON incentives_{_table};\n"
BACKWARD += """
DROP FUNCTION incentives_is_kept, incentives_policy_is_ahead, incentives_settlement_begins_open, incentives_settlement_goes_on,
    incentives_is_of_its_step, incentives_award_is_kept;
"""


class Migration(migrations.Migration):
    """Functions and triggers."""

    dependencies = [("incentives", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
