-- A wish is granted once. The client names each wish by a UUID of its own and may
-- send it again after a broken connection: the second time it gets the first
-- answer. (The driver itself can send a statement twice, lib/pq issue 939, so
-- this is no luxury.)

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

CREATE TABLE studio.request (
  id       uuid PRIMARY KEY,
  actor    text NOT NULL,
  function text NOT NULL,
  digest   bytea NOT NULL,          -- SHA-256 of the arguments
  result   jsonb,                   -- NULL only inside the transaction that grants it
  at       timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 80);           -- each row is updated once, in its own page
GRANT SELECT ON studio.request TO auditor;

-- Whoever polls the last value learns that something changed. A sequence, because
-- a row or a NOTIFY would make every commit wait for the one before. It moves a
-- moment *before* the commit: a reader that sees it move reads now, and once more
-- at its next look.
CREATE SEQUENCE studio.change;
GRANT SELECT ON studio.change TO moderator, lead, marketer, auditor, administrator, worker;

-- request_begin returns the stored answer of a request that was granted before,
-- and NULL for a new one. A twin that is still under way is waited for.
CREATE FUNCTION studio.request_begin(p_request uuid, p_function text, p_args jsonb) RETURNS jsonb
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  fingerprint CONSTANT bytea := sha256(convert_to(p_args::text, 'UTF8'));
  earlier studio.request;
BEGIN
  IF p_request IS NULL THEN
    PERFORM studio.refuse('field_missing', 'field', 'request');
  END IF;
  INSERT INTO studio.request (id, actor, function, digest)
    VALUES (p_request, studio.me(), p_function, fingerprint)
    ON CONFLICT (id) DO NOTHING;
  IF FOUND THEN
    RETURN NULL;
  END IF;
  SELECT * INTO earlier FROM studio.request WHERE id = p_request;
  IF earlier.actor <> studio.me() OR earlier.function <> p_function OR earlier.digest <> fingerprint THEN
    PERFORM studio.refuse('request_reused');
  END IF;
  RETURN earlier.result;
END
$$;

-- request_end keeps the answer, which must not be NULL, and hands it back. It is
-- the last line of every function that writes.
CREATE FUNCTION studio.request_end(p_request uuid, p_result jsonb) RETURNS jsonb
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
BEGIN
  UPDATE studio.request SET result = p_result WHERE id = p_request;
  PERFORM nextval('studio.change');
  RETURN p_result;
END
$$;

RESET ROLE;
-- +goose StatementEnd
