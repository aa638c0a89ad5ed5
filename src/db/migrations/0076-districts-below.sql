-- Which districts the unions below one lie in is asked one district after the other, without reading the unions.
create index unit_district_path on unit (district, path);
drop index unit_district;
