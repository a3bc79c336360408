wrk.method = "POST"
wrk.body = string.rep("x", 1024)
