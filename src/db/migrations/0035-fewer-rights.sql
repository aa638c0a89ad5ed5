-- The running role takes away only what passes by itself: drafts, unused papers, sessions and counters of sign-in, the file
-- behind an import, lookups that follow a merge, deltas that are folded. Whatever else there is it may add to or change
-- where it is not append-only, but never take away; 0009 had granted deleting on all tables and named the exceptions.
revoke delete, truncate on all tables in schema public from zhijia_app;
grant delete on case_draft, hardship_claim, import_chunk, import_problem, paper, paper_chunk, paper_lookup, phone_lookup, rollup,
  rollup_delta, session, sign_in_code, sign_in_failure to zhijia_app;
-- What has been migrated, and with which keys the data is sealed, is not the running role's to say anew.
revoke insert, update on schema_migration from zhijia_app;
revoke update on key_mark from zhijia_app;
