-- Particles as objects with inherited methods: metatables, closures, garbage.
local Body = {}
Body.__index = Body
function Body.new(x, v) return setmetatable({ x = x, v = v, hits = 0 }, Body) end
function Body:step(time) self.x = self.x + self.v * time end
function Body:bounce(low, high)
  if self.x < low or self.x > high then
    self.v = -self.v
    self.hits = self.hits + 1
  end
end

local Heavy = setmetatable({}, { __index = Body })
Heavy.__index = Heavy
function Heavy.new(x, v)
  local body = Body.new(x, v)
  body.mass = 3
  return setmetatable(body, Heavy)
end
function Heavy:step(time) Body.step(self, time / self.mass) end

local bodies = {}
for i = 1, 40 do bodies[i] = (i % 3 == 0 and Heavy or Body).new(i / 4, (i % 7) - 3) end
local log = {}
local observers = { function(body) return body.x end, function(body) return body.hits end }
for step = 1, 60 do
  for _, body in ipairs(bodies) do
    body:step(0.25)
    body:bounce(0, 10)
    log[#log + 1] = { step = step, seen = observers[step % 2 + 1](body) }
  end
  if step % 10 == 0 then log = {} end
end
local total = 0
for _, body in pairs(bodies) do total = total + body.x * 8 + body.hits end
return string.format("%.6f", total)
