-- A hint that something was committed, for desks that listen. They poll the change
-- counter all the same: a notification gets lost with its connection, and a pooler
-- may swallow it.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

-- When the last hint went out, in milliseconds of the epoch. A sequence, because no
-- transaction waits for another on one, and none takes back what it set.
CREATE SEQUENCE studio.hinted MINVALUE 0 START 0;

-- hint notifies whoever listens, and is called alone, after the commit it speaks of.
-- Never in a transaction that writes: notifications make their transactions commit one
-- at a time, which with one in every write leaves a fourteenth of the throughput. For
-- the same reason there is one in 400 ms for the whole database and no more. Two that
-- look at the same moment may both notify, which does no harm.
--
-- It answers how many milliseconds to wait before asking again, 0 when it notified.
-- Whoever waits and asks again can be sure that one went out after their commit. No
-- payload: nobody is told anything but to look, so it needs no right and no record.
CREATE FUNCTION studio.hint() RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  every CONSTANT bigint := 400;
  now_ms CONSTANT bigint := floor(extract(epoch FROM clock_timestamp()) * 1000);
  since CONSTANT bigint := now_ms - (SELECT last_value FROM studio.hinted);
BEGIN
  IF since BETWEEN 0 AND every - 1 THEN -- below 0 the clock was put back
    RETURN every - since;
  END IF;
  PERFORM setval('studio.hinted', now_ms);
  PERFORM pg_notify('cinnabar', '');
  RETURN 0;
END
$$;
GRANT EXECUTE ON FUNCTION studio.hint TO moderator, lead, marketer, administrator, worker;

RESET ROLE;
-- +goose StatementEnd

-- The other half: an old client of an administrator's is refused like everybody's.
-- Administrators go past begin_write, because whoever may become the owner needs no
-- row among the people. By hand, from psql, nobody says a level, and the first person of
-- a database is made so; a program of ours says one, and the old ones say an old one.
--
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

CREATE OR REPLACE FUNCTION studio.begin_people(p_action text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  need int;
BEGIN
  IF NOT pg_has_role(session_user, 'cinnabar_owner', 'MEMBER') THEN
    PERFORM studio.begin_write(p_action, 'administrator');
  END IF;
  SELECT write_from INTO need FROM studio.compat;
  IF coalesce(current_setting('cinnabar.client', true), '') <> '' AND studio.client_level() < need THEN
    PERFORM studio.refuse('schema_new', 'have', studio.client_level()::text, 'need', need::text);
  END IF;
  -- Two at once would touch the database's own row in pg_database, and one would fail.
  LOCK TABLE studio.person IN SHARE ROW EXCLUSIVE MODE;
  -- After the lock, because it may have been a colleague's disabling that held it.
  PERFORM FROM studio.person WHERE login = studio.me() AND NOT active;
  IF FOUND THEN
    PERFORM studio.refuse('not_known', 'login', studio.me());
  END IF;
END
$$;

RESET ROLE;
-- +goose StatementEnd
