-- A mark of the keyring the installation's records are sealed under, so that a process with another keyring is refused
-- before it writes what nobody could find or open again. It tells nothing about the keys.
create table key_mark (
  id boolean primary key default true check (id),
  suite text not null check (suite in ('international', 'national')),
  mark bytea not null
);
