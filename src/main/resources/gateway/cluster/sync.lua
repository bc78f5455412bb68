-- One sync of a gateway with the shared list: it sends its changes, renews its announcement, and gets what is new.
--
-- Times are milliseconds of this server's clock, made never to go back. Of two changes to an instance the later one
-- wins, by the time when a gateway accepted it, not by its arrival here. Leases stand still while no gateway syncs.
--
-- A service's name is the full one: with its route before it, and a slash between them, unless that is the default one.
--
-- An instance's key is its service's name, or, if another instance has that, the name, a space and its URL. So gateways
-- of before, which knew one instance of each name, still find one under the name.
local services, leases, gateways, seen, gone, state, done = unpack(KEYS)
local id, announcement, lease, known_epoch, known_version, new_epoch, changes, ask_leases = unpack(ARGV)
local GAP = 2000 -- longer than any gateway waits between two syncs
local MOVING_FOR = 30000 -- how long an instance that has moved stays at the URL of before, unless it is healthy sooner
local GONE_FOR = 3600000 -- how long a gateway that missed a deregistration can't bring the service back

local function number(text)
  return tonumber(text or 0)
end

local clock = redis.call('TIME')
clock = clock[1] * 1000 + math.floor(clock[2] / 1000)
local epoch, version, then_clock, now, services_then, leases_then, tidied =
  unpack(redis.call('HMGET', state, 'epoch', 'version', 'clock', 'now', 'services', 'leases', 'tidied'))
local passed = math.max(0, clock - number(then_clock or clock))
now = number(now or clock) + passed
version = number(version)
known_version = number(known_version)

-- Begin with a write: a server that is full, or a replica, then refuses the script before anything is half done.
redis.call('HSET', state, 'clock', clock, 'now', now)

-- Data lost: empty, partly evicted, or back at an earlier state. The new epoch makes all gateways write back what they know.
local lost = not epoch
  or number(services_then) ~= redis.call('HLEN', services)
  or number(leases_then) ~= redis.call('ZCARD', leases)
if lost or (known_epoch == epoch and known_version > version) then
  epoch = new_epoch
  version = version + 1
end

local changed, refused = false, false
local urls -- the set of all services' routes and URLs; nil until it is needed

local function decoded(text) -- nil for an entry that no gateway wrote
  local good, value = pcall(cjson.decode, text)
  local whole = good and type(value) == 'table' and value.url
    and tonumber(value.at) and tonumber(value.made) and tonumber(value.drained)
  return whole and value or nil
end

local function find(key)
  local text = redis.call('HGET', services, key)
  return text and decoded(text)
end

-- The key of the instance at a URL, and the instance; nil if it isn't in the list.
local function locate(name, url)
  for _, key in ipairs({name, name .. ' ' .. url}) do
    local service = find(key)
    if service and service.url == url then
      return key, service
    end
  end
end

local index -- the keys of each service's instances; nil until it is needed

local function keys(name)
  if not index then
    index = {}
    for _, key in ipairs(redis.call('HKEYS', services)) do
      local of = key:match('^[^ ]*')
      index[of] = index[of] or {}
      table.insert(index[of], key)
    end
  end
  return index[name] or {}
end

local function store(key, service)
  redis.call('HSET', services, key, cjson.encode(service))
end

local function renew(key, service)
  if service.lease then
    redis.call('ZADD', leases, now + service.lease, key)
  else
    redis.call('ZREM', leases, key)
  end
end

local function drop(key)
  redis.call('HDEL', services, key)
  redis.call('ZREM', leases, key)
  urls, index = nil, nil
  changed = true
end

-- Until when changes to an instance are without effect: it was deregistered then.
local function buried(name, url)
  return math.max(number(redis.call('ZSCORE', gone, name)), number(redis.call('ZSCORE', gone, name .. ' ' .. url)))
end

local function bury(key, at)
  redis.call('ZADD', gone, math.max(at, number(redis.call('ZSCORE', gone, key))), key)
end

-- Where the instance with this id of its own is, other than at this URL: the keys, and what is there.
local function elsewhere(name, url, instance)
  local found = {}
  for _, key in ipairs(instance and keys(name) or {}) do
    local service = find(key)
    if service and service.instance == instance and service.url ~= url and not service.moving then
      found[key] = service
    end
  end
  return found
end

-- What is the same for all services of one route with one URL.
local function place(name, url)
  return (name:match('^[^ /]*/') or '') .. url
end

local function add(name, url, part, at)
  if part.twin ~= name then -- the same service, which now has a name of its own
    local key, twin = locate(part.twin, url)
    if twin and not twin.lease then
      drop(key)
    end
  end
  local service = {url = url, lease = part.lease, instance = part.instance,
    weight = part.weight or part.weightNow, health = part.health or part.healthNow, draining = part.draining or false, sessions = part.sessions,
    made = at, at = at, drained = at}
  local key = find(name) and name .. ' ' .. url or name
  store(key, service)
  renew(key, service)
  redis.call('ZREM', gone, name, name .. ' ' .. url)
  if urls then
    urls[place(name, url)] = true
  end
  if index then
    index[name] = index[name] or {}
    table.insert(index[name], key)
  end
  changed = true
end

