-- What a site demands before a line leaves, and what becomes of lines in doubt. No row: the defaults.
create table site_policy (
    site_id blob primary key references site,
    demand text not null constraint site_policy_demand_check
        check (demand in ('credential', 'proxied-certificate', 'certificate')),
    low text not null constraint site_policy_low_check check (low in ('keep', 'hold')),
    high text not null constraint site_policy_high_check check (high in ('keep', 'hold')),
    wan text not null                          -- JSON array of networks
) strict;

alter table device add column quarantine_weight text
    constraint device_quarantine_weight_check check (quarantine_weight in ('low', 'high'));
update device set quarantine_weight = 'high' where state = 'quarantined';
