-- What people say about a request. Nobody edits or deletes it.
create table change_request_comment (
    comment_id uuid primary key,
    change_request_id uuid not null references change_request,
    user_id uuid not null references user_account,
    said_at bigint not null,
    body text not null constraint change_request_comment_body_check check (body <> '')
);
create index change_request_comment_of on change_request_comment (change_request_id, said_at);

create function change_request_comment_kept() returns trigger language plpgsql as $$
begin
    raise exception 'change_request_comment_kept';
end $$;
create trigger change_request_comment_kept before update or delete on change_request_comment
    for each row execute function change_request_comment_kept();
