-- The head of a chain follows the batch that comes next by itself, so that a batch is one statement. One that is put
-- back in its old place moves nothing.
create function ledger_batch_head() returns trigger language plpgsql as $$
begin
    update ledger_head set seq = new.seq, hash = new.hash, count = count + new.count
        where node = new.node and seq = new.seq - 1;
    return null;
end $$;
create trigger ledger_batch_head after insert on ledger_batch for each row execute function ledger_batch_head();

-- Appends a batch of the edge if the chain ends where the caller says and nothing has changed since, and says how many
-- rows that made. The lock orders it against acts; what is read after it is read anew, because the function is
-- volatile.
create function ledger_append(
    p_node text, p_seq bigint, p_count bigint, p_prev_hash bytea, p_hash bytea, p_body bytea,
    p_scope uuid, p_generation bigint
) returns bigint language plpgsql volatile as $$
declare
    appended bigint;
begin
    perform pg_advisory_xact_lock_shared(7226002);
    insert into ledger_batch (node, seq, count, prev_hash, hash, body)
        select p_node, p_seq, p_count, p_prev_hash, p_hash, p_body from ledger_head h
        where h.node = p_node and h.seq = p_seq - 1 and h.hash = p_prev_hash
            and coalesce((select generation from generation where scope_id = p_scope), 0) = p_generation;
    get diagnostics appended = row_count;
    return appended;
end $$;
