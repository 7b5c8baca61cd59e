-- One digit as 784 floats of 0.5, from each connection five times a second:
--
--     wrk -t1 -c1000 -d10s --latency -s deploy/serve/load/valid.lua http://127.0.0.1:8080/predict
--
-- With PACE=0 each connection asks again at once, which measures how many requests are answered and not how long one takes.
local pace = tonumber(os.getenv("PACE") or "200")

wrk.method = "POST"
wrk.headers["content-type"] = "application/octet-stream"
wrk.body = string.rep("\0\0\0\63", 784)

if pace > 0 then
  -- From half as long to half as long again, so that connections do not ask all at once.
  function delay()
    return math.random(math.floor(pace / 2), math.floor(pace * 3 / 2))
  end
end

function done(summary, latency, requests)
  io.write(string.format("requests %d, not 2xx %d, socket errors %d, median %.2f ms, p99 %.2f ms, slowest %.2f ms\n",
    summary.requests, summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, latency.max / 1000))
end
