-- Pictures, by what they are: the SHA-256 of their bytes. The same bytes are kept
-- once, whoever hands them in and however often.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

CREATE TABLE studio.picture (
  id       text COLLATE "C" PRIMARY KEY CHECK (id ~ '^[0-9a-f]{64}$'),
  media    text NOT NULL CHECK (length(media) BETWEEN 1 AND 100), -- as the client read the header: a hint, never trusted
  width    int  NOT NULL CHECK (width >= 0),                      -- upright pixels; 0 where the header can't be read
  height   int  NOT NULL CHECK (height >= 0),
  size     int  NOT NULL,                                         -- bytes
  bytes    bytea NOT NULL,
  first_by text NOT NULL,
  first_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- 20 MB: above every platform's own limit, below what makes one row a burden.
  CHECK (size = octet_length(bytes) AND size BETWEEN 1 AND 20 << 20)
);
-- What people hand in is compressed already.
ALTER TABLE studio.picture ALTER COLUMN bytes SET STORAGE EXTERNAL;

ALTER TABLE studio.picture ENABLE ROW LEVEL SECURITY;
CREATE POLICY picture_staff ON studio.picture FOR SELECT TO moderator, lead, auditor, administrator, worker USING (true);
GRANT SELECT ON studio.picture TO moderator, lead, auditor, administrator, worker, marketer;

RESET ROLE;
-- +goose StatementEnd
