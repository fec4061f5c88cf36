-- Posts, a partition a month, and their authors.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

-- What keeps the platform's id unique across all months, and says where a post
-- lies: a key over a partitioned table could not do it without the month. It is
-- narrow on purpose: telling a repeat from a change reads this table alone.
CREATE TABLE studio.post_key (
  id         text COLLATE "C" PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 200),
  month      date NOT NULL,            -- never changes, whatever posted_at a later file says
  revision   int NOT NULL DEFAULT 1,   -- counts contents
  digest     bytea NOT NULL,           -- SHA-256 of all that was handed in
  changed_at timestamptz NOT NULL      -- when the words a reader sees came: not at a like more
) WITH (fillfactor = 90);
GRANT SELECT ON studio.post_key TO moderator, lead, auditor, administrator, worker;

CREATE TABLE studio.post (
  month         date NOT NULL,
  id            text COLLATE "C" NOT NULL,
  lang          text NOT NULL,
  title         text NOT NULL,
  body          text NOT NULL,
  posted_at     timestamptz,           -- NULL when the platform did not say
  first_at      timestamptz NOT NULL,  -- first import
  entered_by    text NOT NULL,         -- the login that imported this revision
  declared      bool NOT NULL,
  links         jsonb NOT NULL,        -- ["https://…"]
  pictures      jsonb NOT NULL,        -- [{name, id}]
  picture_count int NOT NULL,
  video_count   int NOT NULL,
  likes         bigint NOT NULL,
  saves         bigint NOT NULL,
  shares        bigint NOT NULL,
  comments      bigint NOT NULL,
  comment_texts jsonb NOT NULL,        -- [{author, text, pinned}]
  author_id     text COLLATE "C" NOT NULL CHECK (length(author_id) <= 200), -- '' where the file had none
  author        jsonb,                 -- the author's figures, only where there is no id to keep them under
  brand         text NOT NULL,
  label         bool,                  -- the truth, in labelled sets; never a feature
  extra         jsonb NOT NULL,
  -- As in application: the outcome before holds until outcome_from.
  outcome        text NOT NULL DEFAULT 'open' CHECK (outcome IN ('open', 'label_required', 'cleared')),
  outcome_before text NOT NULL DEFAULT 'open' CHECK (outcome_before IN ('open', 'label_required', 'cleared')),
  outcome_from   timestamptz NOT NULL DEFAULT '-infinity',
  -- When a decision "needs a label" took effect that stands. It outlives the outcome:
  -- an author who mends the text has still forgotten the label once.
  breached_at    timestamptz,
  PRIMARY KEY (month, id)
) PARTITION BY RANGE (month);
CREATE INDEX post_by_author ON studio.post (author_id, posted_at) WHERE author_id <> '';
GRANT SELECT ON studio.post TO moderator, lead, auditor, administrator, worker;

-- The latest figures of an author. Posts don't repeat them.
CREATE TABLE studio.author (
  id            text COLLATE "C" PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 200),
  handle        text NOT NULL,
  followers     bigint NOT NULL,
  following     bigint NOT NULL,
  posts         bigint NOT NULL,
  posts_per_day double precision NOT NULL,
  joined_at     timestamptz,
  seen_at       timestamptz NOT NULL
) WITH (fillfactor = 90);
GRANT SELECT ON studio.author TO moderator, lead, auditor, administrator, worker;

-- The month a post lies in: that of its publication, or of its first import where
-- the platform didn't say, or said something that can't be: a file full of odd
-- years must not make a thousand partitions.
-- (Bound to its parts when it is made, so it needs no search_path, and so the planner
-- can put it in line: an import calls it for every row.)
CREATE FUNCTION studio.post_month(p_posted timestamptz, p_now timestamptz) RETURNS date
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CAST(date_trunc('month', CASE
  WHEN p_posted >= timestamptz '2010-01-01 00:00+00' AND p_posted < p_now + interval '2 days' THEN p_posted
  ELSE p_now END AT TIME ZONE 'UTC') AS date);

-- Makes the partitions of some months that are missing. One transaction at a time
-- does so, and takes that turn before it touches any month: two that each made one
-- month and then wanted the other's would wait for each other for ever.
CREATE FUNCTION studio.post_months_ready(p_months date[]) RETURNS int
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  missing date[];
  made int := 0;
  first date;
BEGIN
  SELECT array_agg(DISTINCT m ORDER BY m) INTO missing FROM unnest(p_months) AS m
   WHERE to_regclass('studio.post' || to_char(m, '"_"YYYY"_"MM')) IS NULL;
  IF missing IS NULL THEN RETURN 0; END IF;
  LOCK TABLE studio.post IN SHARE UPDATE EXCLUSIVE MODE; -- readers and writers go on
  FOREACH first IN ARRAY missing LOOP
    IF studio.month_ready('post', first::timestamp AT TIME ZONE 'UTC') THEN
      made := made + 1;
    END IF;
  END LOOP;
  RETURN made;
END
$$;
SELECT studio.post_months_ready(ARRAY(SELECT studio.post_month(now(), now()) - n * interval '1 month' FROM generate_series(-1, 12) AS n)::date[]);

CREATE FUNCTION studio.post_outcome(p studio.post, p_at timestamptz) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN p_at < p.outcome_from THEN p.outcome_before ELSE p.outcome END;
GRANT EXECUTE ON FUNCTION studio.post_outcome TO moderator, lead, auditor, administrator, worker;

-- post_decided leaves a post in an outcome from a moment on; as application_decided.
CREATE FUNCTION studio.post_decided(p_id text, p_outcome text, p_from timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  lies_in date;
BEGIN
  SELECT month INTO lies_in FROM studio.post_key WHERE id = p_id;
  UPDATE studio.post p SET
      outcome_before = studio.post_outcome(p, clock_timestamp()),
      outcome = p_outcome, outcome_from = p_from,
      breached_at = CASE WHEN p_outcome = 'label_required' THEN p_from
                         -- An undo, or another verdict on the same words, takes it back.
                         WHEN p.outcome = 'label_required' THEN NULL
                         ELSE breached_at END
    WHERE p.month = lies_in AND p.id = p_id;
  IF NOT FOUND THEN
    PERFORM studio.refuse('not_found', 'what', 'post', 'id', p_id);
  END IF;
END
$$;

RESET ROLE;
-- +goose StatementEnd
