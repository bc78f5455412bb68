# For puma: Rack.
require 'digest'
require 'rack'

ECHO = lambda do |env|
  hash = Digest::SHA256.new
  while (piece = env['rack.input'].read(65_536))
    hash << piece
  end
  [200, { 'Content-Type' => 'text/plain' }, ["#{env['REQUEST_METHOD']} #{hash.hexdigest}"]]
end
FILES = Rack::Files.new(ENV.fetch('FILES'))

run(lambda do |env|
  case env['PATH_INFO']
  when '/health' then [200, { 'Content-Type' => 'text/plain' }, ['ok']]
  when '/echo' then ECHO.call(env)
  when '/early' then [401, { 'Content-Type' => 'text/plain' }, ['who are you?']]
  when '/chunks' then [200, { 'Content-Type' => 'text/plain' }, %w[one, two, three]]
  else FILES.call(env)
  end
end)
