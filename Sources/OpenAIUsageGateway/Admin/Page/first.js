// Asks for what is shown first, before the rest of the page is read: the gateway sums up meanwhile.

let route = routeOf(location.hash);

/** The first question about the gateway itself, and the time of its answer. */
let firstStatus = askJSON("status").then((status) => ({ status, time: Date.now() }));
firstStatus.catch(() => { /* Told by who waits for it. */ });

/** Asks for the sums that take the longest. */
function askForSums() {
  const range = rangeOf(route);
  const expected = expectedDimension(route, Date.now());
  for (const by of expected ? [expected, "project", "model"] : ["project", "model"]) {
    askEarly("report", { ...range, by, percentiles: "estimate" });
  }
  askEarly("glance", { timezone: range.timezone, brief: true });
  askEarly("calls", callsOf(route));
}

{
  const { keepsCalls, asksToken } = document.documentElement.dataset;
  if (keepsCalls === "true" && !route.call && (asksToken !== "true" || token.value)) askForSums();
}
