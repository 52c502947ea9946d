-- What people say about a change of a layer. Nobody edits or deletes it.
create table layer_change_comment (
    comment_id uuid primary key,
    layer_change_id uuid not null references layer_change,
    user_id uuid not null references user_account,
    said_at bigint not null,
    body text not null constraint layer_change_comment_body_check check (body <> '')
);
create index layer_change_comment_of on layer_change_comment (layer_change_id, said_at);

create function layer_change_comment_kept() returns trigger language plpgsql as $$
begin
    raise exception 'layer_change_comment_kept';
end $$;
create trigger layer_change_comment_kept before update or delete on layer_change_comment
    for each row execute function layer_change_comment_kept();
