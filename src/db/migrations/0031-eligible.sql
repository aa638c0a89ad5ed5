-- Households on file in the order of the tree: a list of whom a rule fits begins at once anywhere, and goes on from any row.
create index hardship_file_order on hardship_file (path, id);
