// The URL's fragment says what is shown, so that it can be bookmarked and sent; it never reaches a server.

const standard = { period: "this-month", zone: "UTC" };
const filterNames = ["project", "model", "result", "error", "min"];

const periods = [
  ["today", "Today"], ["yesterday", "Yesterday"], ["24h", "Last 24 hours"], ["7d", "Last 7 days"], ["30d", "Last 30 days"],
  ["this-week", "This week"], ["last-week", "Last week"], ["this-month", "This month"], ["last-month", "Last month"],
  ["this-quarter", "This quarter"], ["this-year", "This year"], ["all", "All time"], ["custom", "From … to …"],
];

const decode = (text) => {
  try { return decodeURIComponent(text); } catch { return text; }
};

/** The route of a fragment: the call, the period and zone, the filter of calls. */
function routeOf(fragment) {
  const text = fragment.replace(/^#/, "");
  const mark = text.indexOf("?");
  const path = mark < 0 ? text : text.slice(0, mark);
  const values = new Map(mark < 0 ? [] : new URLSearchParams(text.slice(mark + 1)));
  const day = (name) => (/^\d{4}-\d\d-\d\d$/.test(values.get(name) ?? "") ? values.get(name) : null);
  const route = {
    call: path.startsWith("call/") ? decode(path.slice(5)) : null,
    period: values.get("period") ?? standard.period,
    from: day("from"), to: day("to"), zone: values.get("timezone") ?? standard.zone, filter: {},
  };
  if (route.period === "custom" && !route.from) route.period = standard.period;
  for (const name of filterNames) if (values.get(name)) route.filter[name] = values.get(name);
  try { localParts(0, route.zone); } catch { route.zone = standard.zone; }
  return route;
}

/** The fragment of a route. */
function fragmentOf(route) {
  const values = { timezone: route.zone === standard.zone ? null : route.zone };
  if (route.period !== standard.period) values.period = route.period;
  if (route.period === "custom") Object.assign(values, { from: route.from, to: route.to });
  Object.assign(values, route.filter);
  return `#${route.call ? `call/${encodeURIComponent(route.call)}` : ""}${query(values)}`;
}

const callLink = (id) => fragmentOf({ ...route, call: id });

/** The parameters of a report or list over the period of a route. */
function rangeOf(route) {
  const range = { timezone: route.zone === "UTC" ? null : route.zone };
  if (route.period === "custom") {
    range.since = route.from;
    if (route.to) range.until = dayAfter(route.to);
  } else if (/^\d+[hd]$/.test(route.period)) {
    range.since = route.period;
  } else {
    range.period = route.period;
  }
  return range;
}

/** The parameters of the filter of calls. */
function filterOf(filter) {
  const parameters = { project: filter.project, model: filter.model, error: filter.error };
  if (filter.min) parameters["min-duration"] = /^\d+(\.\d+)?$/.test(filter.min) ? `${filter.min}s` : filter.min;
  if (filter.result === "failed") parameters.outcome = ["error", "cut", "timeout", "unreachable"];
  else if (/^[a-z_]+$/.test(filter.result ?? "")) parameters.outcome = filter.result;
  else if (filter.result) parameters.status = filter.result;
  return parameters;
}

/** The calls that are asked for at once. */
const listSize = 50;

/** The parameters of the list of calls of a route. */
const callsOf = (route) => ({ ...rangeOf(route), ...filterOf(route.filter), limit: listSize });

/** The dimension of time that a route's report will have, as far as its period tells; null if only the report does. */
function expectedDimension(route, now) {
  const { period, zone } = route;
  if (["today", "yesterday", "24h"].includes(period)) return "hour";
  if (["7d", "30d", "last-week", "last-month"].includes(period)) return "day";
  if (period === "this-month") return Number(localDay(now, zone).slice(8)) <= 2 ? "hour" : "day";
  return null;
}

/** The names of all periods of a dimension of time in a report's range, with the times at which they begin. */
function bucketsOf(report, dimension, zone) {
  const [from, to] = [Date.parse(report.from), Date.parse(report.to) - 1];
  const names = report.rows.map((row) => row[dimension]);
  const found = new Map();
  if (dimension === "hour") {
    const first = names.length ? Date.parse(names[0]) : from;
    let time = first - Math.floor((first - from) / 3600000) * 3600000;
    if (time > from) time -= 3600000;
    for (; time <= to && found.size < 400; time += 3600000) if (time + 3600000 > from) found.set(time, null);
    for (const name of names) found.set(Date.parse(name), name);
    return [...found.entries()].sort((one, other) => one[0] - other[0]).map(([time, name]) => {
      const clock = localTime(time, zone).slice(0, 5);
      return { name, time, label: clock, title: `${localDay(time, zone)} ${clock}` };
    });
  }
  const isDay = dimension === "day";
  const last = localDay(to, zone);
  const all = new Set(names);
  for (let day = localDay(from, zone), left = 5000; day <= last && left > 0; day = dayAfter(day), left -= 1) all.add(isDay ? day : day.slice(0, 7));
  return [...all].sort().map((name) => {
    const [year, month, day] = name.split("-");
    const short = monthNames[Number(month) - 1];
    return { name, label: isDay ? `${short} ${Number(day)}` : `${short} ${year.slice(2)}`, title: name };
  });
}
