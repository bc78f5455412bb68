-- One decision of the sliding window, of one limit or of several that hold at the same time: may this request pass? If
-- so, its time is appended to all lists, else to none.
--
-- KEYS     lists of the times of counted requests, microseconds of this server's clock, oldest first: one for each
--          thing that the limits count by
-- ARGV     1 "take"; "look", which writes nothing; or "give back", which removes the time of a request that reached no
--            service
--          2 how many ages to return at most   3 the time to take back; 0 for none   4 how many limits there are
--          then for each limit its list's number, how many requests it allows, and its window in microseconds
--          last the time now, for tests alone; without it this server's clock
-- Returns  1 or 0 for allowed, the time that was appended; then for each limit how many count after it, microseconds
--          until the oldest of these leaves, and the ages, oldest first
--
-- A time that lies one window or longer back is old and no longer counts. A list keeps times for the longest window of
-- its limits. If the oldest isn't old, there is no search.
local take, ages, limits = ARGV[1] == 'take', tonumber(ARGV[2]), tonumber(ARGV[4])
local now = tonumber(ARGV[5 + 3 * limits])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end

local lists = {}
local latest = now
for number, key in ipairs(KEYS) do
  if ARGV[3] ~= '0' then
    redis.call('LREM', key, -1, ARGV[3]) -- from the end, since it is hardly older than the newest
  end
  local window = 0
  for limit = 5, 2 + 3 * limits, 3 do
    if tonumber(ARGV[limit]) == number then
      window = math.max(window, tonumber(ARGV[limit + 2]))
    end
  end
  local size = redis.call('LLEN', key)
  local oldest = size > 0 and tonumber(redis.call('LINDEX', key, 0))
  local newest = size > 1 and tonumber(redis.call('LINDEX', key, -1)) or oldest
  local first = 0 -- index of the first time that isn't old
  if newest and newest > now then -- the clock was set back
    if newest - now > window then
      first = size -- so far back that these times mean nothing
    else
      latest = math.max(latest, newest)
    end
  end
  lists[number] = {key = key, window = window, size = size, first = first, oldest = oldest}
end
now = latest

-- Returns the index of the first time of a list that isn't old, and that time
local function young(list, window)
  local first, oldest = list.first, list.oldest
  if first == list.size or now - oldest < window then
    return first, oldest
  end
  local step = 1 -- double it until the time isn't old, since mostly few are; then search between that and its half
  while first + step < list.size and now - redis.call('LINDEX', list.key, first + step) >= window do
    first, step = first + step, step * 2
  end
  local last = math.min(first + step, list.size)
  while last - first > 1 do
    local middle = math.floor((first + last) / 2)
    if now - redis.call('LINDEX', list.key, middle) >= window then
      first = middle
    else
      last = middle
    end
  end
  return last, tonumber(redis.call('LINDEX', list.key, last))
end

for _, list in ipairs(lists) do
  list.first, list.oldest = young(list, list.window)
end

local answer = {1, now}
for limit = 1, limits do
  local at = 2 + 3 * limit
  local list, most, window = lists[tonumber(ARGV[at])], tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  local first, oldest = young(list, window)
  local used = list.size - first
  if used >= most then
    answer[1] = 0
  end
  if used > most then -- another gateway's limit is larger, so several must leave first
    oldest = tonumber(redis.call('LINDEX', list.key, first + used - most))
  end
  local own = {used, used > 0 and oldest + window - now or 0}
  if ages > 0 then
    for _, time in ipairs(redis.call('LRANGE', list.key, first, first + ages - 1)) do
      own[#own + 1] = now - time
    end
  end
  answer[2 + limit] = own
end

if take then
  for _, list in ipairs(lists) do
    if list.first > 0 then
      redis.call('LTRIM', list.key, list.first, -1)
    end
    if answer[1] == 1 then
      redis.call('RPUSH', list.key, string.format('%.0f', now))
      -- Keep it a second longer than it counts: the times decide, to the microsecond
      redis.call('PEXPIRE', list.key, string.format('%.0f', math.ceil(list.window / 1000) + 1000))
    end
  end
  if answer[1] == 1 then
    for limit = 1, limits do
      local own = answer[2 + limit]
      own[1] = own[1] + 1
      if own[1] == 1 then
        own[2] = tonumber(ARGV[4 + 3 * limit])
      end
    end
  end
end
return answer
