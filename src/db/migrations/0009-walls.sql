-- The second wall: row-level security on the running role, and append-only tables it may not rewrite.
-- Store functions filter by scope in their own SQL; these policies hold even when one forgets.
do $$ begin
  if not exists (select 1 from pg_roles where rolname = 'zhijia_app') then create role zhijia_app nologin; end if;
end $$;
grant usage on schema public to zhijia_app;
grant select, insert, update, delete on all tables in schema public to zhijia_app;
grant usage, select on all sequences in schema public to zhijia_app;
grant execute on all functions in schema public to zhijia_app;
revoke update, delete, truncate on case_action, day_root, transfer, voucher, membership_event, unit_event, look, batch_action, bank_result from zhijia_app;
revoke delete on policy_value, case_file, membership, person, unit, batch, fund, account_book, notice, objection from zhijia_app;

do $$ declare t text; begin
  foreach t in array array['person','household','membership','membership_event','hardship_file','aid_grant','notice','fund','account_book','voucher','transfer','book','subsidy','batch','batch_item','bank_result'] loop
    execute format('alter table %I enable row level security', t);
  end loop;
end $$;
create policy person_wall on person using ((select zhijia_all()) or (path || '.') ^@ any ((select zhijia_roots())::text[]) or id = (select zhijia_me()));
create policy household_wall on household using ((select zhijia_all()) or (path || '.') ^@ any ((select zhijia_roots())::text[]) or head_id = (select zhijia_me()));
create policy membership_wall on membership using ((select zhijia_all()) or (path || '.') ^@ any ((select zhijia_roots())::text[]) or person_id = (select zhijia_me()));
create policy membership_event_wall on membership_event using ((select zhijia_all()) or (path || '.') ^@ any ((select zhijia_roots())::text[]) or person_id = (select zhijia_me()));
create policy hardship_file_wall on hardship_file using ((select zhijia_all()) or (path || '.') ^@ any ((select zhijia_roots())::text[]) or head_id = (select zhijia_me()));
create policy aid_grant_wall on aid_grant using ((select zhijia_all()) or (path || '.') ^@ any ((select zhijia_roots())::text[]) or beneficiary_id = (select zhijia_me()));
create policy notice_wall on notice using (true); -- notices exist to be read; the masked columns are chosen by the store
create policy fund_wall on fund using ((select zhijia_all()) or (path || '.') ^@ any ((select zhijia_roots())::text[]));
create policy account_book_wall on account_book using ((select zhijia_all()) or (path || '.') ^@ any ((select zhijia_roots())::text[]));
create policy voucher_wall on voucher using ((select zhijia_all()) or (path || '.') ^@ any ((select zhijia_roots())::text[]));
create policy transfer_wall on transfer using ((select zhijia_all()) or (path || '.') ^@ any ((select zhijia_roots())::text[]));
create policy batch_wall on batch using ((select zhijia_all()) or (path || '.') ^@ any ((select zhijia_roots())::text[]));
create policy book_wall on book using ((select zhijia_all()) or (path || '.') ^@ any ((select zhijia_roots())::text[]));
create policy subsidy_wall on subsidy using ((select zhijia_all()) or (path || '.') ^@ any ((select zhijia_roots())::text[]));
create policy batch_item_wall on batch_item using ((select zhijia_all()) or (path || '.') ^@ any ((select zhijia_roots())::text[]));
create policy bank_result_wall on bank_result using ((select zhijia_all()) or (path || '.') ^@ any ((select zhijia_roots())::text[]));
alter table case_file enable row level security;
create policy case_wall on case_file using ((select zhijia_all()) or (path || '.') ^@ any ((select zhijia_roots())::text[])
  or (turn_path || '.') ^@ any ((select zhijia_roots())::text[]) or applicant_id = (select zhijia_me()));
alter table message enable row level security;
create policy message_wall on message using ((select zhijia_all()) or person_id = (select zhijia_me())) with check (true); -- anyone's work may tell anyone
alter table look enable row level security;
create policy look_wall on look using ((select zhijia_all()) or person_id = (select zhijia_me())) with check (true);
