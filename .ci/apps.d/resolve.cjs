// For Node's clients, by --require: the gateway's name is this machine's.
const dns = require('dns')
const { lookup } = dns
dns.lookup = (host, ...rest) => lookup(host === 'gateway.test' ? '127.0.0.1' : host, ...rest)
