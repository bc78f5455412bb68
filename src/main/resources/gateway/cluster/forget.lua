-- Forgets the requests of a client in one list of times.
return redis.call('DEL', KEYS[1])
