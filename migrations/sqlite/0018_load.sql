-- Serves are looked up by device alone, and there are millions of them: the index by kind is for acts and probes.
drop index ledger_index_kind;
create index ledger_index_kind on ledger_index (kind, at, node, seq, position) where kind <> 'serve';

-- An import is written in many short transactions, so that phones are served meanwhile. Until it is committed this
-- names the node that writes it; that node finishes it when it was interrupted.
alter table import add column writer text;
