-- Requests of which none is right, to be sent beside those of valid.lua.
local bodies = {
  { "application/json", "{\"inputs\": [[1, 2, 3]]}" },
  { "application/json", string.rep("[", 10000) },
  { "application/json", "{\"inputs\": [[" .. string.rep("0.5,", 783) .. "1e999]]}" },
  { "application/octet-stream", string.rep("\255", 3136) },
  { "application/octet-stream", "short" },
  { "text/plain", "none" },
}
local at = 0

function request()
  at = at % #bodies + 1
  local kind, body = bodies[at][1], bodies[at][2]
  return wrk.format("POST", nil, { ["content-type"] = kind }, body)
end
