-- Random attempts for wrk; half of them towards somebody who agreed. Sizes come from the environment.
local subscribers, numbers, firms = tonumber(os.getenv("SUBSCRIBERS")), tonumber(os.getenv("NUMBERS")), tonumber(os.getenv("FIRMS"))
local first_subscriber, first_number = tonumber(os.getenv("FIRST_SUBSCRIBER")), tonumber(os.getenv("FIRST_NUMBER"))
local random, floor = math.random, math.floor
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer " .. os.getenv("KEY")

function init(args)
  math.randomseed(os.time())
end

function request()
  local subscriber = random(0, subscribers - 1)
  local firm = random(0, firms - 1)
  if random() < 0.5 then firm = (subscriber * 7) % firms end
  local number = random(0, floor(numbers / firms) - 1) * firms + firm
  local body = string.format('{"caller":"%.0f","callee":"%.0f","mode":"attempt"}',
    first_number + number, first_subscriber + subscriber)
  return wrk.format(nil, "/gate/v1/decide", nil, body)
end
