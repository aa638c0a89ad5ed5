-- What lies below large unions, from their roll-ups: unions by level and state ('tree'), counted members ('member.sex', as
-- one number). The tree itself stands open to every reader, so these totals do too; the function reads them past the wall
-- of the roll-ups, and nothing else. Exact at every moment: what is not folded yet is added.
create function zhijia_below(units uuid[], of_tally text) returns table (unit_id uuid, key text, n bigint)
  language sql stable security definer set search_path = public, pg_temp as $$
  select s.unit_id, k.key, sum(s.n)::bigint from (
    select r.unit_id, r.key, r.n from rollup r
      join unit u on u.id = r.unit_id and u.district = r.district
      where u.id = any(units) and r.tally = of_tally
    union all
    select u.id, d.key, d.n from rollup_delta d
      join unit b on b.id = d.unit_id join unit u on b.path >= u.path and b.path < (u.path || '/') collate "C"
      where u.id = any(units) and d.tally = of_tally
  ) s (unit_id, raw, n) cross join lateral (select case of_tally when 'tree' then s.raw else '' end as key) k
  where of_tally in ('tree', 'member.sex') group by 1, 2
$$;

-- The tally 'tree' is new: an installation that has unions folds its roll-ups anew at its next start.
update rollup_state set built = not exists (select 1 from unit);
