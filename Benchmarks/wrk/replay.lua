-- Sends the requests of a file, one a line, tab-separated: method, path, token, body, idempotency key.
--
--   wrk … -s replay.lua URL -- FILE [once [MARKER]]
--
-- Each thread takes its share of the lines, of as many threads as WRK_THREADS says, and begins again at the end; with
-- "once" it asks for /livez from then on, until it is stopped; with MARKER each thread stops when all its requests are answered
-- and makes a file MARKER.THREAD to say so. Prints one line of JSON.

local threads = 0

function setup(thread)
   thread:set("index", threads)
   threads = threads + 1
end

local function share(file, index, count)
   local requests, number = {}, 0
   for line in io.lines(file) do
      if number % count == index then
         local method, path, token, body, key = line:match("^([^\t]*)\t([^\t]*)\t([^\t]*)\t?([^\t]*)\t?(.*)$")
         local headers = {}
         if token ~= "" then headers["Authorization"] = "Bearer " .. token end
         if key ~= "" then headers["Idempotency-Key"] = key end
         if body ~= "" then headers["Content-Type"] = "application/json" end
         requests[#requests + 1] = wrk.format(method, path, headers, body ~= "" and body or nil)
      end
      number = number + 1
   end
   return requests
end

function init(arguments)
   local count = tonumber(os.getenv("WRK_THREADS"))
   requests = share(arguments[1], index, count)
   once = arguments[2] == "once"
   marker = arguments[3]
   if marker then response = count_answer end
   answered = 0
   harmless = wrk.format("GET", "/livez")
   -- wrk asks the first thread for a request that it only looks at.
   sent = index == 0 and -1 or 0
end

function request()
   sent = sent + 1
   if once and sent > #requests then return harmless end
   return requests[(sent - 1) % #requests + 1]
end

-- Only where it is needed: wrk is slower with it.
function count_answer()
   answered = answered + 1
   if answered == #requests then
      io.open(marker .. "." .. index, "w"):close()
      wrk.thread:stop()
   end
end

function done(summary, latency)
   local errors = summary.errors
   io.write(string.format(
      '{"requests":%d,"seconds":%.6f,"p50_ms":%.3f,"p99_ms":%.3f,"max_ms":%.3f,"bytes":%d,"refused":%d,"broken":%d}\n',
      summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
      latency.max / 1e3, summary.bytes, errors.status,
      errors.connect + errors.read + errors.write + errors.timeout))
end
