-- What lies below large unions, as 0042 has it: in PL/pgSQL, whose parameters a distributed database can plan with.
create or replace function zhijia_below(units uuid[], of_tally text) returns table (unit_id uuid, key text, n bigint)
  language plpgsql stable security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
begin
  if of_tally not in ('tree', 'member.sex') then return; end if;
  return query select s.unit_id, case of_tally when 'tree' then s.raw else '' end, sum(s.n)::bigint from (
    select r.unit_id, r.key as raw, r.n from rollup r
      join unit u on u.id = r.unit_id and u.district = r.district
      where u.id = any(units) and r.tally = of_tally
    union all
    select u.id, d.key, d.n from rollup_delta d
      join unit b on b.id = d.unit_id join unit u on b.path >= u.path and b.path < (u.path || '/') collate "C"
      where u.id = any(units) and d.tally = of_tally
  ) s group by 1, 2;
end $$;
