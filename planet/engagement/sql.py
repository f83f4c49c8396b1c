"""The statements that say what counts (FORMULAS, §2), and what the creator's centre shows.

`verdicts` gives every interaction of a time its `reason`: null when it is effective, else the first of the reasons
below that applies. Caps and repeats are counted within ISO weeks, so `since` has to be a Monday 00:00 UTC where they
matter. The centre reads the same verdicts added up by hours (TALLIES); .tallies keeps them.
"""

from typing import Final

# --- what counts --------------------------------------------------------------------------------------------------

VERDICTS: Final = """
judged AS (
    SELECT i.id, i.kind, i.viewer_id, i.creator_id, i.content_id, i.at,
           (i.at AT TIME ZONE 'UTC')::date AS day, date_trunc('week', i.at, 'UTC') AS week,
           CASE
           WHEN i.viewer_id = i.creator_id THEN 'own'
           WHEN NOT EXISTS (SELECT FROM accounts_user u
                             WHERE u.id = i.viewer_id AND u.is_active AND u.kyc_state = 'approved') THEN 'unverified'
           WHEN EXISTS (SELECT FROM accounts_block b WHERE b.owner_id = i.viewer_id AND b.target_id = i.creator_id)
             OR EXISTS (SELECT FROM accounts_block b WHERE b.owner_id = i.creator_id AND b.target_id = i.viewer_id)
                THEN 'blocked'
           WHEN EXISTS (SELECT FROM engagement_exclusion x WHERE x.content_id IN (i.content_id, i.ref)) THEN 'removed'
           WHEN i.dwell_ms IS NULL THEN 'pending'
           WHEN NOT i.is_served THEN 'unserved'
           WHEN i.dwell_ms < 3000 THEN 'brief'
           WHEN i.kind = 'comment' AND i.characters < 15 THEN 'short'
           WHEN i.kind = 'comment' AND EXISTS (
                SELECT FROM engagement_interaction r
                 WHERE r.viewer_id = i.viewer_id AND r.digest = i.digest AND r.kind = 'comment'
                   AND r.removed_at IS NULL AND r.at >= date_trunc('week', i.at, 'UTC')
                   AND (r.at, r.id) < (i.at, i.id)) THEN 'repeat'
           END AS reason
      FROM engagement_interaction i {joined}
     WHERE i.removed_at IS NULL AND i.at >= %(since)s::timestamptz AND i.at < %(until)s::timestamptz {narrow}
), ranked AS (
    SELECT *, row_number() OVER (PARTITION BY viewer_id, content_id, kind, day, reason ORDER BY at, id) AS of_day
      FROM judged
), verdicts AS (
    -- Comments: the first of each day, at most three a week. Everything else: once a week.
    SELECT id, kind, viewer_id, creator_id, content_id, at, coalesce(reason, CASE
           WHEN kind = 'comment' AND of_day > 1 THEN 'cap'
           WHEN row_number() OVER (PARTITION BY viewer_id, content_id, kind, week, reason, of_day > 1
                                   ORDER BY at, id) > CASE kind WHEN 'comment' THEN 3 ELSE 1 END THEN 'cap'
           WHEN kind <> 'comment' AND of_day > 1 THEN 'cap'
           END) AS reason
      FROM ranked
)
"""

# The frozen input of a week's settlement (units.csv), already effective and capped.
UNITS: Final = f"""
WITH {VERDICTS.format(joined="", narrow="")}, done AS (
    SELECT viewer_id, content_id, any_value(creator_id) AS creator_id,
           count(*) FILTER (WHERE kind = 'like') > 0 AS liked,
           count(*) FILTER (WHERE kind = 'bookmark') > 0 AS bookmarked,
           least(3, count(*) FILTER (WHERE kind = 'comment')) AS comments,
           count(*) FILTER (WHERE kind = 'share') > 0 AS shared,
           count(*) FILTER (WHERE kind = 'component') > 0 AS component
      FROM verdicts WHERE reason IS NULL GROUP BY viewer_id, content_id
), seen AS (
    SELECT d.viewer_id, d.content_id, any_value(d.creator_id) AS creator_id, sum(d.dwell_ms) AS dwell_ms
      FROM engagement_day d
     WHERE d.day >= (%(since)s::timestamptz AT TIME ZONE 'UTC')::date
       AND d.day < (%(until)s::timestamptz AT TIME ZONE 'UTC')::date
       AND NOT d.is_guest AND d.viewer_id <> d.creator_id
     GROUP BY d.viewer_id, d.content_id HAVING sum(d.dwell_ms) >= 3000
), counted AS (
    SELECT s.* FROM seen s JOIN accounts_user u ON u.id = s.viewer_id AND u.is_active AND u.kyc_state = 'approved'
     WHERE NOT EXISTS (SELECT FROM accounts_block b WHERE b.owner_id = s.viewer_id AND b.target_id = s.creator_id)
       AND NOT EXISTS (SELECT FROM accounts_block b WHERE b.owner_id = s.creator_id AND b.target_id = s.viewer_id)
       AND NOT EXISTS (SELECT FROM engagement_exclusion x WHERE x.content_id = s.content_id)
)
SELECT viewer_id, coalesce(c.creator_id, e.creator_id), content_id,
       least(180, coalesce(c.dwell_ms, 0) / 1000)::int, coalesce(liked, false)::int, coalesce(bookmarked, false)::int,
       coalesce(comments, 0)::int, coalesce(shared, false)::int, coalesce(component, false)::int
  FROM counted c FULL JOIN done e USING (viewer_id, content_id)
 ORDER BY viewer_id, 2, content_id
"""  # noqa: S608  # constants of this module

