"""What the database itself refuses: a cluster that counts otherwise for a time that is over."""
# ruff: noqa: E501  # statements stand on one line

from django.db import migrations

FORWARD = """
-- A week that is frozen late, or looked at again, finds the clusters that were in force at its close.
CREATE FUNCTION incentives_cluster_goes_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.ended_at IS NOT NULL
        OR (NEW.id, NEW.proposed_at) IS DISTINCT FROM (OLD.id, OLD.proposed_at)
        OR (OLD.in_force_at IS NOT NULL AND NEW.in_force_at IS DISTINCT FROM OLD.in_force_at)
        OR NEW.expires_at < OLD.expires_at
        OR NEW.ended_at < OLD.in_force_at THEN
        RAISE EXCEPTION 'UPDATE of the cluster % refused: what was stays', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
-- Nobody joins a cluster that counts, or that is over.
CREATE FUNCTION incentives_member_joins_early() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT state FROM incentives_cluster WHERE id = NEW.cluster_id) IS DISTINCT FROM 'proposed' THEN
        RAISE EXCEPTION 'INSERT into incentives_member refused: the cluster is not proposed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION incentives_member_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.cluster_id, NEW.person_id) IS DISTINCT FROM (OLD.id, OLD.cluster_id, OLD.person_id) THEN
        RAISE EXCEPTION 'UPDATE of the member % refused', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER cluster_goes_on BEFORE UPDATE ON incentives_cluster FOR EACH ROW EXECUTE FUNCTION incentives_cluster_goes_on();
CREATE TRIGGER cluster_is_kept BEFORE DELETE ON incentives_cluster FOR EACH ROW EXECUTE FUNCTION incentives_is_kept();
CREATE TRIGGER member_joins_early BEFORE INSERT ON incentives_member FOR EACH ROW EXECUTE FUNCTION incentives_member_joins_early();
CREATE TRIGGER member_stays BEFORE UPDATE ON incentives_member FOR EACH ROW EXECUTE FUNCTION incentives_member_stays();
"""

BACKWARD = """
DROP TRIGGER cluster_goes_on ON incentives_cluster;
DROP TRIGGER cluster_is_kept ON incentives_cluster;
DROP TRIGGER member_joins_early ON incentives_member;
DROP TRIGGER member_stays ON incentives_member;
DROP FUNCTION incentives_cluster_goes_on, incentives_member_joins_early, incentives_member_stays;
"""


class Migration(migrations.Migration):
    """Functions and triggers."""

    dependencies = [("incentives", "0005_links")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
