-- Serves are looked up by device alone, and there are millions of them: the index by kind is for acts and probes.
drop index ledger_index_kind;
create index ledger_index_kind on ledger_index (kind, at, node, seq, position) where kind <> 'serve';
