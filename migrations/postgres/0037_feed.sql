-- Feeds of the people directory (requirement B2). One that would end too many accounts at once is held until somebody
-- else releases it.
create table feed (
    feed_id uuid primary key,
    number bigint not null constraint feed_number_key unique,
    file text not null,
    body bytea,                                 -- until it has ended
    as_of bigint not null,                    -- when the directory said so
    ending bigint not null,                   -- how many accounts it would have ended when it was looked at last
    staged_by_id uuid not null references user_account,
    staged_at bigint not null,
    released_by_id uuid references user_account,
    state_word text not null constraint feed_state_check check
        (state_word in ('staged', 'held', 'released', 'applying', 'applied', 'dismissed')),
    state text not null,                       -- JSON: the state with its facts
    constraint feed_other_check check (released_by_id <> staged_by_id),
    constraint feed_body_check check ((body is null) = (state_word in ('applied', 'dismissed')))
);
create index feed_state_word on feed (state_word, number);

-- How many accounts may end by one feed without another look. One row.
create table feed_limit (
    single bigint primary key constraint feed_limit_single_check check (single = 1),
    accounts bigint not null constraint feed_limit_accounts_check check (accounts >= 0),
    percent bigint not null constraint feed_limit_percent_check check (percent between 0 and 100)
);
insert into feed_limit (single, accounts, percent) values (1, 10, 5);
