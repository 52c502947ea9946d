-- A new account vouches for nothing before a second administrator has confirmed it, where there is one: otherwise one
-- person could approve with a second account what they asked for with the first.
alter table user_account add column created_by blob;       -- null: the program, or whoever holds the machine
alter table user_account add column confirmed_at integer;
alter table user_account add column confirmed_by blob
    constraint user_account_confirmed_check check
        (confirmed_by is null or (confirmed_at is not null and confirmed_by <> created_by and confirmed_by <> user_id));
update user_account set confirmed_at = created_at;
