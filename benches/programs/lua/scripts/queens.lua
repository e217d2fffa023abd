-- Eight queens, all solutions: recursion and small tables.
local size, count, sum = 7, 0, 0

local function place(row, columns, rising, falling)
  if row > size then
    count = count + 1
    for i = 1, size do sum = (sum * 31 + columns[i]) % 1000003 end
    return
  end
  for column = 1, size do
    if not columns[-column] and not rising[row + column] and not falling[row - column + size] then
      columns[-column], rising[row + column], falling[row - column + size] = true, true, true
      columns[row] = column
      place(row + 1, columns, rising, falling)
      columns[-column], rising[row + column], falling[row - column + size] = nil, nil, nil
    end
  end
end

place(1, {}, {}, {})
return count .. " " .. sum
