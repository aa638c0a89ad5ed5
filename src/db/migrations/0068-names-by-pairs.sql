-- The characters of a name two by two: what is looked for by two characters, as most Chinese words are, is found without
-- reading every name, which pieces of three characters do not help with. Capitals and small letters alike.
create function zhijia_pairs(name text) returns text[] language sql immutable parallel safe strict as $$
  select array(select substr(small, n, 2) from lower(name) small, generate_series(1, length(small) - 1) n)
$$;
create index unit_name_pairs on unit using gin ((zhijia_pairs(name || ' ' || coalesce(short_name, '')) collate "C"));
