-- Floats in arrays of arrays: a matrix product and a spectral iteration.
local size = 20
local function matrix(f)
  local rows = {}
  for i = 1, size do
    local row = {}
    for j = 1, size do row[j] = f(i, j) end
    rows[i] = row
  end
  return rows
end

local function product(a, b)
  return matrix(function(i, j)
    local sum, row = 0.0, a[i]
    for k = 1, size do sum = sum + row[k] * b[k][j] end
    return sum
  end)
end

local a = matrix(function(i, j) return 1 / (i + j) end)
local b = product(a, a)
for _ = 1, 3 do b = product(b, a) end
local trace = 0.0
for i = 1, size do trace = trace + b[i][i] end
return string.format("%.10g %.10g", trace, math.sqrt(trace) + math.floor(trace * 1000))