local function is_at(name, url)
  if not urls then -- once for each sync: a thousand services from the settings come in one
    urls = {}
    local all = redis.call('HGETALL', services)
    for i = 1, #all, 2 do
      local service = decoded(all[i + 1])
      urls[place(all[i], service and service.url or '')] = true
    end
  end
  return urls[place(name, url)]
end

local apply = {}

local function remove_all(name, at)
  local stays = false
  for _, key in ipairs(keys(name)) do
    local service = find(key)
    if service and service.at > at then
      stays = true
    else
      if service then
        bury(name .. ' ' .. service.url, at)
      end
      drop(key)
    end
  end
  if not stays then
    bury(name, at)
  end
  return not stays
end

function apply.remove(name, url, part, at)
  if url == '' then
    return remove_all(name, at)
  end
  local key, service = locate(name, url)
  if service and service.at > at then
    return false
  end
  bury(name .. ' ' .. url, at)
  if service then
    drop(key)
  end
  return true
end

-- Adds a missing service: from the settings, or written back by a gateway after Redis had lost it.
function apply.offer(name, url, part, at)
  if locate(name, url)
    or buried(name, url) > at
    or part.twin == name and not part.lease and (#keys(name) > 0 or is_at(name, url)) then
    return false
  end
  if next(elsewhere(name, url, part.instance)) then
    part.instance = nil -- it has moved there meanwhile
  end
  add(name, url, part, at)
  return true
end

function apply.put(name, url, part, at)
  local key, service = locate(name, url)
  if buried(name, url) > at
    or not service and part.lease and at + part.lease < now then
    return false
  end
  local settled = service and service.instance == part.instance and not service.moving
  local before = settled and {} or elsewhere(name, url, part.instance)
  for _, other in pairs(before) do
    if other.at > at then -- it has moved on meanwhile
      return false
    end
  end
  for other_key, other in pairs(before) do
    other.moving = url
    other.lease = MOVING_FOR
    store(other_key, other)
    renew(other_key, other)
    changed = true
  end
  if not service then
    add(name, url, part, at)
    return true
  end
  if service.moving or part.instance and part.instance ~= service.instance and service.at <= at then
    service.moving = nil
    service.instance = part.instance -- who registered last at a URL is who listens there
    changed = true
  end
  if service.lease ~= part.lease then
    service.lease = part.lease
    changed = true
  end
  if service.at <= at then -- what the registration leaves out stays
    local weight, health = part.weight or service.weight, part.health or service.health
    if service.weight ~= weight or service.health ~= health then
      service.weight, service.health = weight, health
      changed = true
    end
  end
  service.at = math.max(service.at, at)
  store(key, service)
  renew(key, service)
  return true
end

function apply.drain(name, url, part, at)
  local key, service = locate(name, url)
  if not service or service.made > at or service.drained > at then
    return false
  end
  if service.draining ~= part.draining or service.sessions ~= part.sessions then
    service.draining = part.draining
    service.sessions = part.sessions -- 'move', or nil for those who stay
    changed = true
  end
  service.drained = at
  store(key, service)
  return true
end

-- Has one instance of each service under the service's name, and no instance twice, whatever gateways of before did.
local function tidy()
  for _, key in ipairs(redis.call('HKEYS', services)) do
    local name = key:match('^([^ ]+) ')
    local first, service = name and find(name), name and find(key)
    if first and service and first.url == service.url then
      drop(key)
    elseif service and not first then
      store(name, service)
      local ends = redis.call('ZSCORE', leases, key)
      if ends then
        redis.call('ZADD', leases, ends, name)
      end
      drop(key)
    end
  end
end

if passed > GAP then -- nobody could renew meanwhile: each has at least as long again as after a renewal
  for _, key in ipairs(redis.call('ZRANGE', leases, 0, -1)) do
    local service = find(key)
    local left = service and service.lease or 0
    redis.call('ZADD', leases, math.max(redis.call('ZSCORE', leases, key) + passed, now + left), key)
  end
  for _, member in ipairs(redis.call('ZRANGE', seen, 0, -1)) do
    redis.call('ZINCRBY', seen, passed, member)
  end
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
        if not apply[kind](change.name, change.url, part, at) then
          refused = true
        end
        last = math.max(last, part.number)
      end
    end
  end
  redis.call('SET', done, string.format('%.0f', last), 'PX', GONE_FOR)
  redis.call('ZREMRANGEBYSCORE', gone, '-inf', now - GONE_FOR)
end

for _, key in ipairs(redis.call('ZRANGEBYSCORE', leases, '-inf', now)) do
  drop(key)
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

if changed or number(tidied) ~= version then -- a gateway of before may have changed something
  tidy()
end
if changed then
  version = version + 1
end
redis.call('HSET', state, 'epoch', epoch, 'version', version, 'tidied', version,
  'services', redis.call('HLEN', services), 'leases', redis.call('ZCARD', leases))

local list = (known_epoch ~= epoch or known_version ~= version or refused) and redis.call('HGETALL', services)
local ends = (list or ask_leases == '1') and redis.call('ZRANGE', leases, 0, -1, 'WITHSCORES')
return {epoch, version, now, redis.call('HVALS', gateways), list, ends}
