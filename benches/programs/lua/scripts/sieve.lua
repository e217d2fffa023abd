-- Primes below 20,000 and a digit sum of each: integer loops over an array.
local limit = 20000
local composite = {}
for i = 1, limit do composite[i] = false end
local count, sum = 0, 0
for i = 2, limit do
  if not composite[i] then
    count = count + 1
    for j = i * i, limit, i do composite[j] = true end
    local digits, rest = 0, i
    while rest > 0 do
      digits = digits + rest % 10
      rest = rest // 10
    end
    sum = (sum << 1 ~ digits) & 0xffffff
  end
end
return count .. " " .. sum
