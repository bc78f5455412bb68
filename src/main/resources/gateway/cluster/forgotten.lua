-- One sync of the clients whose requests operators have had forgotten: a gateway sends its own, and gets what is new.
--
-- KEYS     the list of the last ones, newest last, and the number of the newest
-- ARGV     1 the newest number at the gateway's last sync; -1 at its first   then its own, each a text
-- Returns  the newest number, and the texts since the last sync
--
-- Numbers begin with this server's time: so they are larger than any before it lost its data, and no gateway takes the
-- new ones for those that it knows.
local list, newest = unpack(KEYS)
local KEPT = 1000 -- of more in a quarter of a second the oldest don't reach a gateway
local known = tonumber(ARGV[1])
local clock = redis.call('TIME')
local before = tonumber(redis.call('GET', newest) or clock[1] * 1000000 + clock[2])
local now = before + #ARGV - 1

if now > before then
  redis.call('SET', newest, string.format('%.0f', now))
  for i = 2, #ARGV do
    redis.call('RPUSH', list, ARGV[i])
  end
  redis.call('LTRIM', list, -KEPT, -1)
end
if known < 0 then
  known = before
end
local fresh = math.min(now - known, KEPT)
return {now, fresh > 0 and redis.call('LRANGE', list, -fresh, -1) or {}}
