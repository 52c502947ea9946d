#!/bin/sh
# Makes the certificates of this folder; run once, see README.md. Needs OpenSSL 3.
set -eu
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/root.key" -out "$work/root.pem" -sha1 -days 36500 \
    -subj "/O=Yealink/CN=Fixture Equipment CA" 2>/dev/null
printf 'basicConstraints=CA:FALSE\n' > "$work/v3"
leaf() { # name, bits, digest, further options
    name=$1 bits=$2 digest=$3
    shift 3
    openssl req -newkey "rsa:$bits" -nodes -keyout "$work/$name.key" -subj "/CN=805EC0100003" \
        -out "$work/$name.csr" 2>/dev/null
    openssl x509 -req -in "$work/$name.csr" -CA "$work/root.pem" -CAkey "$work/root.key" -CAcreateserial \
        "-$digest" -days 36500 -outform DER -out "$name.der" "$@" 2>/dev/null
}
openssl x509 -in "$work/root.pem" -outform DER -out root.der
leaf version_one 2048 sha256
leaf sha1 2048 sha1 -extfile "$work/v3"
leaf rsa_1024 1024 sha256 -extfile "$work/v3"
leaf rsa_512 512 sha256 -extfile "$work/v3"
leaf md5 2048 md5 -extfile "$work/v3"
leaf everything_old 1024 sha1
