-- Posts in: a batch of some thousand rows a call, each column an array. Repeats are told by a digest in the narrow key
-- table, so a file that came before is read against that table alone.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

-- posts_months makes the partitions that some posts will need, in a transaction of
-- its own before the import: making one holds up others who need a new month until
-- the end of the transaction, which for a large file is a while.
CREATE FUNCTION studio.posts_months(p_posted_at timestamptz[]) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.begin_write('import_posts', VARIADIC studio.import_roles('posts'));
  t CONSTANT timestamptz := clock_timestamp();
BEGIN
  RETURN studio.post_months_ready(ARRAY(SELECT DISTINCT studio.post_month(p, t) FROM unnest(p_posted_at) AS p));
END
$$;
GRANT EXECUTE ON FUNCTION studio.posts_months TO worker, moderator, lead, administrator;

-- posts_import takes one batch (NULL is short for what has no items) and returns the positions, from 1, of the rows that
-- stood. Its callers know nothing of an author's figures being older or newer than
-- ours; authors_import is for those of rows that did not stand.
--
-- work_mem: a batch should not go through a file. enable_seqscan: whatever the
-- statistics say of a table that just grew tenfold, these lookups go by index.
CREATE FUNCTION studio.posts_import(p_request uuid,
  p_id text[], p_lang text[], p_title text[], p_body text[], p_posted_at timestamptz[], p_declared bool[],
  p_links jsonb[], p_pictures jsonb[], p_picture_count int[], p_video_count int[], p_likes bigint[], p_saves bigint[],
  p_shares bigint[], p_comments bigint[], p_comment_texts jsonb[], p_author_id text[], p_author jsonb[],
  p_brand text[], p_label bool[], p_extra jsonb[])
