-- Counts words of generated text: patterns, string building, a hash table, sorting with a function.
local seed = 42
local function random(bound)
  seed = (seed * 16807) % 2147483647
  return seed % bound
end

local syllables = { "ka", "lo", "mi", "ne", "ru", "ta", "so", "vi" }
local parts = {}
for i = 1, 1200 do
  local word = ""
  for _ = 0, random(3) do word = word .. syllables[random(8) + 1] end
  parts[i] = word
end
local text = table.concat(parts, " ")

local counts, order = {}, {}
for word in text:gmatch("%a+") do
  if not counts[word] then order[#order + 1] = word end
  counts[word] = (counts[word] or 0) + 1
end
table.sort(order, function(a, b)
  if counts[a] ~= counts[b] then return counts[a] > counts[b] end
  return a < b
end)
local lines = {}
for i = 1, 40 do lines[i] = string.format("%3d %-10s %s", counts[order[i]], order[i], order[i]:upper():reverse()) end
local replaced, hits = text:gsub("k(%a)", "<%1>")
return table.concat(lines, "\n") .. #replaced .. " " .. hits
