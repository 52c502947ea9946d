-- What people say about a request. Nobody edits or deletes it.
create table change_request_comment (
    comment_id blob primary key,
    change_request_id blob not null references change_request,
    user_id blob not null references user_account,
    said_at integer not null,
    body text not null constraint change_request_comment_body_check check (body <> '')
) strict;
create index change_request_comment_of on change_request_comment (change_request_id, said_at);

create trigger change_request_comment_no_update before update on change_request_comment
begin select raise(abort, 'change_request_comment_kept'); end;
create trigger change_request_comment_no_delete before delete on change_request_comment
begin select raise(abort, 'change_request_comment_kept'); end;
