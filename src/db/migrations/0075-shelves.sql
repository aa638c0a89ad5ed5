-- Where a paper's sealed pieces lie: here in paper_chunk, or as objects in S3-compatible storage. Pieces are always written
-- here first, in the transaction of the paper itself, and moved later; what waits to be moved is what is still here.
alter table paper add column shelf text not null default 'database';
alter table paper add constraint paper_shelf_check check (shelf in ('database', 's3'));
