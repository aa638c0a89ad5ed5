-- What a household has used of its year's living aid stands beside its file, so that a rule is read over a population from
-- one index: `used_fen` of `used_year`; nothing is used of a later year. The ledger's `cap_use` says how much, in the same
-- transaction.
alter table hardship_file add column used_year int not null default 0;
alter table hardship_file add column used_fen bigint not null default 0;
update hardship_file h set used_year = c.year, used_fen = c.used_fen from cap_use c
  where c.district = h.district and c.rule = 'living/household' and c.beneficiary = h.household_id::text
    and not exists (select 1 from cap_use n where n.district = c.district and n.rule = c.rule and n.beneficiary = c.beneficiary and n.year > c.year);
create index hardship_file_household on hardship_file (district, household_id);
-- Households on file in the order of the tree, with the facts that rules read (and what the wall reads): counted from the
-- index alone, listed from any row on.
drop index hardship_file_order;
create index hardship_file_facts on hardship_file (path, id)
  include (state, category, valid_to, used_year, used_fen, head_id);
