-- What hangs on the boards of a member's own union and of those above it is the member's to read while it hangs: the
-- running program names the boards, as it names an officer's places.
create function zhijia_boards() returns text[] language sql stable parallel safe as
  $$ select coalesce(nullif(current_setting('zhijia.boards', true), ''), '{}')::text[] $$;
create policy notice_board on notice for select using (state in ('up', 'blocked') and path = any ((select zhijia_boards())::text[]));
create index notice_on_board on notice (path, starts_on, id) where state in ('up', 'blocked');
