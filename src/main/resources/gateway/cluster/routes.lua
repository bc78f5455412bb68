-- One sync of a gateway with the routes that operators put by the API: it sends its changes, and gets what is new.
--
-- Times are milliseconds of this server's clock, made never to go back. Of two changes of a route the later one wins, by
-- the time when a gateway accepted it; of two at the same time, the one that comes last.
--
-- A route's value is the time of its last change, a space, and its text, which is empty if it was deleted.
local routes, state = unpack(KEYS)
local known_epoch, known_version, new_epoch, changes = unpack(ARGV)
local GONE_FOR = 3600000 -- how long a gateway that missed a deletion can't bring the route back

local clock = redis.call('TIME')
local epoch, version, count, latest = unpack(redis.call('HMGET', state, 'epoch', 'version', 'count', 'now'))
local now = math.max(clock[1] * 1000 + math.floor(clock[2] / 1000), tonumber(latest or 0))
version = tonumber(version or 0)

-- Data lost: empty, partly evicted, or back at an earlier state. The new epoch makes all gateways write back what they know.
local lost = not epoch
  or tonumber(count) ~= redis.call('HLEN', routes)
  or (known_epoch == epoch and tonumber(known_version) > version)

changes = cjson.decode(changes)
local refused = false

local function value(name)
  local text = redis.call('HGET', routes, name)
  return text and tonumber(text:match('^(%d+) '))
end

if lost or #changes > 0 then
  -- Begin with a write: a server that is full, or a replica, then refuses the script before anything is half done.
  redis.call('HSET', state, 'now', now)
  if lost then
    epoch = new_epoch
    version = version + 1
  end
  for _, change in ipairs(changes) do
    local at = change.at > 0 and math.min(change.at, now) or now
    if (value(change.name) or 0) > at then
      refused = true
    else
      redis.call('HSET', routes, change.name, string.format('%.0f ', at) .. (change.text or ''))
      version = version + 1
    end
  end
  local all = redis.call('HGETALL', routes)
  for i = 1, #all, 2 do
    local at = all[i + 1]:match('^(%d+) $')
    if at and tonumber(at) < now - GONE_FOR then
      redis.call('HDEL', routes, all[i])
    end
  end
  redis.call('HSET', state, 'epoch', epoch, 'version', version, 'count', redis.call('HLEN', routes))
end

local list = (known_epoch ~= epoch or tonumber(known_version) ~= version or refused) and redis.call('HGETALL', routes)
return {epoch, version, now, list}
