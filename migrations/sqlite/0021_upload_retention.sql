-- Files that were put away are deleted when their time is over. They are found by this: to look at each row would
-- mean to walk over the bytes of every file.
create index upload_sealed_at on upload (sealed_at) where sealed_at is not null;
