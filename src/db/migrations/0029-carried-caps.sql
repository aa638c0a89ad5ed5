-- A person who moves to another district keeps what was used of their yearly caps: it is carried to where they live now.
alter table cap_use add column carried_fen bigint not null default 0;
alter table cap_use add constraint cap_use_carried check (carried_fen >= 0 and carried_fen <= used_fen);
