-- What scanners work off: which post waits for which model, who has it, and the
-- scores.
--
-- A post waits in a queue of its own for every model that is awake, so that taking
-- work never searches a million scored posts for the few that aren't.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

CREATE TABLE studio.scan_model (
  id        smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  version   text NOT NULL UNIQUE CHECK (length(version) BETWEEN 1 AND 200),
  awake     bool NOT NULL DEFAULT true,       -- imports queue their posts for it
  seen_at   timestamptz NOT NULL DEFAULT clock_timestamp(), -- last asked for work, to the hour
  -- The posts that were there before the model are queued piece by piece, by id:
  -- up to here so far; NULL when all are.
  filled_to text COLLATE "C" DEFAULT ''
);

CREATE TABLE studio.scan_wait (
  model smallint NOT NULL,
  seq   bigint GENERATED ALWAYS AS IDENTITY (CACHE 100), -- roughly in the order they came
  post  text COLLATE "C" NOT NULL,
  PRIMARY KEY (model, seq)
) WITH (autovacuum_vacuum_scale_factor = 0.02); -- every row here is deleted soon

CREATE TABLE studio.scan_lease (
  model    smallint NOT NULL,
  post     text COLLATE "C" NOT NULL,
  revision int NOT NULL,           -- of the post when it was handed out
  until    timestamptz NOT NULL,
  taken_by text NOT NULL,
  PRIMARY KEY (model, post)
) WITH (autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX scan_lease_ending ON studio.scan_lease (model, until);
-- A changed post is taken out of everybody's hands.
CREATE INDEX scan_lease_by_post ON studio.scan_lease (post);

-- The newest score of a post by a model. It speaks of the revision it names: where
-- the post has gone on, the score is void until the next scan.
CREATE TABLE studio.post_score (
  post       text COLLATE "C" NOT NULL,
  model      smallint NOT NULL REFERENCES studio.scan_model,
  revision   int NOT NULL,
  commercial double precision NOT NULL CHECK (commercial BETWEEN 0 AND 1),
  disclosure text NOT NULL CHECK (disclosure IN ('none', 'ambiguous', 'buried', 'adequate')),
  flag       bool NOT NULL,
  at         timestamptz NOT NULL,
  PRIMARY KEY (post, model)
);

-- A marketer sees no score: it would be a guide to getting past it.
GRANT SELECT ON studio.scan_model, studio.scan_wait, studio.scan_lease, studio.post_score
  TO moderator, lead, auditor, administrator, worker;

RESET ROLE;
-- +goose StatementEnd
