-- Whoever looks for a person's claims asks the districts where that person has lived, and no others; a round whose places
-- are all in one district names it.
alter table person add column former_districts text[] not null default '{}';
alter table round add column only_district text collate "C";
do $$
declare
  one record;
begin
  for one in select o.id, array_agg(o.district order by o.district) as districts from person o where o.merged_into = o.id group by o.id loop
    update person set former_districts = one.districts where id = one.id and merged_into is distinct from id;
  end loop;
  for one in select s.round_id, min(s.district) as district from round_share s group by s.round_id having count(*) = 1 loop
    update round set only_district = one.district where id = one.round_id;
  end loop;
end $$;
alter table round add constraint round_only_district_check check ((districts = 1) = (only_district is not null));
