-- A limit of feeds that is to be raised waits for somebody other than who asked for it.
create table feed_limit_raise (
    raise_id blob primary key,
    accounts integer not null constraint feed_limit_raise_accounts_check check (accounts >= 0),
    percent integer not null constraint feed_limit_raise_percent_check check (percent between 0 and 100),
    reason text not null,
    asked_by_id blob not null references user_account,
    asked_at integer not null,
    approved_by_id blob references user_account,
    ended_at integer,                            -- when it was approved or thrown away
    constraint feed_limit_raise_other_check check (approved_by_id <> asked_by_id),
    constraint feed_limit_raise_ended_check check (approved_by_id is null or ended_at is not null)
) strict;
create unique index feed_limit_raise_open_key on feed_limit_raise ((ended_at is null)) where ended_at is null;
