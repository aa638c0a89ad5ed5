-- Messages to people, the mail and SMS they become, and papers (attachments and issued documents).
create table message (
  district text collate "C" not null, id uuid not null, person_id uuid not null,
  template text collate "C" not null, params jsonb not null default '{}', link text, case_id uuid,
  at timestamptz not null, read_at timestamptz,
  primary key (district, id)
);
create index message_person on message (district, person_id, at desc);
create index message_unread on message (district, person_id) where read_at is null;
create table delivery (
  district text collate "C" not null, id uuid not null, message_id uuid not null, person_id uuid not null,
  channel text not null check (channel in ('mail','sms')),
  state text not null check (state in ('queued','sent','failed','held')), tries int not null default 0, error text,
  held_until timestamptz, at timestamptz not null,
  primary key (district, id)
);
create index delivery_message on delivery (district, message_id);
create index delivery_trouble on delivery (state, at) where state = 'failed';
create table message_preference (person_id uuid primary key, district text collate "C" not null, channels text[] not null default '{app,mail}', mail_sealed bytea, quiet_from time not null default '22:00', quiet_until time not null default '07:00');

create table paper (
  district text collate "C" not null, id uuid not null, path text collate "C" not null,
  owner_id uuid,                                     -- person it is about
  case_id uuid, kind text not null, file_name_sealed bytea not null, media_type text not null, bytes int not null check (bytes between 1 and 20971520),
  content_hash bytea not null, chunks int not null, sensitivity text not null default 'normal',
  by_person uuid, at timestamptz not null, deleted_at timestamptz,
  primary key (district, id)
);
create index paper_case on paper (district, case_id);
create index paper_loose on paper (at) where case_id is null and deleted_at is null;
create index paper_hash on paper (district, content_hash);
create table paper_chunk (
  district text collate "C" not null, paper_id uuid not null, number int not null, sealed bytea not null,
  primary key (district, paper_id, number),
  foreign key (district, paper_id) references paper (district, id)
);
create table paper_lookup (paper_id uuid primary key, district text collate "C" not null);
-- Codes a stranger can check: letters, cards, notices, roots.
create table verify_code (code text collate "C" primary key, kind text not null, district text collate "C" not null, subject_id uuid not null, issued_on date not null, valid_until date, revoked_on date, facts jsonb not null default '{}');
create index verify_code_subject on verify_code (subject_id);
