-- What people say about a change of a layer. Nobody edits or deletes it.
create table layer_change_comment (
    comment_id blob primary key,
    layer_change_id blob not null references layer_change,
    user_id blob not null references user_account,
    said_at integer not null,
    body text not null constraint layer_change_comment_body_check check (body <> '')
) strict;
create index layer_change_comment_of on layer_change_comment (layer_change_id, said_at);

create trigger layer_change_comment_no_update before update on layer_change_comment
begin select raise(abort, 'layer_change_comment_kept'); end;
create trigger layer_change_comment_no_delete before delete on layer_change_comment
begin select raise(abort, 'layer_change_comment_kept'); end;
