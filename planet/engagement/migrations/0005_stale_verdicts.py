"""The database notes whose verdicts may have changed, whoever changed what they depend on; and at first, everybody's.

A row of engagement_stale is a week of a viewer's. It has no key but a number: two transactions never wait for each other
over one, and the worker takes each week once (planet.engagement.tallies). Accounts and blocks lie below the record of
attention and cannot tell it: that is why these are triggers.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION engagement_stale_deed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO engagement_stale (viewer_id, week) VALUES (NEW.viewer_id, date_trunc('week', NEW.at, 'UTC'));
    END IF;
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND OLD.at <> NEW.at) THEN
        INSERT INTO engagement_stale (viewer_id, week) VALUES (OLD.viewer_id, date_trunc('week', OLD.at, 'UTC'));
    END IF;
    IF TG_OP = 'DELETE' THEN
        UPDATE engagement_tally SET many = many - 1
         WHERE subject_id IN (OLD.creator_id, OLD.content_id) AND hour = date_trunc('hour', OLD.counted_at, 'UTC')
           AND kind = OLD.kind AND verdict = OLD.verdict;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER stale_when_done AFTER INSERT ON engagement_interaction
    FOR EACH ROW WHEN (NEW.dwell_ms IS NOT NULL) EXECUTE FUNCTION engagement_stale_deed();
CREATE TRIGGER stale_when_changed AFTER UPDATE OF at, removed_at, dwell_ms, is_served ON engagement_interaction
    FOR EACH ROW WHEN ((OLD.at, OLD.removed_at, OLD.dwell_ms, OLD.is_served)
                       IS DISTINCT FROM (NEW.at, NEW.removed_at, NEW.dwell_ms, NEW.is_served))
    EXECUTE FUNCTION engagement_stale_deed();
CREATE TRIGGER stale_when_deleted AFTER DELETE ON engagement_interaction
    FOR EACH ROW EXECUTE FUNCTION engagement_stale_deed();

CREATE FUNCTION engagement_stale_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO engagement_stale (viewer_id, week)
    SELECT DISTINCT viewer_id, date_trunc('week', at, 'UTC') FROM engagement_interaction WHERE viewer_id = NEW.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER stale_when_verified AFTER UPDATE OF is_active, kyc_state ON accounts_user
    FOR EACH ROW WHEN ((OLD.is_active AND OLD.kyc_state = 'approved') <> (NEW.is_active AND NEW.kyc_state = 'approved'))
    EXECUTE FUNCTION engagement_stale_account();

CREATE FUNCTION engagement_stale_block() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    block record;
BEGIN
    IF TG_OP = 'DELETE' THEN block := OLD; ELSE block := NEW; END IF;
    INSERT INTO engagement_stale (viewer_id, week)
    SELECT DISTINCT viewer_id, date_trunc('week', at, 'UTC') FROM engagement_interaction
     WHERE (viewer_id = block.owner_id AND creator_id = block.target_id)
        OR (viewer_id = block.target_id AND creator_id = block.owner_id);
    RETURN NULL;
END
$$;
CREATE TRIGGER stale_when_blocked AFTER INSERT OR DELETE ON accounts_block
    FOR EACH ROW EXECUTE FUNCTION engagement_stale_block();

CREATE FUNCTION engagement_stale_exclusion() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    gone uuid;
BEGIN
    IF TG_OP = 'DELETE' THEN gone := OLD.content_id; ELSE gone := NEW.content_id; END IF;
    INSERT INTO engagement_stale (viewer_id, week)
    SELECT viewer_id, date_trunc('week', at, 'UTC') FROM engagement_interaction WHERE content_id = gone
     UNION
    SELECT viewer_id, date_trunc('week', at, 'UTC') FROM engagement_interaction
     WHERE ref = gone AND ref <> content_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER stale_when_removed AFTER INSERT OR DELETE ON engagement_exclusion
    FOR EACH ROW EXECUTE FUNCTION engagement_stale_exclusion();

INSERT INTO engagement_stale (viewer_id, week)
SELECT DISTINCT viewer_id, date_trunc('week', at, 'UTC') FROM engagement_interaction;
"""
BACK = """
DROP TRIGGER stale_when_removed ON engagement_exclusion;
DROP TRIGGER stale_when_blocked ON accounts_block;
DROP TRIGGER stale_when_verified ON accounts_user;
DROP TRIGGER stale_when_deleted ON engagement_interaction;
DROP TRIGGER stale_when_changed ON engagement_interaction;
DROP TRIGGER stale_when_done ON engagement_interaction;
DROP FUNCTION engagement_stale_exclusion();
DROP FUNCTION engagement_stale_block();
DROP FUNCTION engagement_stale_account();
DROP FUNCTION engagement_stale_deed();
"""


class Migration(migrations.Migration):
    dependencies = [("engagement", "0004_tally_indexes"), ("accounts", "0007_credentials_changed")]

    operations = [migrations.RunSQL(FORWARD, BACK)]
