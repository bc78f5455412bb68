-- One sync of a gateway with the shared list: it sends its changes, renews its announcement, and gets what is new.
--
-- Times are milliseconds of this server's clock, made never to go back. Of two changes to a service the later one wins,
-- by the time when a gateway accepted it, not by its arrival here. Leases stand still while no gateway syncs.
local services, leases, gateways, seen, gone, state, done = unpack(KEYS)
local id, announcement, lease, known_epoch, known_version, new_epoch, changes, ask_leases = unpack(ARGV)
local GAP = 2000 -- longer than any gateway waits between two syncs
local GONE_FOR = 3600000 -- how long a gateway that missed a deregistration can't bring the service back

local function number(text)
  return tonumber(text or 0)
end

local clock = redis.call('TIME')
clock = clock[1] * 1000 + math.floor(clock[2] / 1000)
local epoch, version, then_clock, now, services_then, leases_then =
  unpack(redis.call('HMGET', state, 'epoch', 'version', 'clock', 'now', 'services', 'leases'))
local passed = math.max(0, clock - number(then_clock or clock))
now = number(now or clock) + passed
version = number(version)
known_version = number(known_version)

-- Begin with a write: a server that is full, or a replica, then refuses the script before anything is half done.
redis.call('HSET', state, 'clock', clock, 'now', now)

if passed > GAP then
  for _, key in ipairs({leases, seen}) do
    for _, member in ipairs(redis.call('ZRANGE', key, 0, -1)) do
      redis.call('ZINCRBY', key, passed, member)
    end
  end
end

-- Data lost: empty, partly evicted, or back at an earlier state. The new epoch makes all gateways write back what they know.
local lost = not epoch
  or number(services_then) ~= redis.call('HLEN', services)
  or number(leases_then) ~= redis.call('ZCARD', leases)
if lost or (known_epoch == epoch and known_version > version) then
  epoch = new_epoch
  version = version + 1
end

local changed, refused = false, false
local urls -- the set of all services' URLs; nil until it is needed

local function decoded(text) -- nil for an entry that no gateway wrote
  local good, value = pcall(cjson.decode, text)
  local whole = good and type(value) == 'table' and value.url
    and tonumber(value.at) and tonumber(value.made) and tonumber(value.drained)
  return whole and value or nil
end

local function find(name)
  local text = redis.call('HGET', services, name)
  return text and decoded(text)
end

local function store(name, service)
  redis.call('HSET', services, name, cjson.encode(service))
end

local function renew(name, service)
  if service.lease then
    redis.call('ZADD', leases, now + service.lease, name)
  else
    redis.call('ZREM', leases, name)
  end
end

local function drop(name)
  redis.call('HDEL', services, name)
  redis.call('ZREM', leases, name)
  urls = nil
  changed = true
end

local function add(name, part, at)
  if part.twin ~= name then -- the same service, which now has a name of its own
    local twin = find(part.twin)
    if twin and twin.url == part.url and not twin.lease then
      drop(part.twin)
    end
  end
  local service = {url = part.url, lease = part.lease, draining = part.draining or false, made = at, at = at, drained = at}
  store(name, service)
  renew(name, service)
  redis.call('ZREM', gone, name)
  if urls then
    urls[part.url] = true
  end
  changed = true
end

local function is_at(url)
  if not urls then -- once for each sync: a thousand services from the settings come in one
    urls = {}
    for _, text in ipairs(redis.call('HVALS', services)) do
      local service = decoded(text)
      urls[service and service.url or ''] = true
    end
  end
  return urls[url]
end

local apply = {}

function apply.remove(name, part, at)
  local service = find(name)
  if service and service.at > at then
    return false
  end
  redis.call('ZADD', gone, math.max(at, number(redis.call('ZSCORE', gone, name))), name)
  if service then
    drop(name)
  end
  return true
end

-- Adds a missing service: from the settings, or written back by a gateway after Redis had lost it.
function apply.offer(name, part, at)
  if find(name)
    or number(redis.call('ZSCORE', gone, name)) > at
    or part.twin == name and not part.lease and is_at(part.url) then
    return false
  end
  add(name, part, at)
  return true
end

function apply.put(name, part, at)
  local service = find(name)
  if number(redis.call('ZSCORE', gone, name)) > at
    or service and service.url ~= part.url and service.at > at
    or not service and part.lease and at + part.lease < now then
    return false
  end
  if not service or service.url ~= part.url then
    urls = nil -- this may remove one
    add(name, part, at)
    return true
  end
  if service.lease ~= part.lease then
    service.lease = part.lease
    changed = true
  end
  service.at = math.max(service.at, at)
  store(name, service)
  renew(name, service)
  return true
end

function apply.drain(name, part, at)
  local service = find(name)
  if not service or service.made > at or service.drained > at then
    return false
  end
  if service.draining ~= part.draining then
    service.draining = part.draining
    changed = true
  end
  service.drained = at
  store(name, service)
  return true
end

if lost then -- perhaps it was leases that were lost
  local all = redis.call('HGETALL', services)
  for i = 1, #all, 2 do
    if not redis.call('ZSCORE', leases, all[i]) then
      renew(all[i], decoded(all[i + 1]) or {})
    end
  end
end

changes = cjson.decode(changes)
if #changes > 0 then
  local applied = number(redis.call('GET', done)) -- some of the changes may have been applied already, but their answer got lost
  local last = applied
  for _, change in ipairs(changes) do
    for _, kind in ipairs({'remove', 'offer', 'put', 'drain'}) do
      local part = change[kind]
      if part and part.number > applied then
        local at = part.at > 0 and math.min(part.at, now) or now
        if not apply[kind](change.name, part, at) then
          refused = true
        end
        last = math.max(last, part.number)
      end
    end
  end
  redis.call('SET', done, string.format('%.0f', last), 'PX', GONE_FOR)
  redis.call('ZREMRANGEBYSCORE', gone, '-inf', now - GONE_FOR)
end

for _, name in ipairs(redis.call('ZRANGEBYSCORE', leases, '-inf', now)) do
  drop(name)
end

if announcement == '' then
  redis.call('HDEL', gateways, id)
  redis.call('ZREM', seen, id)
else
  redis.call('HSET', gateways, id, announcement)
  redis.call('ZADD', seen, now + lease, id)
end
for _, dead in ipairs(redis.call('ZRANGEBYSCORE', seen, '-inf', now)) do
  redis.call('HDEL', gateways, dead)
  redis.call('ZREM', seen, dead)
end

if changed then
  version = version + 1
end
redis.call('HSET', state, 'epoch', epoch, 'version', version,
  'services', redis.call('HLEN', services), 'leases', redis.call('ZCARD', leases))

local list = (known_epoch ~= epoch or known_version ~= version or refused) and redis.call('HGETALL', services)
local ends = (list or ask_leases == '1') and redis.call('ZRANGE', leases, 0, -1, 'WITHSCORES')
return {epoch, version, now, redis.call('HVALS', gateways), list, ends}
