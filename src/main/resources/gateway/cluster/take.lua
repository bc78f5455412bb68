-- One decision of the sliding window: may this client's request pass? If so, its time is appended.
--
-- KEYS[1]  the client's list: the times of its counted requests, microseconds of this server's clock, oldest first
-- ARGV     1 limit   2 window in microseconds   3 "take"; "look", which writes nothing; or "give back", which
--            removes the time of a request that reached no service
--          4 how many ages to return at most   5 the time to take back; 0 for none
--          6 the time now, for tests alone; without it this server's clock
-- Returns  1 or 0 for allowed, how many count after it, microseconds until the oldest leaves, the time that was
--          appended; then the ages, oldest first
--
-- A time that lies one window or longer back is old and no longer counts. If the oldest isn't old, there is no search.
local key = KEYS[1]
local limit, window, take, ages = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3] == 'take', tonumber(ARGV[4])
local now = tonumber(ARGV[6])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end

if ARGV[5] ~= '0' then
  redis.call('LREM', key, -1, ARGV[5]) -- from the end, since it is hardly older than the newest
end
local size = redis.call('LLEN', key)
local oldest = size > 0 and tonumber(redis.call('LINDEX', key, 0)) or now
local newest = size > 1 and tonumber(redis.call('LINDEX', key, -1)) or oldest
local first = 0 -- index of the first time that isn't old
if newest > now then -- the clock was set back
  if newest - now > window then
    first = size -- so far back that these times mean nothing
  else
    now = newest
  end
end
if first < size and now - oldest >= window then
  local young = 1 -- double it until it isn't old, since mostly few are; then search between that and its half
  while young < size and now - redis.call('LINDEX', key, young) >= window do
    first, young = young, young * 2
  end
  young = math.min(young, size)
  while young - first > 1 do
    local middle = math.floor((first + young) / 2)
    if now - redis.call('LINDEX', key, middle) >= window then
      first = middle
    else
      young = middle
    end
  end
  first = young
end

if first > 0 then
  oldest = tonumber(redis.call('LINDEX', key, first) or now)
  if take then
    redis.call('LTRIM', key, first, -1)
    size, first = size - first, 0
  end
end
local used = size - first
local allowed = used < limit
if allowed and take then
  used = redis.call('RPUSH', key, string.format('%.0f', now))
  -- Keep it a second longer than it counts: the times decide, to the microsecond
  redis.call('PEXPIRE', key, string.format('%.0f', math.ceil(window / 1000) + 1000))
end

if used > limit then -- another gateway's limit is larger, so several must leave first
  oldest = tonumber(redis.call('LINDEX', key, first + used - limit))
end

local answer = {allowed and 1 or 0, used, used > 0 and oldest + window - now or 0, now}
if ages > 0 then
  for _, time in ipairs(redis.call('LRANGE', key, first, first + ages - 1)) do
    answer[#answer + 1] = now - time
  end
end
return answer