RETURNS int[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp
SET work_mem = '64MB' SET enable_seqscan = off AS $$
DECLARE
  login CONSTANT text := studio.import_part(p_request, 'posts');
  t CONSTANT timestamptz := clock_timestamp();
  rows CONSTANT int := cardinality(p_id);
  digests bytea[];
  came text[];
  changed text[] := '{}';
  fresh int;
  twice text;
BEGIN
  PERFORM studio.post_months_ready(ARRAY(SELECT DISTINCT studio.post_month(p, t) FROM unnest(p_posted_at) AS p));

  -- The lengths keep two fields from being cut differently and read the same.
  digests := ARRAY(
    SELECT sha256(convert_to(concat_ws(e'\x1f',
        octet_length(lang), octet_length(title), octet_length(body), octet_length(author_id), octet_length(brand),
        lang, title, body, coalesce(extract(epoch FROM posted_at), 0), declared, coalesce(links, '[]'), coalesce(pictures, '[]'),
        picture_count, video_count, likes, saves, shares, comments, coalesce(comment_texts, '[]'), author_id,
        coalesce(author, 'null'), brand, coalesce(label::text, ''), coalesce(extra, '{}')), 'UTF8'))
      FROM unnest(p_id, p_lang, p_title, p_body, p_posted_at, p_declared, p_links, p_pictures, p_picture_count, p_video_count,
          p_likes, p_saves, p_shares, p_comments, p_comment_texts, p_author_id, p_author, p_brand, p_label, p_extra)
        AS b(id, lang, title, body, posted_at, declared, links, pictures, picture_count, video_count, likes, saves, shares,
          comments, comment_texts, author_id, author, brand, label, extra));
  -- A key that is there is neither locked nor written by this: a file that comes again
  -- only reads.
  WITH put AS (
    INSERT INTO studio.post_key (id, month, digest, changed_at)
      SELECT id, studio.post_month(posted_at, t), digest, t FROM unnest(p_id, p_posted_at, digests) AS b(id, posted_at, digest) ORDER BY id
      ON CONFLICT (id) DO NOTHING RETURNING id
  )
  SELECT coalesce(array_agg(id), '{}') INTO came FROM put;
  fresh := cardinality(came);

  IF fresh < rows THEN
    SELECT id INTO twice FROM unnest(p_id) AS id GROUP BY id HAVING count(*) > 1 LIMIT 1;
    IF FOUND THEN
      PERFORM studio.refuse('field_twice', 'field', 'id', 'value', twice);
    END IF;
    changed := ARRAY(
      SELECT k.id FROM unnest(p_id, digests) AS b(id, digest) JOIN studio.post_key k ON k.id = b.id
       WHERE k.digest <> b.digest ORDER BY k.id FOR NO KEY UPDATE OF k);
    IF cardinality(changed) > 0 THEN
      UPDATE studio.post_key k SET digest = b.digest, revision = k.revision + 1
        FROM unnest(p_id, digests) AS b(id, digest) WHERE k.id = b.id AND k.id = ANY (changed);
    END IF;
  END IF;

  IF fresh > 0 THEN
    INSERT INTO studio.post (month, first_at, entered_by,
        id, lang, title, body, posted_at, declared, links, pictures, picture_count, video_count, likes, saves, shares,
        comments, comment_texts, author_id, author, brand, label, extra)
      SELECT studio.post_month(posted_at, t), t, login,
          id, lang, title, body, posted_at, declared, coalesce(links, '[]'), coalesce(pictures, '[]'), picture_count, video_count,
          likes, saves, shares, comments, coalesce(comment_texts, '[]'), author_id, CASE WHEN author_id = '' THEN author END,
          brand, label, coalesce(extra, '{}')
        FROM unnest(p_id, p_lang, p_title, p_body, p_posted_at, p_declared, p_links, p_pictures, p_picture_count, p_video_count,
          p_likes, p_saves, p_shares, p_comments, p_comment_texts, p_author_id, p_author, p_brand, p_label, p_extra)
        AS b(id, lang, title, body, posted_at, declared, links, pictures, picture_count, video_count, likes, saves,
          shares, comments, comment_texts, author_id, author, brand, label, extra)
       WHERE fresh = rows OR id IN (SELECT unnest(came));
  END IF;
  IF cardinality(changed) > 0 THEN
    PERFORM studio.posts_change(p_request, login, changed,
      p_id, p_lang, p_title, p_body, p_posted_at, p_declared, p_links, p_pictures, p_picture_count, p_video_count,
      p_likes, p_saves, p_shares, p_comments, p_comment_texts, p_author_id, p_author, p_brand, p_label, p_extra);
  END IF;
  PERFORM studio.scan_enqueue(came, changed);
  PERFORM studio.import_count(p_request, fresh, cardinality(changed), rows - fresh - cardinality(changed));
  RETURN CASE WHEN fresh = rows THEN '{}' ELSE ARRAY(
    SELECT CAST(n AS int) FROM unnest(p_id) WITH ORDINALITY AS x(id, n)
     WHERE id NOT IN (SELECT unnest(came) UNION ALL SELECT unnest(changed))) END;
END
$$;
GRANT EXECUTE ON FUNCTION studio.posts_import TO worker, moderator, lead, administrator;

-- posts_change writes the new contents of posts that were there. Where a reader
-- would see the difference (the words, the pictures, the label; not a like more),
-- what was decided on the old words holds no longer, and whoever has the case open
-- learns of it by its version.
CREATE FUNCTION studio.posts_change(p_request uuid, p_login text, p_changed text[],
  p_id text[], p_lang text[], p_title text[], p_body text[], p_posted_at timestamptz[], p_declared bool[],
  p_links jsonb[], p_pictures jsonb[], p_picture_count int[], p_video_count int[], p_likes bigint[], p_saves bigint[],
  p_shares bigint[], p_comments bigint[], p_comment_texts jsonb[], p_author_id text[], p_author jsonb[],
  p_brand text[], p_label bool[], p_extra jsonb[])
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  one date;
  seen text[];
  each text;
BEGIN
  -- Cases before their subjects, as a decision locks them.
  PERFORM FROM studio.queue q JOIN studio.cases c ON c.id = q.case_id
    WHERE c.kind = 'post' AND c.target = ANY (p_changed) AND c.stage <> 'closed' ORDER BY c.target FOR UPDATE OF q;

  FOR one IN SELECT DISTINCT month FROM studio.post_key WHERE id = ANY (p_changed) ORDER BY 1 LOOP
    SELECT array_agg(p.id ORDER BY p.id) INTO seen
      FROM studio.post p
      JOIN unnest(p_id, p_lang, p_title, p_body, p_posted_at, p_declared, p_links, p_pictures, p_picture_count, p_video_count,
        p_likes, p_saves, p_shares, p_comments, p_comment_texts, p_author_id, p_author, p_brand, p_label, p_extra)
      AS b(id, lang, title, body, posted_at, declared, links, pictures, picture_count, video_count, likes, saves, shares,
        comments, comment_texts, author_id, author, brand, label, extra) ON b.id = p.id
     WHERE p.month = one AND p.id = ANY (p_changed)
       AND (p.lang, p.title, p.body, p.declared, p.links, p.pictures, p.brand)
         IS DISTINCT FROM (b.lang, b.title, b.body, b.declared, coalesce(b.links, '[]'), coalesce(b.pictures, '[]'), b.brand);
    UPDATE studio.post p SET entered_by = p_login,
        lang = b.lang, title = b.title, body = b.body, posted_at = b.posted_at, declared = b.declared,
        links = coalesce(b.links, '[]'), pictures = coalesce(b.pictures, '[]'), picture_count = b.picture_count, video_count = b.video_count,
        likes = b.likes, saves = b.saves, shares = b.shares, comments = b.comments, comment_texts = coalesce(b.comment_texts, '[]'),
        author_id = b.author_id, author = CASE WHEN b.author_id = '' THEN b.author END, brand = b.brand,
        label = b.label, extra = coalesce(b.extra, '{}'),
        outcome        = CASE WHEN p.id = ANY (seen) THEN 'open' ELSE p.outcome END,
        outcome_before = CASE WHEN p.id = ANY (seen) THEN 'open' ELSE p.outcome_before END,
        outcome_from   = CASE WHEN p.id = ANY (seen) THEN '-infinity' ELSE p.outcome_from END
      FROM unnest(p_id, p_lang, p_title, p_body, p_posted_at, p_declared, p_links, p_pictures, p_picture_count, p_video_count,
        p_likes, p_saves, p_shares, p_comments, p_comment_texts, p_author_id, p_author, p_brand, p_label, p_extra)
      AS b(id, lang, title, body, posted_at, declared, links, pictures, picture_count, video_count, likes, saves, shares,
        comments, comment_texts, author_id, author, brand, label, extra)
      WHERE p.month = one AND p.id = b.id AND p.id = ANY (p_changed);
    UPDATE studio.post_key SET changed_at = clock_timestamp() WHERE id = ANY (seen);
    FOREACH each IN ARRAY coalesce(seen, '{}') LOOP
      PERFORM studio.post_case_changed(p_request, one, each);
    END LOOP;
  END LOOP;
END
$$;

-- An open case of a post whose words changed: what it shows changes with them. The
-- evidence goes, because it points into the old words; the next scan brings its own.
CREATE FUNCTION studio.post_case_changed(p_request uuid, p_month date, p_id text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  c studio.cases;
BEGIN
  UPDATE studio.cases k SET version = k.version + 1, title = studio.post_title(p), picture = studio.post_picture(p), brand = p.brand, lang = p.lang
    FROM studio.post p
   WHERE k.kind = 'post' AND k.target = p_id AND k.stage <> 'closed' AND p.month = p_month AND p.id = p_id
   RETURNING k.* INTO c;
  IF FOUND THEN
    PERFORM studio.evidence_put(c.id, '[]');
    PERFORM studio.audit_write('case.changed', 'case', c.id::text, p_request, jsonb_build_object('version', c.version));
  END IF;
END
$$;

-- What a queue shows of a post: its title, or its first words.
CREATE FUNCTION studio.post_title(p studio.post) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE WHEN btrim(p.title) <> '' THEN left(btrim(p.title), 120)
              ELSE btrim(regexp_replace(left(p.body, 80), '\s+', ' ', 'g')) END
$$;

CREATE FUNCTION studio.post_picture(p studio.post) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce((SELECT x ->> 'id' FROM jsonb_array_elements(p.pictures) WITH ORDINALITY AS o(x, n)
    WHERE x ->> 'id' <> '' ORDER BY n LIMIT 1), '')
$$;

-- authors_import takes the authors' figures, after the posts. The client sends them
-- in the order of ids over the whole file: authors are shared by many files, and two
-- imports that touched them in any order would wait for each other in a ring.
CREATE FUNCTION studio.authors_import(p_request uuid, p_id text[], p_handle text[], p_followers bigint[], p_following bigint[],
  p_posts bigint[], p_posts_per_day double precision[], p_joined_at timestamptz[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.import_part(p_request, 'posts');
BEGIN
  INSERT INTO studio.author AS a (id, handle, followers, following, posts, posts_per_day, joined_at, seen_at)
    SELECT DISTINCT ON (id COLLATE "C") id, handle, followers, following, posts, posts_per_day, joined_at, clock_timestamp()
      FROM unnest(p_id, p_handle, p_followers, p_following, p_posts, p_posts_per_day, p_joined_at)
        AS b(id, handle, followers, following, posts, posts_per_day, joined_at)
     ORDER BY id COLLATE "C"
    ON CONFLICT (id) DO UPDATE SET handle = excluded.handle, followers = excluded.followers, following = excluded.following,
        posts = excluded.posts, posts_per_day = excluded.posts_per_day,
        joined_at = coalesce(excluded.joined_at, a.joined_at), seen_at = excluded.seen_at
      WHERE (a.handle, a.followers, a.following, a.posts, a.posts_per_day, a.joined_at)
        IS DISTINCT FROM (excluded.handle, excluded.followers, excluded.following, excluded.posts, excluded.posts_per_day,
                          coalesce(excluded.joined_at, a.joined_at));
END
$$;
GRANT EXECUTE ON FUNCTION studio.authors_import TO worker, moderator, lead, administrator;

RESET ROLE;
-- +goose StatementEnd
