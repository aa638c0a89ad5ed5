-- The second wall: row-level security on the running role, and append-only tables it may not rewrite.
-- Store functions filter by scope in their own SQL; these policies hold even when one forgets.
do $$ begin
  if not exists (select 1 from pg_roles where rolname = 'zhijia_app') then create role zhijia_app nologin; end if;
end $$;
grant usage on schema public to zhijia_app;
grant select, insert, update, delete on all tables in schema public to zhijia_app;
grant usage, select on all sequences in schema public to zhijia_app;
grant execute on all functions in schema public to zhijia_app;
revoke update, delete, truncate on case_action, day_root, root_entry, transfer, voucher, membership_event, unit_event, look, batch_action, bank_result from zhijia_app;
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

-- What hangs on a person, a case, a household or a batch is seen by whoever sees that.
do $$ declare t text; begin
  foreach t in array array['household_member','case_action','case_draft','objection','paper','paper_chunk','batch_action','membership_transfer','roster_import','import_problem','import_chunk','register_entry','merge_log','consent','delivery','account','session','root_entry'] loop
    execute format('alter table %I enable row level security', t);
  end loop;
end $$;
create policy case_action_wall on case_action using ((select zhijia_all())
  or exists (select 1 from case_file c where c.district = case_action.district and c.id = case_action.case_id));
create policy household_member_wall on household_member using ((select zhijia_all()) or person_id = (select zhijia_me())
  or exists (select 1 from household h where h.district = household_member.district and h.id = household_member.household_id));
create policy paper_wall on paper using ((select zhijia_all()) or (path || '.') ^@ any ((select zhijia_roots())::text[]) or owner_id = (select zhijia_me()) or by_person = (select zhijia_me()));
create policy paper_chunk_wall on paper_chunk using ((select zhijia_all())
  or exists (select 1 from paper p where p.district = paper_chunk.district and p.id = paper_chunk.paper_id));
create policy objection_wall on objection using ((select zhijia_all()) or (path || '.') ^@ any ((select zhijia_roots())::text[]));
-- A notice in force is anybody's to read (the store chooses the masked columns); before and after, its union's and its person's.
create policy notice_wall on notice using ((select zhijia_all()) or (scope = 'public' and state in ('up', 'blocked')) or (path || '.') ^@ any ((select zhijia_roots())::text[])
  or exists (select 1 from case_file c where c.district = notice.district and c.id = notice.case_id));
create policy batch_action_wall on batch_action using ((select zhijia_all())
  or exists (select 1 from batch b where b.district = batch_action.district and b.id = batch_action.batch_id));
create policy membership_transfer_wall on membership_transfer using ((select zhijia_all()) or (from_path || '.') ^@ any ((select zhijia_roots())::text[]) or (to_path || '.') ^@ any ((select zhijia_roots())::text[])
  or person_id = (select zhijia_me()));
create policy roster_import_wall on roster_import using ((select zhijia_all()) or (path || '.') ^@ any ((select zhijia_roots())::text[]));
create policy import_problem_wall on import_problem using ((select zhijia_all())
  or exists (select 1 from roster_import i where i.id = import_problem.import_id));
create policy import_chunk_wall on import_chunk using ((select zhijia_all())
  or exists (select 1 from roster_import i where i.id = import_chunk.import_id));
create policy merge_log_wall on merge_log using ((select zhijia_all())
  or exists (select 1 from person p where p.district = merge_log.district and p.id in (merge_log.kept_id, merge_log.merged_id)));
create policy register_entry_wall on register_entry using ((select zhijia_all())); -- asked only by the program, by hash
create policy root_entry_wall on root_entry using ((select zhijia_all())); -- written and read by the program alone
create policy delivery_wall on delivery using ((select zhijia_all()) or person_id = (select zhijia_me())) with check (true);
-- One's own and nobody else's.
create policy case_draft_wall on case_draft using ((select zhijia_all()) or person_id = (select zhijia_me()));
create policy consent_wall on consent using ((select zhijia_all()) or person_id = (select zhijia_me()));
create policy account_wall on account using ((select zhijia_all()) or person_id = (select zhijia_me()));
create policy session_wall on session using ((select zhijia_all()) or person_id = (select zhijia_me()));
