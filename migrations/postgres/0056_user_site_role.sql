-- A role is held everywhere (`user_account.roles`) or at named sites. Whoever has roles keeps them everywhere.
create table user_site_role (
    user_id uuid not null references user_account,
    role text not null constraint user_site_role_role_check
        check (role in ('administrator', 'approver', 'site-lead', 'support', 'auditor')),
    site_id uuid not null references site,
    constraint user_site_role_key primary key (user_id, role, site_id)
);
create index user_site_role_site_id on user_site_role (site_id);

-- Since when the password is the person's own; null: it is still the one that whoever made the account chose, and so
-- knows. Nobody could change a password before, so whoever was made by another has that one still.
alter table user_account add column password_since bigint;
update user_account set password_since = created_at where created_by is null;