# All content that can stand in the week's units.
CONTENTS: Final = """
SELECT content_id FROM engagement_day
 WHERE NOT is_guest AND day >= (%(since)s::timestamptz AT TIME ZONE 'UTC')::date
   AND day < (%(until)s::timestamptz AT TIME ZONE 'UTC')::date
UNION
SELECT content_id FROM engagement_interaction WHERE at >= %(since)s::timestamptz AND at < %(until)s::timestamptz
"""

# How many people effectively did what with each of these contents, by how far they are trusted; each person once for
# each kind.
ENGAGERS: Final = f"""
WITH {VERDICTS.format(joined="", narrow="AND i.content_id = ANY(%(contents)s::uuid[])")}
SELECT v.content_id, v.kind, u.trust_level, count(DISTINCT v.viewer_id)::int
  FROM verdicts v JOIN accounts_user u ON u.id = v.viewer_id
 WHERE v.reason IS NULL GROUP BY v.content_id, v.kind, u.trust_level
"""  # noqa: S608  # constants of this module
PENDING: Final = """
SELECT DISTINCT content_id FROM engagement_interaction
 WHERE dwell_ms IS NULL AND removed_at IS NULL AND at >= %(since)s AND content_id = ANY(%(contents)s::uuid[])
"""

# Some of the viewers' weeks in which a verdict may have changed: judged anew, and the difference to what was tallied
# of each interaction is added to its hours. What nobody knows of yet (dwell_ms is null) stays out of the tallies.
_STALE: Final = "JOIN weeks w ON w.viewer_id = i.viewer_id AND i.at >= w.week AND i.at < w.ends"
TALLY: Final = f"""
WITH taken AS (
    DELETE FROM engagement_stale WHERE id IN (SELECT id FROM engagement_stale ORDER BY id LIMIT %(most)s)
    RETURNING viewer_id, week
), weeks AS MATERIALIZED (
    SELECT DISTINCT viewer_id, week, week + interval '7 days' AS ends FROM taken
), {VERDICTS.format(joined=_STALE, narrow="")}
, due AS (
    SELECT i.id, i.counted_at AS was_at, i.verdict AS was,
           CASE WHEN i.dwell_ms IS NOT NULL THEN v.at END AS counted_at,
           CASE WHEN i.dwell_ms IS NOT NULL AND v.id IS NOT NULL THEN coalesce(v.reason, '') END AS verdict
      FROM engagement_interaction i {_STALE}
      LEFT JOIN verdicts v ON v.id = i.id
), changed AS (
    UPDATE engagement_interaction i SET counted_at = d.counted_at, verdict = d.verdict
      FROM due d WHERE i.id = d.id AND (d.was_at, d.was) IS DISTINCT FROM (d.counted_at, d.verdict)
    RETURNING i.creator_id, i.content_id, i.kind, d.was_at, d.was, d.counted_at, d.verdict
)
INSERT INTO engagement_tally AS t (subject_id, hour, kind, verdict, many)
SELECT subject_id, date_trunc('hour', at, 'UTC') AS hour, kind, side.verdict, sum(one)
  FROM changed c CROSS JOIN LATERAL (VALUES (was_at, was, -1), (c.counted_at, c.verdict, 1)) AS side (at, verdict, one)
  CROSS JOIN LATERAL (VALUES (creator_id), (content_id)) AS of (subject_id)
 WHERE at IS NOT NULL GROUP BY 1, 2, 3, 4 HAVING sum(one) <> 0 ORDER BY 1, 2, 3, 4
ON CONFLICT (subject_id, hour, kind, verdict) DO UPDATE SET many = t.many + excluded.many
"""  # noqa: S608  # constants of this module

