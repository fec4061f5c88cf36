-- The figures of the first screen.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

-- Counts only, so that everybody may have them: of other people's decisions no more
-- than how many there were in an hour. The day is the platform's.
--
-- looked counts decisions of today by this person that a colleague judged as well,
-- before or after; stood those of them that the colleague agreed with. A case that
-- still waits for its second opinion counts in neither.
CREATE FUNCTION studio.today_figures() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
  WITH clock AS (
    SELECT zone, now() AS now, date_trunc('day', now() AT TIME ZONE zone) AT TIME ZONE zone AS midnight,
           CAST(now() AT TIME ZONE zone AS date) AS day
      FROM (SELECT value AS zone FROM studio.setting WHERE name = 'time_zone') AS s
  ), today AS (
    SELECT d.* FROM studio.decision d, clock WHERE d.at >= clock.midnight AND d.undone_at IS NULL
  ), mine AS (
    SELECT d.id, (
      SELECT o.verdict = d.verdict FROM studio.decision o
       WHERE o.case_id = d.case_id AND o.person <> d.person AND o.undone_at IS NULL AND o.verdict NOT IN ('ask', 'escalate')
         AND o.effective_at <= clock_timestamp()
       ORDER BY o.id DESC LIMIT 1) AS agreed
      FROM today d
      JOIN studio.cases c ON c.id = d.case_id
     WHERE d.person = studio.me()
  )
  SELECT jsonb_build_object(
    'now', clock.now,
    'role', (SELECT role FROM studio.person WHERE login = studio.me()),
    'hour', CAST(extract(hour FROM clock.now AT TIME ZONE clock.zone) AS int),
    'hours', (SELECT jsonb_agg(n ORDER BY h) FROM (
        SELECT h, count(t.id) AS n FROM generate_series(0, 23) AS h
          LEFT JOIN today t ON extract(hour FROM t.at AT TIME ZONE clock.zone) = h GROUP BY h) AS x),
    'mine', (SELECT count(*) FROM mine),
    'looked', (SELECT count(*) FROM mine WHERE agreed IS NOT NULL),
    'stood', (SELECT count(*) FROM mine WHERE agreed),
    'expiring', (
      SELECT count(*) FROM studio.application a
       CROSS JOIN LATERAL (
         SELECT d.valid_until AS until FROM studio.document d WHERE d.application = a.id
         UNION ALL
         -- The licence's own end, where no paper says it.
         SELECT a.entity_expires WHERE NOT EXISTS (
           SELECT FROM studio.document d WHERE d.application = a.id AND d.kind = 'licence' AND d.valid_until IS NOT NULL)) AS paper
       WHERE a.state = 'approved' AND a.state_from <= clock.now AND a.papers_until <= clock.day + 30
         AND paper.until BETWEEN clock.day AND clock.day + 30))
  FROM clock
$$;
GRANT EXECUTE ON FUNCTION studio.today_figures TO moderator, lead, marketer, auditor, administrator, worker;

RESET ROLE;
-- +goose StatementEnd
