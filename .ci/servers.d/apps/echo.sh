#!/bin/sh
# For Apache and lighttpd, by CGI. As "early" it refuses without reading; as "chunks" it ends too late for the server to
# know the answer's length; else it says the length itself, since the server knows it only sometimes.
case $0 in
  *early) printf 'Status: 401\r\nContent-Type: text/plain\r\n\r\nwho are you?' ;;
  *chunks) printf 'Content-Type: text/plain\r\n\r\none,' && sleep 0.2 && printf 'two,three' ;;
  *)
    said="$REQUEST_METHOD $(sha256sum | cut -c 1-64)"
    printf 'Content-Type: text/plain\r\nContent-Length: %s\r\n\r\n%s' ${#said} "$said"
    ;;
esac