# --- what the centre shows ----------------------------------------------------------------------------------------

_HOURS: Final = """
  FROM {of} WHERE {subject}::uuid AND hour >= %(before)s::timestamptz AND hour < %(until)s::timestamptz
"""
_SUMS: Final = f"""
SELECT hour >= %(since)s::timestamptz, sum(impressions)::bigint, sum(dwell_ms)::bigint, sum(feed)::bigint,
       sum(profile)::bigint, sum(topic)::bigint, sum(search)::bigint, sum(direct)::bigint, sum(other)::bigint
{_HOURS} GROUP BY 1
"""  # constants of this module
_SERIES: Final = f"SELECT hour, impressions::bigint, dwell_ms {_HOURS} ORDER BY hour"
_CREATOR: Final = {"of": "engagement_creatorhour", "subject": "creator_id = %(creator)s"}
_CONTENT: Final = {"of": "engagement_hour", "subject": "content_id = %(content)s"}
SUMS, SUMS_OF_CONTENT = _SUMS.format(**_CREATOR), _SUMS.format(**_CONTENT)
SERIES, SERIES_OF_CONTENT = _SERIES.format(**_CREATOR), _SERIES.format(**_CONTENT)

# A viewer is a reader of content that was in view for three seconds on a day. Of the first and the last day of a time
# only the hours inside it count. Everybody is counted once, and hardly anybody is looked at: of the whole days between,
# those whose day of reading before lies outside are the first ones in, and those are sums (Return). To them come the
# readers of the first day who did not come back before the last, and those of the last who were in neither.
_BEFORE, _SINCE, _UNTIL = "%(before)s::timestamptz", "%(since)s::timestamptz", "%(until)s::timestamptz"
_FIRST, _LAST = (f"(SELECT ({{{end}}} AT TIME ZONE 'UTC')::date)" for end in (0, 1))
_FROM, _TO = (f"(SELECT extract(hour FROM {{{end}}} AT TIME ZONE 'UTC')::int)" for end in (0, 1))  # noqa: S608
_READERS: Final = f"""(SELECT
    (SELECT coalesce(sum(many), 0) FROM engagement_return
      WHERE subject_id = {{2}} AND day > {_FIRST} AND day < {_LAST} AND prev <= {_FIRST})
  + (SELECT count(*) FROM engagement_reader
      WHERE subject_id = {{2}} AND day = {_FIRST} AND hours >> {_FROM} > 0 AND next >= {_LAST})
  + (SELECT count(*) FROM engagement_reader r
      WHERE subject_id = {{2}} AND day = {_LAST} AND hours & (1 << {_TO}) - 1 > 0
        AND (prev < {_FIRST} OR prev = {_FIRST} AND NOT EXISTS (
            SELECT FROM engagement_reader f WHERE f.subject_id = {{2}} AND f.viewer_id = r.viewer_id
               AND f.day = {_FIRST} AND f.hours >> {_FROM} > 0))))::int"""  # noqa: S608  # constants of this module
