-- usage: tally.lua FILE OUT: counts words, writes and reads files.
local from, to = ...
print(#arg, arg[0], from, to)
local counts, order = {}, {}
for line in io.lines(from) do
    for word in line:gmatch("%a+") do
        word = word:lower()
        if not counts[word] then counts[word] = 0 order[#order + 1] = word end
        counts[word] = counts[word] + 1
    end
end
table.sort(order, function(a, b) return counts[a] > counts[b] or (counts[a] == counts[b] and a < b) end)

local out = assert(io.open(to, "w"))
out:setvbuf("full", 64)
for _, word in ipairs(order) do out:write(word, " ", counts[word], "\n") end
print(out:seek("cur"), io.type(out), out:close(), io.type(out))

local again = assert(io.open(to, "r+"))
print(again:read("l", "n"))
print(again:seek("set", 2), io.type(again:write("E")), again:seek("set"), again:read("l"))
again:close()
local more = assert(io.open(to, "a"))
more:write("end\n")
more:close()
for line in io.lines(to) do print(line) end

print(os.rename(to, "renamed.txt"), (io.open(to)), os.remove("renamed.txt"))
print((io.open("../outside")), os.execute(), os.getenv("HOME"))
io.stderr:write("done\n")
os.exit(3, true)
