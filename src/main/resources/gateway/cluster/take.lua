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
-- Returns  1 or 0 for allowed, the time that was appended; for each limit how many count after it, and microseconds
--          until the oldest of these leaves; then, if ages are asked for, a list of them for each limit, oldest first
--
-- A time that lies one window or longer back is old and no longer counts. A list keeps times for the longest window of
-- its limits. If the oldest isn't old, there is no search. Tables begin with as many places as one limit needs.
local call, keys, argv = redis.call, KEYS, ARGV
local take, ages, back, limits = argv[1] == 'take', tonumber(argv[2]), argv[3], tonumber(argv[4])
local now = tonumber(argv[5 + 3 * limits])
if not now then
  local time = call('TIME')
  now = time[1] * 1000000 + time[2]
end

local lists, windows = {0}, {0} -- the list of each limit, the longest window of each list
for limit = 1, limits do
  local at = 2 + 3 * limit
  local list, window = tonumber(argv[at]), tonumber(argv[at + 2])
  lists[limit] = list
  if window > (windows[list] or 0) then
    windows[list] = window
  end
end

local sizes, firsts, oldests = {0}, {0}, {0} -- of each list: its size, the index of the first time that isn't old, that time
local latest = now
for list = 1, #keys do
  local key = keys[list]
  if back ~= '0' then
    call('LREM', key, -1, back) -- from the end, since it is hardly older than the newest
  end
  local size, first = call('LLEN', key), 0
  if size > 0 then
    local oldest = tonumber(call('LINDEX', key, 0))
    local newest = size > 1 and tonumber(call('LINDEX', key, -1)) or oldest
    if newest > now then -- the clock was set back
      if newest - now > windows[list] then
        first = size -- so far back that these times mean nothing
      elseif newest > latest then
        latest = newest
      end
    end
    oldests[list] = oldest
  end
  sizes[list], firsts[list] = size, first
end
now = latest

-- Returns the index of the first time of a list that isn't old, and that time; the one at first is old. All that it needs
-- are arguments, since each run makes it anew and most don't call it
local function search(call, key, size, first, window, now)
  local step = 1 -- double it until the time isn't old, since mostly few are; then search between that and its half
  while first + step < size and now - call('LINDEX', key, first + step) >= window do
    first, step = first + step, step * 2
  end
  local young = math.min(first + step, size)
  while young - first > 1 do
    local middle = math.floor((first + young) / 2)
    if now - call('LINDEX', key, middle) >= window then
      first = middle
    else
      young = middle
    end
  end
  return young, tonumber(call('LINDEX', key, young))
end

for list = 1, #keys do
  if firsts[list] < sizes[list] and now - oldests[list] >= windows[list] then
    firsts[list], oldests[list] = search(call, keys[list], sizes[list], firsts[list], windows[list], now)
  end
end

local answer = {1, now, 0, 0}
for limit = 1, limits do
  local at, list = 2 + 3 * limit, lists[limit]
  local most, window = tonumber(argv[at + 1]), tonumber(argv[at + 2])
  local first, oldest = firsts[list], oldests[list]
  if first < sizes[list] and now - oldest >= window then -- another limit of the list has a longer window
    first, oldest = search(call, keys[list], sizes[list], first, window, now)
  end
  local used = sizes[list] - first
  if used >= most then
    answer[1] = 0
    if used > most then -- another gateway's limit is larger, so several must leave first
      oldest = tonumber(call('LINDEX', keys[list], first + used - most))
    end
  end
  answer[1 + 2 * limit] = used
  answer[2 + 2 * limit] = used > 0 and oldest + window - now or 0
  if ages > 0 then
    local own = {}
    for index, time in ipairs(call('LRANGE', keys[list], first, first + ages - 1)) do
      own[index] = now - time
    end
    answer[2 + 2 * limits + limit] = own
  end
end

if take then
  local allowed = answer[1] == 1
  for list = 1, #keys do
    local key = keys[list]
    if firsts[list] > 0 then
      call('LTRIM', key, firsts[list], -1)
    end
    if allowed then
      call('RPUSH', key, string.format('%.0f', now))
      -- Keep it a second longer than it counts: the times decide, to the microsecond
      call('PEXPIRE', key, string.format('%.0f', math.ceil(windows[list] / 1000) + 1000))
    end
  end
  for limit = 1, allowed and limits or 0 do
    local at = 1 + 2 * limit
    answer[at] = answer[at] + 1
    if answer[at] == 1 then -- the oldest is the new one
      answer[at + 1] = tonumber(argv[4 + 3 * limit])
    end
  end
end
return answer