READERS: Final = f"""
SELECT {_READERS.format(_SINCE, _UNTIL, "%(subject)s::uuid")}, {_READERS.format(_BEFORE, _SINCE, "%(subject)s::uuid")}
"""  # constants of this module
# Some readers' days whose neighbours are not known: all days of those readers are linked, and the difference is added.
LINK: Final = """
WITH unlinked AS (
    SELECT DISTINCT subject_id, viewer_id FROM (
        SELECT subject_id, viewer_id FROM engagement_reader WHERE prev IS NULL LIMIT %(most)s) AS waiting
), linked AS (
    SELECT subject_id, viewer_id, day, prev AS was, next AS was_next,
           coalesce(lag(day) OVER days, '-infinity') AS prev, coalesce(lead(day) OVER days, 'infinity') AS next
      FROM unlinked JOIN engagement_reader USING (subject_id, viewer_id)
    WINDOW days AS (PARTITION BY subject_id, viewer_id ORDER BY day)
), changed AS (
    UPDATE engagement_reader r SET prev = l.prev, next = l.next FROM linked l
     WHERE r.subject_id = l.subject_id AND r.viewer_id = l.viewer_id AND r.day = l.day
       AND (l.was, l.was_next) IS DISTINCT FROM (l.prev, l.next)
    RETURNING r.subject_id, r.day, l.was, l.prev
)
INSERT INTO engagement_return AS t (subject_id, day, prev, many)
SELECT subject_id, day, side.prev, sum(one) FROM changed c CROSS JOIN LATERAL (VALUES (was, -1), (c.prev, 1))
    AS side (prev, one) WHERE side.prev IS NOT NULL
 GROUP BY 1, 2, 3 HAVING sum(one) <> 0 ORDER BY 1, 2, 3
ON CONFLICT (subject_id, day, prev) DO UPDATE SET many = t.many + excluded.many
"""
# The tallies, and beside them what they do not have as it is now: new deeds, which are pending, and what was taken
# back since. So a sum is exact at every moment, however late the worker is.
_UNTALLIED: Final = """
    SELECT i.content_id, i.kind, side.verdict, side.at, side.many
      FROM engagement_interaction i
      CROSS JOIN LATERAL (VALUES
           (i.counted_at, i.verdict::text, -1),
           (CASE WHEN i.removed_at IS NULL THEN i.at END,
            CASE WHEN i.viewer_id = i.creator_id THEN 'own' ELSE 'pending' END, 1)) AS side (at, verdict, many)
     WHERE i.creator_id = %(creator)s::uuid
       AND i.counted_at IS DISTINCT FROM CASE WHEN i.removed_at IS NULL THEN i.at END
"""
# By kind and verdict, in the window and before it: of a creator, or of one content of theirs.
TALLIES: Final = f"""
WITH counted AS (
    SELECT kind, verdict, hour AS at, many FROM engagement_tally
     WHERE subject_id = coalesce(%(content)s::uuid, %(creator)s::uuid) AND hour >= {_BEFORE} AND hour < {_UNTIL}
     UNION ALL
    SELECT kind, verdict, at, many FROM ({_UNTALLIED}) AS untallied
     WHERE (%(content)s::uuid IS NULL OR content_id = %(content)s::uuid) AND at >= {_BEFORE} AND at < {_UNTIL}
)
SELECT kind, verdict, coalesce(sum(many) FILTER (WHERE at >= {_SINCE}), 0)::int,
       coalesce(sum(many) FILTER (WHERE at < {_SINCE}), 0)::int
  FROM counted GROUP BY kind, verdict
"""  # noqa: S608  # constants of this module
FOLLOWERS: Final = """
SELECT coalesce(sum(gained) FILTER (WHERE hour >= %(since)s::timestamptz), 0)::int,
       coalesce(sum(lost) FILTER (WHERE hour >= %(since)s::timestamptz), 0)::int,
       coalesce(sum(gained) FILTER (WHERE hour < %(since)s::timestamptz), 0)::int,
       coalesce(sum(lost) FILTER (WHERE hour < %(since)s::timestamptz), 0)::int
  FROM engagement_followerhour
 WHERE creator_id = %(creator)s::uuid AND hour >= %(before)s::timestamptz AND hour < %(until)s::timestamptz
"""

# A page of content: each wanted id with its sums, in the order in which they were asked for.
OF_CONTENTS: Final = f"""
WITH untallied AS MATERIALIZED (
    SELECT content_id, kind, many FROM ({_UNTALLIED}) AS of_creator
     WHERE verdict <> 'own' AND at >= {_SINCE} AND at < {_UNTIL}
)
SELECT wanted.id,
       coalesce(h.impressions, 0)::bigint, coalesce(h.dwell_ms, 0)::bigint,
       {_READERS.format(_SINCE, _UNTIL, "wanted.id")},
       coalesce(i.likes, 0)::int, coalesce(i.bookmarks, 0)::int, coalesce(i.comments, 0)::int,
       coalesce(i.shares, 0)::int, coalesce(i.components, 0)::int
  FROM unnest(%(ids)s::uuid[]) WITH ORDINALITY AS wanted (id, place)
  LEFT JOIN LATERAL (
       SELECT sum(impressions) AS impressions, sum(dwell_ms) AS dwell_ms FROM engagement_hour
        WHERE content_id = wanted.id AND hour >= {_SINCE} AND hour < {_UNTIL}) h ON true
  LEFT JOIN LATERAL (
       SELECT sum(many) FILTER (WHERE kind = 'like') AS likes, sum(many) FILTER (WHERE kind = 'bookmark') AS bookmarks,
              sum(many) FILTER (WHERE kind = 'comment') AS comments, sum(many) FILTER (WHERE kind = 'share') AS shares,
              sum(many) FILTER (WHERE kind = 'component') AS components
         FROM (SELECT kind, many FROM engagement_tally
                WHERE subject_id = wanted.id AND hour >= {_SINCE} AND hour < {_UNTIL} AND verdict <> 'own'
                UNION ALL
               SELECT kind, many FROM untallied WHERE content_id = wanted.id) counted) i ON true
 ORDER BY wanted.place
"""  # noqa: S608  # constants of this module
