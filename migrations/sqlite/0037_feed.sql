-- Feeds of the people directory (requirement B2). One that would end too many accounts at once is held until somebody
-- else releases it.
create table feed (
    feed_id blob primary key,
    number integer not null constraint feed_number_key unique,
    file text not null,
    body blob,                                 -- until it has ended
    as_of integer not null,                    -- when the directory said so
    ending integer not null,                   -- how many accounts it would have ended when it was looked at last
    staged_by_id blob not null references user_account,
    staged_at integer not null,
    released_by_id blob references user_account,
    state_word text not null constraint feed_state_check check
        (state_word in ('staged', 'held', 'released', 'applying', 'applied', 'dismissed')),
    state text not null,                       -- JSON: the state with its facts
    constraint feed_other_check check (released_by_id <> staged_by_id),
    constraint feed_body_check check ((body is null) = (state_word in ('applied', 'dismissed')))
) strict;
create index feed_state_word on feed (state_word, number);

-- How many accounts may end by one feed without another look. One row.
create table feed_limit (
    single integer primary key constraint feed_limit_single_check check (single = 1),
    accounts integer not null constraint feed_limit_accounts_check check (accounts >= 0),
    percent integer not null constraint feed_limit_percent_check check (percent between 0 and 100)
) strict;
insert into feed_limit (single, accounts, percent) values (1, 10, 5);
