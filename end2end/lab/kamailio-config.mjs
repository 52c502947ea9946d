// What Kamailio is told: registrar, authentication against the subscriber table, and relay of calls.

const MODULES = [
  'db_sqlite', 'jsonrpcs', 'kex', 'corex', 'tm', 'sl', 'rr', 'pv', 'maxfwd', 'textops', 'siputils', 'xlog', 'sanity',
  'usrloc', 'registrar', 'auth', 'auth_db', 'xhttp', 'dialog',
];

export function config({ realm, registrar, database }) {
  // usrloc stays in memory (db_mode 0): a second writer would meet "database is locked", and a restarted
  // registrar then knows nobody, which is what shows that the phones registered again.
  return `#!KAMAILIO
debug=2
log_stderror=yes
children=2
tcp_children=2
auto_aliases=no
alias="${realm}"
listen=udp:${registrar}
listen=tcp:${registrar}
tcp_accept_no_cl=yes
${MODULES.map((name) => `loadmodule "${name}.so"`).join('\n')}
modparam("db_sqlite", "db_set_readonly", "${database}")
modparam("jsonrpcs", "transport", 1)
modparam("xhttp", "url_match", "^/RPC")
modparam("usrloc", "db_mode", 0)
modparam("usrloc", "timer_interval", 1)
modparam("registrar", "gruu_enabled", 0)
modparam("registrar", "max_contacts", 1)
modparam("registrar", "max_expires", 60)
modparam("auth_db", "db_url", "sqlite:///${database}")
modparam("auth_db", "calculate_ha1", 0)
modparam("auth_db", "password_column", "ha1")
modparam("auth_db", "load_credentials", "")
modparam("rr", "enable_full_lr", 1)

request_route {
  if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
  if (!sanity_check()) exit;
  if (is_method("OPTIONS") && uri == myself) { sl_send_reply("200", "OK"); exit; }
  if (is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
  if (has_totag()) {
    if (loose_route() || is_method("ACK")) t_relay(); else sl_send_reply("404", "Not Here");
    exit;
  }
  t_check_trans();
  if (is_method("REGISTER")) {
    if (!auth_check("${realm}", "subscriber", "1")) {
      # -3: no such subscriber. Whoever lost the row may not keep a contact either.
      if ($rc == -3) unregister("location", "$tu");
      auth_challenge("${realm}", "1");
      exit;
    }
    consume_credentials();
    save("location");
    exit;
  }
  if (is_method("INVITE")) {
    if (!auth_check("${realm}", "subscriber", "1")) { auth_challenge("${realm}", "1"); exit; }
    consume_credentials();
    record_route();
    dlg_manage();
  }
  if (!lookup("location")) { sl_send_reply("404", "Not Found"); exit; }
  if (!t_relay()) sl_reply_error();
}
event_route[xhttp:request] { if ($hu =~ "^/RPC") jsonrpc_dispatch(); else xhttp_reply("404", "Not Found", "", ""); }
`;
}
