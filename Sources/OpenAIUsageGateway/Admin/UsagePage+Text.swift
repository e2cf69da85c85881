// swift-format-ignore-file
// Generated from the files in Page by .ci/generate-page; change that and run it again.
extension UsagePage {
    static let styleHashes = ["sha256-OYST/6duZesJ77+VTQCY/dk2xmwKs/nGRQIuVVhiWLY="]
    static let scriptHashes = ["sha256-u2z+QuzZdVDxfqv8YLe7VEmzxgBdO/1S2WBjCfk7DPo=", "sha256-Qp7hMmbcomYEc+U/NtBhGcWO8uF//YBDojzp6FiXhNI="]

    static let source = #"""
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>oai-usage</title>
<link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='3' fill='%232a6a5a'/%3E%3Cpath d='M3 13V9h2v4zm4 0V3h2v10zm4 0V6h2v7z' fill='%23fff'/%3E%3C/svg%3E">
<script>
"use strict";

// Numbers as the command line writes them: the same digits, the same rounding. Money is exact: picodollars as BigInt.

/** Digits with thousands separators. */
const grouped = (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ",");

/** An integer; a dash for null. */
function count(value) {
  if (value === null || value === undefined) return "–";
  const number = BigInt(value);
  return (number < 0n ? "-" : "") + grouped(String(number < 0n ? -number : number));
}

const calls = (value) => `${count(value)} ${Number(value) === 1 ? "call" : "calls"}`;

/** Picodollars of the exact decimal of the API; null for null. */
function pico(text) {
  if (text === null || text === undefined) return null;
  const match = /^(-?)(\d+)(?:\.(\d{1,12}))?$/.exec(String(text));
  if (!match) return null;
  const amount = BigInt(match[2] + (match[3] ?? "").padEnd(12, "0"));
  return match[1] ? -amount : amount;
}

const unitOf = (decimals) => 10n ** BigInt(12 - decimals);
const absolute = (value) => (value < 0n ? -value : value);

/** Picodollars with some decimals, rounded half to even; an amount too small for them is less than their unit, never zero. */
function fixedDollars(value, decimals) {
  const unit = unitOf(decimals);
  const magnitude = absolute(value);
  let rounded = magnitude / unit;
  const rest = magnitude % unit;
  if (rest * 2n > unit || (rest * 2n === unit && rounded % 2n === 1n)) rounded += 1n;
  const isSmall = rounded === 0n && value !== 0n;
  const digits = String(isSmall ? 1n : rounded).padStart(decimals + 1, "0");
  const point = digits.length - decimals;
  return `${value < 0n ? "-" : ""}${isSmall ? "<" : ""}$${grouped(digits.slice(0, point))}.${digits.slice(point)}`;
}

/** The decimals that all amounts of a column have: the largest is shown with four significant digits at least. */
function scaleOf(amounts) {
  let most = 0n;
  for (const amount of amounts) if (amount !== null && absolute(amount) > most) most = absolute(amount);
  if (most === 0n || most >= unitOf(2) * 1000n) return 2;
  let decimals = 4;
  while (decimals < 12 && most < unitOf(decimals) * 1000n) decimals += 1;
  return decimals;
}

/** Dollars of one amount that stands alone. */
const dollars = (value) => (value === null ? "–" : fixedDollars(value, scaleOf([value])));

/** All digits of an amount, without needless zeros. */
function exactDollars(value) {
  if (value === null) return "–";
  const digits = String(absolute(value)).padStart(13, "0");
  const fraction = digits.slice(-12).replace(/0+$/, "").padEnd(2, "0");
  return `${value < 0n ? "-" : ""}$${grouped(digits.slice(0, -12))}.${fraction}`;
}

/** A large integer with three significant digits. */
function compact(value) {
  if (value === null || value === undefined) return "–";
  const number = Number(value);
  if (number < 10000) return count(value);
  const units = [["K", 1e3], ["M", 1e6], ["B", 1e9], ["T", 1e12]];
  for (const [name, scale] of units) {
    const scaled = number / scale;
    const text = scaled.toFixed(scaled < 9.995 ? 2 : scaled < 99.95 ? 1 : 0);
    if (Number(text) < 1000 || name === "T") return text + name;
  }
  return count(value);
}

/** A duration of milliseconds in a suitable unit, rounded as the command line does. */
function duration(milliseconds) {
  if (milliseconds === null || milliseconds === undefined) return "–";
  const value = Math.round(Number(milliseconds) * 1000);
  if (value < 1000) return `${value}µs`;
  const tenths = (size) => (Math.floor((value + size / 2) / size) / 10).toFixed(1);
  if (value < 9950) return `${tenths(100)}ms`;
  if (value < 999500) return `${Math.floor((value + 500) / 1000)}ms`;
  if (value < 59950000) return `${tenths(100000)}s`;
  const seconds = Math.floor((value + 500000) / 1e6);
  return `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}

/** A span of seconds in its two greatest units. */
function span(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}m${whole % 60}s`;
  if (whole < 86400) return `${Math.floor(whole / 3600)}h${Math.floor(whole / 60) % 60}m`;
  return `${Math.floor(whole / 86400)}d${Math.floor(whole / 3600) % 24}h`;
}

/** A part of a whole in percent: only nothing is 0%, and only the whole is 100%. */
function share(part, whole) {
  if (part === null || whole === null || BigInt(whole) <= 0n || BigInt(part) < 0n) return "–";
  const [some, all] = [BigInt(part), BigInt(whole)];
  if (some === 0n) return "0%";
  if (some === all) return "100%";
  let tenths = (some * 1000n) / all;
  const rest = (some * 1000n) % all;
  if (rest * 2n > all || (rest * 2n === all && tenths % 2n === 1n)) tenths += 1n;
  if (tenths === 0n) return "<0.1%";
  if (tenths >= 1000n && some < all) return ">99.9%";
  return `${tenths / 10n}.${tenths % 10n}%`;
}

/** A name of the ledger without characters that are invisible or turn the direction of what follows. */
function clean(name) {
  if (name === null || name === undefined) return "–";
  const text = String(name).replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, "\ufffd");
  return text === "" ? "(empty)" : text;
}

const words = (code) => String(code ?? "–").replaceAll("_", " ");

const clocks = new Map();

/** The parts of an instant in a time zone. */
function localParts(instant, zone) {
  // The first formatter of a document takes the browser a while, and UTC needs none.
  if (zone === "UTC") {
    const text = new Date(instant).toISOString();
    const [date, time] = [text.slice(0, -14), text.slice(-13)];
    const [year, month, day] = [date.slice(0, -6), date.slice(-5, -3), date.slice(-2)];
    return { year, month, day, hour: time.slice(0, 2), minute: time.slice(3, 5), second: time.slice(6, 8) };
  }
  if (!clocks.has(zone)) {
    clocks.set(zone, new Intl.DateTimeFormat("en-CA", {
      timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit",
      minute: "2-digit", second: "2-digit",
    }));
  }
  return Object.fromEntries(clocks.get(zone).formatToParts(instant).map((part) => [part.type, part.value]));
}

const localDay = (instant, zone) => {
  const parts = localParts(instant, zone);
  return `${parts.year}-${parts.month}-${parts.day}`;
};

const localTime = (instant, zone) => {
  const parts = localParts(instant, zone);
  return `${parts.hour}:${parts.minute}:${parts.second}`;
};

/** The day some days after another, both as 2026-11-23. */
function dayAfter(day, days = 1) {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

const monthNames = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const monthTitles = [
  "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
  "December",
];

// The gateway's reporting API. The token stays in this tab: sessionStorage, and the header of each request.

const tokenName = "oai-usage token";

const token = {
  get value() {
    try { return sessionStorage.getItem(tokenName); } catch { return this.fallback ?? null; }
  },
  set value(text) {
    this.fallback = text;
    try {
      if (text) sessionStorage.setItem(tokenName, text);
      else sessionStorage.removeItem(tokenName);
    } catch { /* Storage is forbidden; the token lasts as long as the document. */ }
  },
};

/** A failure to be told: what happened, whether a token is needed, when to try again. */
class Failure extends Error {
  constructor(message, { status = 0, code = null, retrySeconds = null } = {}) {
    super(message);
    Object.assign(this, { status, code, retrySeconds });
  }
}

/** The query of some parameters; null is left out, and a list repeats its name. */
function query(parameters) {
  const pairs = [];
  for (const [name, value] of Object.entries(parameters)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== null && one !== undefined && one !== "") pairs.push(`${encodeURIComponent(name)}=${encodeURIComponent(one)}`);
    }
  }
  return pairs.length ? `?${pairs.join("&")}` : "";
}

/** Parses JSON and keeps every digit of money, as text: a key that ends with usd. */
const parse = (text) => JSON.parse(text.replace(/("[a-z_]*usd":)(-?\d+(?:\.\d+)?)/g, '$1"$2"'));

const pause = (milliseconds, signal) => new Promise((resolve, reject) => {
  const timer = setTimeout(resolve, milliseconds);
  signal?.addEventListener("abort", () => {
    clearTimeout(timer);
    reject(signal.reason);
  });
});

/** The answers that were asked for before the page was set up, by path and query; each is taken once. */
const early = new Map();

/** Asks for what will be needed first. */
function askEarly(path, parameters) {
  const answer = ask(path, parameters);
  answer.catch(() => { /* Told by who takes it. */ });
  early.set(path + query(parameters), answer);
}

/** Asks the API, and returns its answer's text. */
async function ask(path, parameters = {}, signal = undefined) {
  const key = path + query(parameters);
  const known = early.get(key);
  if (known) {
    early.delete(key);
    return known;
  }
  for (let attempt = 0; ; attempt += 1) {
    const failure = await tell(path, parameters, signal);
    if (typeof failure === "string") return failure;
    // Another tab may have taken the places at the ledger for a moment.
    if (failure.code !== "too_many_requests" || attempt === 4) throw failure;
    await pause(150 * 2 ** attempt, signal);
  }
}

async function tell(path, parameters, signal) {
  const limit = new AbortController();
  const end = () => limit.abort(signal.reason);
  const timer = setTimeout(() => limit.abort(new Failure("The gateway has not answered for 30 s.")), 30000);
  signal?.addEventListener("abort", end);
  try {
    signal?.throwIfAborted();
    const headers = { Accept: "application/json" };
    if (token.value) headers.Authorization = `Bearer ${token.value}`;
    const response = await fetch(`api/v1/${path}${query(parameters)}`, {
      headers, signal: limit.signal, cache: "no-store", credentials: "omit", redirect: "error",
    });
    const text = await response.text();
    if (response.ok) return text;
    let error = {};
    try { error = JSON.parse(text).error ?? {}; } catch { /* An answer of something else on the way. */ }
    const retry = Number(response.headers.get("Retry-After"));
    return new Failure(error.message ?? `The answer had the status ${response.status}.`, {
      status: response.status, code: error.code ?? null, retrySeconds: retry > 0 ? retry : null,
    });
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    if (limit.signal.aborted) throw limit.signal.reason;
    throw error instanceof TypeError ? new Failure("The gateway cannot be reached.") : error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", end);
  }
}

const askJSON = async (path, parameters, signal) => parse(await ask(path, parameters, signal));

const askLines = async (path, parameters, signal) =>
  (await ask(path, parameters, signal)).split("\n").filter((line) => line).map(parse);

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
</script>
<style>
:root {
  color-scheme: light dark;
  --ground: #f6f7f8; --panel: #fff; --text: #1b2126; --soft: #59636d; --line: #dde2e6; --accent: #1f6f5c; --accent-text: #fff;
  --spend: #2b7a67; --p95: #b4530a; --p50: #2458b8; --first: #7a4fb0; --bad: #b3261e; --warning: #8a5a00; --good: #1d6b45;
  --cursor: #1f6f5c1f; --code: #eceff1;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #12161a; --panel: #1a2026; --text: #e6eaed; --soft: #9ea9b3; --line: #313a43; --accent: #6fc7ae; --accent-text: #0d1713;
    --spend: #4fae95; --p95: #f0a35e; --p50: #83b0ff; --first: #c4a0f0; --bad: #ff8f85; --warning: #e9b949; --good: #7fd1a4;
    --cursor: #6fc7ae2b; --code: #262e36;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
html { -webkit-text-size-adjust: 100%; scroll-padding-top: 1rem; }
body { margin: 0 auto; max-width: 82rem; padding: 0 1.25rem 2rem; background: var(--ground); color: var(--text); font: 15px/1.45 system-ui, sans-serif; overflow-wrap: anywhere; }
h1, h2, h3, p, dl, dd, figure, ul { margin: 0; }
h1 { font-size: 1.1rem; }
h1 a { color: inherit; text-decoration: none; }
h2 { font-size: 1.15rem; margin: 1.75rem 0 .6rem; }
h3 { font-size: 1rem; margin: 1.1rem 0 .4rem; }
a { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
main:focus, h2:focus { outline: none; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: -100vw; background: var(--accent); color: var(--accent-text); padding: .5rem 1rem; z-index: 1; }
.skip:focus { left: .5rem; top: .5rem; }
header { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; padding: .9rem 0 .6rem; }
#find { display: flex; gap: .4rem; flex: 1 1 16rem; max-width: 30rem; }
#find input { flex: 1; min-width: 0; }
.updates { margin-left: auto; color: var(--soft); font-size: .87rem; display: flex; flex-wrap: wrap; gap: .3rem .7rem; align-items: center; }
button, input, select { font: inherit; color: inherit; background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: .3rem .6rem; min-height: 2.1rem; max-width: 100%; }
button { cursor: pointer; border-color: var(--soft); }
button:hover { border-color: var(--accent); color: var(--accent); }
button:disabled { opacity: .6; cursor: default; }
#filter { margin-bottom: .6rem; }
.controls { display: flex; flex-wrap: wrap; gap: .5rem .9rem; align-items: end; }
.controls label { display: inline-flex; flex-direction: column; font-size: .8rem; color: var(--soft); min-width: 0; }
.controls input, .controls select { font-size: .95rem; color: var(--text); }
.controls input { width: 11rem; }
.controls input.short, .controls input[type="date"] { width: 9rem; }
#zone { width: 12rem; }
#days { display: inline-flex; flex-wrap: wrap; gap: .5rem .9rem; }
.bar { display: flex; flex-wrap: wrap; gap: .2rem 1rem; justify-content: space-between; align-items: end; margin-top: 1.5rem; }
.bar h2 { margin: 0; }
.banner { background: var(--panel); border: 1px solid var(--warning); border-left-width: 5px; border-radius: 6px; padding: .55rem .8rem; margin: .4rem 0; }
.banner:empty { display: none; }
div.banner { display: flex; flex-wrap: wrap; gap: .3rem 1rem; justify-content: space-between; align-items: center; }
.panel { background: var(--panel); border: 1px solid var(--line); border-radius: 10px; padding: .7rem .9rem; min-width: 0; }
.note, .empty { color: var(--soft); font-size: .87rem; }
.notes { color: var(--warning); font-size: .87rem; padding: 0; list-style: none; margin: .5rem 0; }
.bad, [data-tone="bad"] { color: var(--bad); }
[data-tone="warning"] { color: var(--warning); }
[data-tone="good"] { color: var(--good); }
.badge { color: var(--soft); font-size: .87rem; font-weight: 400; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .7rem; margin-top: .5rem; }
.figures.large { grid-template-columns: repeat(3, minmax(0, 1fr)); }
.figure { background: var(--panel); border: 1px solid var(--line); border-radius: 10px; padding: .6rem .9rem; min-width: 0; container-type: inline-size; }
.figure dt { color: var(--soft); font-size: .87rem; }
.figure .value { white-space: nowrap; font-size: min(1.35rem, 13cqi); font-weight: 600; font-variant-numeric: tabular-nums; min-height: 1.45em; }
.large .value { font-size: min(1.9rem, 13cqi); }
.figure .note { min-height: 1.45em; }
.columns { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: .7rem; margin-top: .7rem; }
[data-stale] #overview, [data-stale] #attempts { opacity: .65; }

.chart figcaption { display: flex; flex-wrap: wrap; gap: .1rem .9rem; align-items: baseline; min-height: 2.9em; align-content: start; }
.chart .title { font-weight: 600; }
.legend { display: flex; flex-wrap: wrap; gap: .1rem .8rem; font-size: .82rem; color: var(--soft); }
.key::before { content: ""; display: inline-block; width: 1.4em; border-top: 2px solid currentColor; vertical-align: middle; margin-right: .35em; }
.key.p95 { color: var(--p95); } .key.p50 { color: var(--p50); } .key.first { color: var(--first); }
.key.p95::before { border-top-style: dashed; } .key.first::before { border-top-style: dotted; border-top-width: 3px; }
.readout { flex-basis: 100%; font-size: .82rem; color: var(--soft); font-variant-numeric: tabular-nums; min-height: 1.45em; }
.plot { touch-action: pan-y; cursor: crosshair; min-height: 150px; overflow: hidden; }
.plot svg { display: block; }
.grid line { stroke: var(--line); shape-rendering: crispEdges; }
.labels text { fill: var(--soft); font-size: 11px; font-variant-numeric: tabular-nums; }
.bars .spend { fill: var(--spend); }
.bars .unknown { fill: none; stroke: var(--warning); stroke-dasharray: 2 2; }
.lines path { stroke-width: 2; stroke-linejoin: round; }
path.p95 { stroke: var(--p95); stroke-dasharray: 6 3; } path.p50 { stroke: var(--p50); } path.first { stroke: var(--first); stroke-dasharray: 2 3; }
circle.p95 { fill: var(--p95); } circle.p50 { fill: var(--p50); } circle.first { fill: var(--first); }
.cursor rect { fill: var(--cursor); }
section > p > button, .more { margin-top: .5rem; }
details { font-size: .87rem; color: var(--soft); margin-top: .3rem; }
summary { cursor: pointer; }
.scroll { max-height: 20rem; overflow: auto; }

table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .3rem .6rem; vertical-align: top; font-weight: 400; }
thead th { color: var(--soft); font-size: .82rem; white-space: nowrap; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { padding-left: 0; } th:last-child, td:last-child { padding-right: 0; }
tbody tr + tr > * { border-top: 1px solid var(--line); }
tfoot tr > * { border-top: 2px solid var(--line); font-weight: 600; }
tbody tr:hover { background: var(--cursor); }
.number { text-align: right; white-space: nowrap; }
.when, .word { white-space: nowrap; }
.name { min-width: 7.5rem; }
.word { max-width: 13rem; overflow: hidden; text-overflow: ellipsis; }
tbody th, .data td { max-width: 22rem; }
.attempt { border-top: 1px solid var(--line); padding-top: .3rem; margin-top: .8rem; }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(19rem, 100%), 1fr)); gap: .2rem 1.5rem; }
.facts dl > div { display: grid; grid-template-columns: minmax(6.5rem, 40%) 1fr; gap: .6rem; padding: .12rem 0; }
.facts dt { color: var(--soft); }
.facts dd { font-variant-numeric: tabular-nums; }
.conclusion { margin-top: .6rem; }
pre { overflow: auto; max-height: 24rem; background: var(--code); padding: .7rem; border-radius: 6px; color: var(--text); font-size: .82rem; }
code { background: var(--code); padding: .1em .35em; border-radius: 4px; font-size: .9em; }
footer { margin-top: 2rem; border-top: 1px solid var(--line); color: var(--soft); font-size: .9rem; }
footer p { margin: .4rem 0; }

/* The calls' endpoint and tokens, which the page of a call has, give way to their cost and times. */
@media (52rem < width < 70rem) { #list tr > :nth-child(n + 5):nth-child(-n + 7) { display: none; } }
@media (max-width: 60rem) { .columns { grid-template-columns: minmax(0, 1fr); } }
@media (max-width: 52rem) {
  body { padding: 0 .8rem 1.5rem; }
  .large .value { font-size: min(1.35rem, 13cqi); }
  .updates { margin-left: 0; flex-basis: 100%; }
  /* Each row is a card: its name, then its values with their names. */
  .data:not(.plain), .data:not(.plain) > tbody, .data:not(.plain) > tfoot { display: block; }
  .data:not(.plain) > thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .data:not(.plain) tr { display: flex; flex-wrap: wrap; gap: .05rem 1rem; padding: .45rem 0; }
  .data:not(.plain) tr + tr, .data:not(.plain) tfoot tr { border-top: 1px solid var(--line); }
  .data:not(.plain) tr > * { border: 0; padding: 0; max-width: 100%; min-width: 0; text-align: left; white-space: normal; }
  .data:not(.plain) tr > :first-child { flex: 1 0 100%; font-weight: 600; }
  .data:not(.plain) td:not(:first-child)::before { content: attr(data-label) " "; color: var(--soft); font-size: .82rem; font-weight: 400; }
  .data:not(.plain) td[data-empty] { display: none; }
}
@media (max-width: 34rem) {
  .figures.large { grid-template-columns: minmax(0, 1fr); }
  .figures.large .figure { display: grid; grid-template-columns: 1fr auto; gap: 0 .8rem; align-items: baseline; }
  .figures.large .note { grid-column: 1 / -1; }
  .figures { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .controls label { flex: 1 1 9rem; }
  .controls input, .controls input.short, .controls input[type="date"], #zone { width: 100%; }
}
@media (forced-colors: active) { .bars rect { fill: CanvasText; } .lines path { stroke: CanvasText; } }
@media print { header, footer, .controls, #pause, details { display: none; } }
/* What is below the first screen is laid out when it comes near. */
#projects, #models, #overview section[aria-labelledby=live-title], #overview section[aria-labelledby=limits-title], #bill, #calls, footer { content-visibility: auto; contain-intrinsic-size: auto 20rem; overflow-clip-margin: 6px; }
</style>
</head>
<body>
<a id="skip" class="skip" href="#main">Skip to the figures</a>
<header>
<h1><a href="#">oai-usage</a></h1>
<form id="find" role="search">
<label for="identity" class="unseen">Find a call by any of its identities</label>
<input id="identity" type="search" placeholder="Find a call: req_…, resp_…, id" autocomplete="off" spellcheck="false" maxlength="300">
<button>Find</button>
</form>
<p class="updates"><span id="fresh"></span> <button type="button" id="pause">Pause updates</button></p>
</header>
<div id="failure" class="banner" hidden><p id="problem" role="status"></p> <p><span id="retry-in"></span> <button type="button" id="retry">Try now</button></p></div>
<p id="health" class="banner" role="status"></p>
<noscript><p class="banner">This page needs JavaScript. On the command line, oai-usage and oai-usage report show the same.</p></noscript>
<main id="main" tabindex="-1">

<section id="token" class="panel" hidden aria-labelledby="token-title">
<h2 id="token-title">This gateway asks for a token</h2>
<form id="token-form">
<label for="token-text">A token of its --admin-token-file</label>
<input id="token-text" type="password" autocomplete="off" spellcheck="false" required aria-describedby="token-problem token-note">
<button>Show the figures</button>
</form>
<p id="token-problem" role="alert" class="bad"></p>
<p id="token-note" class="note">The token stays in this tab until you close it, and is sent to this gateway alone.</p>
</section>

<section id="no-ledger" class="panel" hidden aria-labelledby="no-ledger-title">
<h2 id="no-ledger-title">This gateway keeps no ledger</h2>
<p>It was started with --ledger none: calls are priced and counted in <a href="metrics">its metrics</a>, and forgotten when it ends. To
see spend, latency and calls here, start it with --ledger PATH.</p>
</section>

<div id="overview" hidden>
<div id="ledger">
<section aria-labelledby="now-title">
<h2 id="now-title" class="unseen">Today and this month</h2>
<dl id="now" class="figures large"></dl>
</section>

<section id="budgets-section" hidden aria-labelledby="budgets-title">
<h2 id="budgets-title">Budgets</h2>
<div id="budgets" class="panel"></div>
</section>

<section aria-labelledby="period-title">
<div class="bar">
<h2 id="period-title">This month</h2>
<div class="controls">
<label>Period <select id="period"></select></label>
<span id="days" hidden><label>from <input id="from" type="date" required></label> <label>through <input id="to" type="date"></label></span>
<label>Time zone <select id="zone"></select></label>
</div>
</div>
<p id="range" class="note"></p>
<dl id="figures" class="figures"></dl>
<ul id="notes" class="notes"></ul>
<div class="columns">
<div id="spend" class="panel"></div>
<div id="latency" class="panel"></div>
</div>
<h3>By project</h3>
<div id="projects" class="panel"></div>
<h3>By model</h3>
<div id="models" class="panel"></div>
</section>

<section aria-labelledby="live-title">
<h2 id="live-title">In flight <span id="live-count" class="badge"></span></h2>
<div id="live" class="panel"></div>
</section>

<section aria-labelledby="limits-title">
<h2 id="limits-title">Rate limits</h2>
<div id="limits" class="panel"></div>
</section>

<section id="bill" aria-labelledby="bill-title">
<h2 id="bill-title">The provider’s bill</h2>
<p id="bill-none" class="note">Not reconciled yet: run <code>oai-usage reconcile</code> beside the ledger, and how well it agrees with what
OpenAI counts and charges stands here.</p>
<div id="bill-result" hidden>
<p id="bill-when" class="note"></p>
<dl id="bill-figures" class="figures"></dl>
<ul id="bill-notes" class="notes"></ul>
<div class="columns">
<div id="causes" class="panel"></div>
<div id="bill-projects" class="panel"></div>
</div>
</div>
</section>

<section id="calls" aria-labelledby="calls-title">
<h2 id="calls-title" tabindex="-1">Calls <span id="list-count" class="badge"></span></h2>
<form id="filter" class="controls" aria-label="Filter of the calls">
<label>Project <input name="project" list="project-names" autocomplete="off" spellcheck="false" placeholder="any; * is a wildcard"></label>
<datalist id="project-names"></datalist>
<label>Model <input name="model" autocomplete="off" spellcheck="false" placeholder="any"></label>
<label>Result <select name="result"><option value="">any</option><option value="failed">failed</option><option value="completed">completed</option><option value="2xx">2xx</option><option value="4xx">4xx</option><option value="429">429</option><option value="5xx">5xx</option><option value="client_disconnected">client left</option><option value="timeout">timed out</option><option value="open">in flight</option></select></label>
<label>Error code <input name="error" autocomplete="off" spellcheck="false" placeholder="any"></label>
<label>At least <input name="min" class="short" autocomplete="off" placeholder="2s, 300ms"></label>
<button>Apply</button>
<button type="reset" id="clear" hidden>Clear</button>
</form>
<p id="list-problem" role="alert" class="bad"></p>
<div id="list" class="panel"></div>
<p><button type="button" id="older" hidden>Show older calls</button></p>
</section>
</div>
</div>

<div id="call" hidden>
<p><a id="back" href="#">← All calls</a></p>
<h2 id="call-title" tabindex="-1">Call</h2>
<p id="call-problem" role="status"></p>
<div id="attempts"></div>
</div>

</main>
<footer id="help" hidden>
<h2>Help</h2>
<p>oai-usage gateway <span id="version"></span>. Every call to <code id="upstream"></code> that goes through this gateway is metered and
priced.</p>
<ul id="routes"></ul>
<p>Clients use <code id="base-url"></code>. The same figures on a command line: <code id="report-command"></code>.</p>
<p><a href="metrics">Metrics</a> for Prometheus, health at <a href="healthz">/healthz</a> and <a href="-/ready">/-/ready</a>,
and <a href="api/v1/openapi.json">the API that this page reads</a>, in OpenAPI. On this machine, <code>oai-usage reprice</code> and
<code>oai-usage prune</code> change the ledger.</p>
<p><button type="button" id="forget" hidden>Forget the token</button></p>
</footer>
<script>
"use strict";

// The document is patched, not replaced: what is focused, selected or scrolled stays so.

const $ = (id) => document.getElementById(id);

/** The painting of the first figures, for which all that may wait does. */
let tellPainted;
const painted = new Promise((resolve) => { tellPainted = resolve; });

/** Sets the text of an element, if it differs. */
function setText(node, value) {
  const text = String(value);
  const first = node.firstChild;
  if (first && first.nodeType === Node.TEXT_NODE && !first.nextSibling) {
    if (first.data !== text) first.data = text;
  } else if (node.textContent !== text || first) {
    node.textContent = text;
  }
}

/** Sets an attribute, if it differs; null removes it. */
function setAttribute(node, name, value) {
  if (value === null || value === undefined || value === false) {
    if (node.hasAttribute(name)) node.removeAttribute(name);
  } else {
    const text = value === true ? "" : String(value);
    if (node.getAttribute(name) !== text) node.setAttribute(name, text);
  }
}

function setAttributes(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) setAttribute(node, name, value);
  return node;
}

/** Creates an element with attributes and children, which are nodes or texts. */
function element(tag, attributes = {}, ...children) {
  const node = setAttributes(document.createElement(tag), attributes);
  node.append(...children);
  return node;
}

const svgElement = (tag, attributes = {}) =>
  setAttributes(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes);

const show = (node, isShown) => {
  if (node.hidden === isShown) node.hidden = !isShown;
};

const children = new WeakMap();

/** Makes the children of a node those of some items: known ones are updated and moved, others created or removed. */
function patch(parent, items, keyOf, create, update) {
  const known = children.get(parent) ?? new Map();
  const current = new Map();
  let place = parent.firstChild;
  for (const [index, item] of items.entries()) {
    let key = String(keyOf(item, index));
    while (current.has(key)) key += "'";
    const node = known.get(key) ?? create(item, index);
    current.set(key, node);
    update?.(node, item, index);
    if (node === place) place = place.nextSibling;
    else parent.insertBefore(node, place);
  }
  for (const [key, node] of known) if (current.get(key) !== node) node.remove();
  children.set(parent, current);
}

/** Fills a cell or another place: text, with the exact value for programs and a link where there are some. */
function fill(node, content) {
  const { text, value, title, href, tone, isName } = typeof content === "object" && content ? content : { text: content };
  const tag = href ? "a" : value !== undefined ? "data" : isName ? "bdi" : null;
  let inner = node;
  if (tag) {
    inner = node.firstElementChild;
    if (!inner || inner.localName !== tag) {
      inner = document.createElement(tag);
      node.replaceChildren(inner);
    }
    if (href) setAttribute(inner, "href", href);
    if (value !== undefined) setAttribute(inner, "value", value ?? "");
  }
  setText(inner, text);
  setAttribute(node, "title", title ?? null);
  setAttribute(node, "data-tone", tone ?? null);
}

/** A table that becomes a list of cards on a narrow screen; its roles are told, since that layout would lose them. */
class DataTable {
  static part = 12;

  /** limit: the most rows before "Show all" is pressed; isEarly: begins with a part, so that the page's first picture is soon there. */
  constructor(place, caption, columns, { limit = Infinity, isEarly = false } = {}) {
    Object.assign(this, { columns, limit, isEarly, isWhole: false });
    this.body = element("tbody", { role: "rowgroup" });
    this.foot = element("tfoot", { role: "rowgroup" });
    const heads = columns.map((column) =>
      element("th", { scope: "col", role: "columnheader", class: column.isNumber ? "number" : null }, column.name));
    this.table = element("table", { role: "table", class: "data", hidden: true },
      element("caption", { class: "unseen" }, caption),
      element("thead", { role: "rowgroup" }, element("tr", { role: "row" }, ...heads)), this.body, this.foot);
    this.empty = element("p", { class: "empty", hidden: true });
    this.more = element("button", { type: "button", class: "more", hidden: true });
    this.more.addEventListener("click", () => {
      this.isWhole = !this.isWhole;
      this.update(...this.last);
    });
    place.append(this.table, this.empty, this.more);
  }

  update(rows, keyOf, { foot = null, empty = "Nothing yet." } = {}) {
    this.last = [rows, keyOf, { foot, empty }];
    show(this.more, rows.length > this.limit);
    setText(this.more, this.isWhole ? `Show the first ${this.limit} only` : `Show all ${count(rows.length)}`);
    const shown = this.isWhole ? rows : rows.slice(0, this.limit);
    const isFirst = this.isEarly && !this.body.firstChild && shown.length > DataTable.part;
    this.fillBody(isFirst ? shown.slice(0, DataTable.part) : shown, keyOf);
    const asked = this.last;
    const rest = () => { if (this.last === asked) this.fillBody(shown, keyOf); };
    if (isFirst) painted.then(() => requestAnimationFrame(() => setTimeout(rest)));
    patch(this.foot, foot ? [foot] : [], () => "foot", () => this.createRow(), (node, row) => this.fillRow(node, row));
    show(this.table, rows.length > 0);
    show(this.empty, rows.length === 0);
    setText(this.empty, empty);
  }

  fillBody(rows, keyOf) {
    patch(this.body, rows, keyOf, () => this.createRow(), (node, row) => this.fillRow(node, row));
  }

  createRow() {
    return element("tr", { role: "row" }, ...this.columns.map((column, index) =>
      element(index === 0 ? "th" : "td", {
        role: index === 0 ? "rowheader" : "cell", scope: index === 0 ? "row" : null,
        class: [column.isNumber ? "number" : "", column.class ?? ""].join(" ").trim() || null, "data-label": column.name,
      })));
  }

  fillRow(node, row) {
    for (const [index, column] of this.columns.entries()) {
      const content = column.cell(row);
      const cell = node.children[index];
      fill(cell, content);
      const text = typeof content === "object" && content ? content.text : content;
      setAttribute(cell, "data-empty", text === "–" || text === "" ? true : null);
    }
  }
}

// Charts in SVG. Each is a slider over its points: the arrow keys move along, and a screen reader tells the values.

/** The least of 1, 2, 2.5 and 5 times a power of ten that makes at most some steps to a value. */
function niceStep(most, steps) {
  const raw = most / steps;
  const power = 10 ** Math.floor(Math.log10(raw));
  return [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((step) => step >= raw * 0.999999) ?? raw;
}

class Chart {
  /**
   * series: {name, className, isBar, value(point) → number or null}; describe(point) → text; tick(value) → text.
   */
  constructor(place, { title, series, describe, tick, columns }) {
    Object.assign(this, { series, describe, tick, title });
    this.points = [];
    this.index = null;
    this.readout = element("output", { class: "readout" });
    const legend = series.length < 2 ? [] : series.map((one) => element("span", { class: `key ${one.className}` }, one.name));
    this.frame = element("div", {
      class: "plot", role: "slider", tabindex: "0", "aria-label": `${title}; the arrow keys tell the values`,
      "aria-valuemin": "0",
    });
    this.svg = svgElement("svg", { "aria-hidden": "true", focusable: "false" });
    this.layers = {};
    for (const name of ["grid", "bars", "lines", "dots", "cursor", "labels"]) this.svg.append(this.layers[name] = svgElement("g", { class: name }));
    this.frame.append(this.svg);
    this.details = element("details", {}, element("summary", {}, "As a table"));
    const box = element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `${title}, as a table` });
    this.details.append(box);
    this.table = new DataTable(box, title, columns);
    this.table.table.classList.add("plain");
    place.append(element("figure", { class: "chart" },
      element("figcaption", {}, element("span", { class: "title" }, title), element("span", { class: "legend" }, ...legend), this.readout),
      this.frame, this.details));
    this.frame.addEventListener("keydown", (event) => this.key(event));
    this.frame.addEventListener("pointermove", (event) => this.point(event));
    this.frame.addEventListener("pointerdown", (event) => this.point(event));
    this.frame.addEventListener("pointerleave", () => this.select(document.activeElement === this.frame ? this.index : null));
    this.frame.addEventListener("focus", () => this.select(this.index ?? this.points.length - 1));
    this.frame.addEventListener("blur", () => this.select(null));
    this.details.addEventListener("toggle", () => this.tabulate());
    // The width is told, not asked for: to ask would lay the page out for each answer that comes.
    this.width = 0;
    new ResizeObserver(([{ contentRect }]) => {
      this.width = Math.floor(contentRect.width);
      this.draw();
    }).observe(this.frame);
  }

  /** Shows some points; the hint stands where the values of the selected one are told. */
  update(points, hint) {
    Object.assign(this, { points, hint });
    if (this.index !== null) this.index = Math.min(this.index, points.length - 1);
    this.draw();
    this.tabulate();
  }

  tabulate() {
    if (this.details.open) this.table.update(this.points, (point) => point.title);
  }

  draw() {
    const { points, series, width } = this;
    if (width < 50 || this.hint === undefined) return;
    const height = width < 500 ? 150 : 190;
    setAttributes(this.svg, { width, height, viewBox: `0 0 ${width} ${height}` });
    const values = points.flatMap((point) => series.map((one) => one.value(point))).filter((value) => value !== null);
    const most = Math.max(0, ...values);
    const step = most > 0 ? niceStep(most, 4) : 1;
    const top = most > 0 ? Math.ceil(most / step - 1e-9) * step : 1;
    const ticks = most > 0 ? Array.from({ length: Math.round(top / step) + 1 }, (_, index) => index * step) : [0];
    const texts = ticks.map((value) => this.tick(value, step));
    const left = 10 + Math.max(...texts.map((text) => text.length)) * 6.6;
    const area = { left, right: width - 6, top: 8, bottom: height - 22 };
    const slot = (area.right - area.left) / Math.max(1, points.length);
    const x = (index) => area.left + (index + 0.5) * slot;
    const y = (value) => area.bottom - (value / top) * (area.bottom - area.top);
    this.area = { ...area, slot };
    const round = (value) => Math.round(value * 10) / 10;
    patch(this.layers.grid, ticks, (_, index) => index, () => svgElement("line"), (line, value) => setAttributes(line, {
      x1: round(area.left), x2: area.right, y1: round(y(value)), y2: round(y(value)),
    }));
    const every = Math.max(1, Math.ceil(points.length / Math.max(1, Math.floor((area.right - area.left) / 64))));
    const marks = points.map((point, index) => ({ point, index })).filter(({ index }) => (points.length - 1 - index) % every === 0);
    const labels = [
      ...ticks.map((value, index) => ({ key: `y${index}`, text: texts[index], x: area.left - 6, y: y(value) + 4, anchor: "end" })),
      ...marks.map(({ point, index }) => ({
        key: `x${point.title}`, text: point.label, y: height - 6,
        x: Math.min(Math.max(x(index), area.left + 14), area.right - 18), anchor: "middle",
      })),
    ];
    patch(this.layers.labels, labels, (label) => label.key, () => svgElement("text"), (node, label) => {
      setAttributes(node, { x: round(label.x), y: round(label.y), "text-anchor": label.anchor });
      setText(node, label.text);
    });
    const bars = series.filter((one) => one.isBar);
    const breadth = Math.max(1, Math.min(48, slot * 0.72));
    patch(this.layers.bars, bars.flatMap((one) => points.map((point, index) => ({ one, point, index, value: one.value(point) }))),
      ({ one, point }) => `${one.name} ${point.title}`, () => svgElement("rect", { rx: "1.5" }), (bar, { one, index, value, point }) => {
        const tall = value === null ? 0 : Math.max(value > 0 ? 1.5 : 0, area.bottom - y(value));
        const isUnknown = value === null && point.row;
        setAttributes(bar, {
          class: isUnknown ? "unknown" : one.className, x: round(x(index) - breadth / 2), width: round(breadth),
          y: round(isUnknown ? area.bottom - 10 : area.bottom - tall), height: round(isUnknown ? 10 : tall),
        });
      });
    const lines = series.filter((one) => !one.isBar);
    patch(this.layers.lines, lines, (one) => one.name, () => svgElement("path", { fill: "none" }), (path, one) => {
      let isDown = false;
      const steps = points.map((point, index) => {
        const value = one.value(point);
        if (value === null) {
          isDown = false;
          return "";
        }
        const command = isDown ? "L" : "M";
        isDown = true;
        return `${command}${round(x(index))} ${round(y(value))}`;
      });
      setAttributes(path, { class: one.className, d: steps.join("") || null });
    });
    // A point without neighbors is not a line.
    const dots = lines.flatMap((one) => points.map((point, index) => ({ one, index, point, value: one.value(point) })).filter(({ index, value }) =>
      value !== null && (points.length <= 40 || [index - 1, index + 1].every((near) => !points[near] || one.value(points[near]) === null))));
    patch(this.layers.dots, dots, ({ one, point }) => `${one.name} ${point.title}`, () => svgElement("circle", { r: "2" }), (dot, { one, index, value }) =>
      setAttributes(dot, { class: one.className, cx: round(x(index)), cy: round(y(value)) }));
    setAttribute(this.frame, "aria-valuemax", Math.max(0, points.length - 1));
    this.select(this.index);
  }

  select(index) {
    this.index = index === null || !this.points.length ? null : Math.max(0, Math.min(this.points.length - 1, index));
    const shown = this.index ?? this.points.length - 1;
    const point = this.points[shown];
    const text = point ? this.describe(point) : "no data";
    setAttribute(this.frame, "aria-valuenow", Math.max(0, shown));
    setAttribute(this.frame, "aria-valuetext", text);
    setText(this.readout, this.index === null ? this.hint ?? "" : text);
    const isShown = this.index !== null && this.area;
    patch(this.layers.cursor, isShown ? [0] : [], () => 0, () => svgElement("rect"), (cursor) => setAttributes(cursor, {
      x: Math.round(this.area.left + this.index * this.area.slot), y: this.area.top, width: Math.max(1, Math.round(this.area.slot)),
      height: this.area.bottom - this.area.top,
    }));
  }

  point(event) {
    if (!this.area || !this.points.length) return;
    const place = event.clientX - this.frame.getBoundingClientRect().left - this.area.left;
    this.select(Math.floor(place / this.area.slot));
  }

  key(event) {
    const last = this.points.length - 1;
    const current = this.index ?? last;
    const moves = {
      ArrowLeft: current - 1, ArrowDown: current - 1, ArrowRight: current + 1, ArrowUp: current + 1, Home: 0, End: last,
      PageUp: current + 7, PageDown: current - 7,
    };
    if (!(event.key in moves) || last < 0) return;
    event.preventDefault();
    this.select(Math.max(0, Math.min(last, moves[event.key])));
  }
}

// Spend, calls and latency: today and this month, and the chosen period.

/** The calls that a cost leaves out; empty if there are none. */
function gapOf(row) {
  return [[row.unpriced_calls, "unpriced"], [row.calls_without_usage, "without usage"], [row.other_calls, "to unknown endpoints"]]
    .filter(([number]) => number > 0).map(([number, reason]) => `${calls(number)} ${reason}`).join(", ");
}

/** The known cost in picodollars; null if nothing is known, so that it is not shown as free. */
function knownCost(row) {
  const cost = pico(row.cost_usd);
  return cost === null || (cost === 0n && gapOf(row)) ? null : cost;
}

/** The cost of a row as content of a cell; a cost that leaves calls out is a lower bound. */
function costContent(row, decimals = null) {
  const [cost, gap] = [knownCost(row), gapOf(row)];
  const title = gap ? `Not in this cost: ${gap}.` : null;
  if (row.calls === 0) return { text: "–", value: row.cost_usd ?? "", title };
  if (cost === null) return { text: "unknown", value: row.cost_usd ?? "", title, tone: "warning" };
  const text = decimals === null ? dollars(cost) : fixedDollars(cost, decimals);
  return { text: (gap ? "≥" : "") + text, value: row.cost_usd, title: title ?? exactDollars(cost) };
}

const errorsContent = (row) => ({
  text: row.errors ? `${count(row.errors)} (${share(row.errors, row.calls)})` : "0", value: row.errors,
  tone: row.errors ? "bad" : null,
});

const timeContent = (milliseconds) => ({ text: duration(milliseconds), value: milliseconds ?? "" });
const countContent = (value) => ({ text: count(value), value: value ?? "" });
const compactContent = (value) => ({ text: compact(value), value: value ?? "", title: value === null ? null : count(value) });

/** The notes on what the numbers of a report leave out. */
function notesOf(report) {
  const totals = report.totals;
  const notes = [];
  const unpriced = totals.unpriced_calls - totals.partial_calls;
  if (unpriced > 0) notes.push(`${calls(unpriced)} without a price, which the cost leaves out.`);
  if (totals.partial_calls > 0) notes.push(`${calls(totals.partial_calls)} priced in part; the cost holds the known part.`);
  if (totals.unpriced_upper_bound_usd !== null) notes.push(`What the cost leaves out of calls whose usage was told in part is at most ${dollars(pico(totals.unpriced_upper_bound_usd))}.`);
  if (totals.calls_without_usage > 0) {
    const bound = totals.unknown_cost_upper_bound_usd;
    notes.push(`${calls(totals.calls_without_usage)} without usage, ${bound === null ? "whose cost nothing bounds" : `at most ${dollars(pico(bound))}`}.`);
  }
  if (totals.other_calls > 0) notes.push(`${calls(totals.other_calls)} to endpoints that are not known; they may have used more.`);
  if (totals.open_calls > 0) notes.push(`${calls(totals.open_calls)} still in flight.`);
  if (report.counted_from) notes.push(`Old calls are pruned: the sums are from ${report.counted_from} to ${report.counted_to}.`);
  if (report.left_out_calls) notes.push(`${calls(report.left_out_calls)} are left out, whose rows are pruned.`);
  if (report.ungrouped_calls) notes.push(`${calls(report.ungrouped_calls)} cannot be grouped, since their rows are pruned.`);
  return notes;
}

/** A figure: a name, a large value, a line below it. */
class Figure {
  constructor(place, name, id) {
    this.value = element("dd", { class: "value", id });
    this.note = element("dd", { class: "note" });
    this.name = element("dt", {}, name);
    place.append(element("div", { class: "figure" }, this.name, this.value, this.note));
  }

  update(content, note = "", name = null) {
    fill(this.value, content);
    setText(this.note, note);
    if (name) setText(this.name, name);
  }
}

const nameColumn = (dimension) => ({
  name: dimension,
  cell: (row) => (row.isTotal ? "Total" : {
    text: row[dimension] === null ? "(none)" : clean(row[dimension]),
    href: row[dimension] === null ? null : fragmentOf({ ...route, call: null, filter: { ...route.filter, [dimension]: row[dimension] } }),
    title: row[dimension] === null ? `Calls without a ${dimension}` : `List the calls of this ${dimension}`,
  }),
});

class Overview {
  constructor() {
    const now = $("now");
    this.today = new Figure(now, "Today", "today");
    this.month = new Figure(now, "This month", "month");
    this.projected = new Figure(now, "Projected", "projected");
    const figures = $("figures");
    this.cost = new Figure(figures, "Cost", "cost");
    this.calls = new Figure(figures, "Calls", "calls-total");
    this.errors = new Figure(figures, "Errors", "errors");
    this.p50 = new Figure(figures, "Duration p50", "p50");
    this.p95 = new Figure(figures, "Duration p95", "p95");
    this.first = new Figure(figures, "First token p50", "first-token");
    this.tokens = new Figure(figures, "Tokens", "tokens");
    const columns = (dimension) => [
      nameColumn(dimension),
      { name: "cost", isNumber: true, cell: (row) => costContent(row, this.decimals) },
      { name: "share", isNumber: true, cell: (row) => share(pico(row.cost_usd), this.total) },
      { name: "calls", isNumber: true, cell: (row) => countContent(row.calls) },
      { name: "errors", isNumber: true, cell: errorsContent },
      { name: "input", isNumber: true, cell: (row) => compactContent(row.input_tokens) },
      { name: "output", isNumber: true, cell: (row) => compactContent(row.output_tokens) },
      { name: "p50", isNumber: true, cell: (row) => timeContent(row.duration_ms.p50) },
      { name: "p95", isNumber: true, cell: (row) => timeContent(row.duration_ms.p95) },
      { name: "first token", isNumber: true, cell: (row) => timeContent(row.time_to_first_token_ms.p50) },
    ];
    this.projects = new DataTable($("projects"), "Cost by project", columns("project"), { limit: 20, isEarly: true });
    this.models = new DataTable($("models"), "Cost by model", columns("model"), { limit: 20, isEarly: true });
    const period = { name: "time", cell: (point) => point.title };
    const value = (pick) => (point) => (point.row ? pick(point.row) : null);
    this.spend = new Chart($("spend"), {
      title: "Spend", tick: (amount, step) => {
        const decimals = step < 1 ? Math.min(6, Math.max(2, -Math.floor(Math.log10(step * 1.0001)) + (String(step).includes("25") ? 1 : 0))) : 0;
        return `$${amount.toFixed(decimals).replace(/^\d+/, grouped)}`;
      },
      series: [{ name: "spend", className: "spend", isBar: true, value: (point) => {
        if (!point.row) return 0;
        const cost = knownCost(point.row);
        return cost === null ? null : Number(cost) / 1e12;
      } }],
      describe: (point) => `${point.title}: ${point.row ? `${costContent(point.row).text}, ${calls(point.row.calls)}, ${count(point.row.errors)} failed` : "no calls"}`,
      columns: [period, { name: "cost", isNumber: true, cell: (point) => (point.row ? costContent(point.row) : "–") },
        { name: "calls", isNumber: true, cell: (point) => countContent(point.row?.calls ?? 0) },
        { name: "errors", isNumber: true, cell: (point) => (point.row ? errorsContent(point.row) : "0") }],
    });
    const times = [
      ["p95", "p95", (row) => row.duration_ms.p95], ["p50", "p50", (row) => row.duration_ms.p50],
      ["first token p50", "first", (row) => row.time_to_first_token_ms.p50],
    ];
    this.latency = new Chart($("latency"), {
      title: "Latency", tick: (amount) => (amount === 0 ? "0" : amount >= 60000 ? `${+(amount / 60000).toFixed(2)}m` : amount >= 1000 ? `${+(amount / 1000).toFixed(2)}s` : `${+amount.toFixed(2)}ms`),
      series: times.map(([name, className, pick]) => ({ name, className, value: value(pick) })),
      describe: (point) => `${point.title}: ${point.row ? times.map(([name, , pick]) => `${name} ${duration(pick(point.row))}`).join(", ") : "no calls"}`,
      columns: [period, ...times.map(([name, , pick]) => ({ name, isNumber: true, cell: (point) => timeContent(point.row ? pick(point.row) : null) }))],
    });
  }

  updateGlance(glance) {
    const month = monthTitles[Number(glance.month.month.slice(5)) - 1];
    const line = (row) => (row.calls ? `${calls(row.calls)}, ${row.errors ? `${count(row.errors)} failed (${share(row.errors, row.calls)})` : "none failed"}` : "no calls");
    const none = (row) => (row.calls ? costContent(row) : { text: "$0.00", value: "" });
    this.today.update(none(glance.today), line(glance.today));
    this.month.update(none(glance.month), line(glance.month), month);
    const { cost_usd: cost, state, elapsed_seconds: elapsed } = glance.projection;
    const reasons = { too_early: "calls of less than a day so far", unknown_cost: "no cost is known", no_calls: "no calls yet" };
    this.projected.update(
      { text: cost === null ? "–" : (gapOf(glance.month) ? "≥" : "") + dollars(pico(cost)), value: cost ?? "" },
      cost === null ? reasons[state] ?? words(state) : `for all of ${month}, at the rate of its ${(Math.floor(elapsed / 8640) / 10).toFixed(1)} days so far`,
    );
    document.title = `${$("today").textContent} today – oai-usage`;
  }

  updateReport(report) {
    const totals = report.totals;
    this.total = pico(totals.cost_usd);
    this.decimals = scaleOf([this.total, ...report.rows.map((row) => pico(row.cost_usd))]);
    this.cost.update(costContent(totals, this.decimals), gapOf(totals) ? "more, as far as noted below" : "");
    this.calls.update(countContent(totals.calls), totals.open_calls ? `${count(totals.open_calls)} in flight` : "");
    this.errors.update({ text: count(totals.errors), value: totals.errors, tone: totals.errors ? "bad" : null }, share(totals.errors, totals.calls));
    this.p50.update(timeContent(totals.duration_ms.p50), `OpenAI's own ${duration(totals.processing_ms.p50)}`);
    this.p95.update(timeContent(totals.duration_ms.p95), `p99 ${duration(totals.duration_ms.p99)}`);
    this.first.update(timeContent(totals.time_to_first_token_ms.p50), `p95 ${duration(totals.time_to_first_token_ms.p95)}`);
    this.tokens.update(
      totals.input_tokens === null && totals.output_tokens === null ? "–" : compactContent((totals.input_tokens ?? 0) + (totals.output_tokens ?? 0)),
      `${compact(totals.input_tokens)} in (${compact(totals.cached_input_tokens)} cached), ${compact(totals.output_tokens)} out`,
    );
    patch($("notes"), notesOf(report), (note) => note, () => element("li"), setText);
    const zone = route.zone;
    const text = (time) => `${localDay(time, zone)} ${localTime(time, zone).slice(0, 5)}`;
    setText($("range"), totals.calls + totals.open_calls ? `${text(Date.parse(report.from))} to ${text(Date.parse(report.to))}, ${zone}` : `No calls, ${zone}`);
    this.fillTable(this.projects, report, "project");
  }

  fillTable(table, report, dimension) {
    const { totals } = report;
    table.update(report.rows, (row) => JSON.stringify(row[dimension]), {
      foot: report.rows.length > 1 ? { ...totals, [dimension]: null, isTotal: true } : null, empty: "No calls in this period.",
    });
  }

  updateModels(report) { this.fillTable(this.models, report, "model"); }

  updateTime(report, dimension) {
    const rows = new Map(report.rows.map((row) => [row[dimension], row]));
    const points = bucketsOf(report, dimension, route.zone).map((bucket) => ({ ...bucket, row: rows.get(bucket.name) ?? null }));
    const hint = `by ${dimension}, ${route.zone}`;
    this.spend.update(points, hint);
    this.latency.update(points, hint);
  }
}

/** The dimension of time of which a range has a good number. */
function timeDimension(report) {
  const days = (Date.parse(report.to) - Date.parse(report.from)) / 86400000;
  return days <= 2.1 ? "hour" : days <= 100 ? "day" : "month";
}

// Budgets, and how well the ledger agrees with the provider's bill.

/** A difference in dollars with its sign. */
const signedDollars = (amount) => (amount > 0n ? "+" : "") + dollars(amount);

/** A percentage with two decimals, as the command line rounds it: what is not whole is never shown as whole or as nothing. */
function percent(value) {
  if (value === null || value === undefined) return "–";
  const scaled = BigInt(Math.round(value * 10000));
  if (scaled > 0n && scaled < 100n) return "<0.01%";
  if (scaled < 1000000n && scaled > 999900n) return ">99.99%";
  let hundredths = scaled / 100n;
  const rest = scaled % 100n;
  if (rest > 50n || (rest === 50n && hundredths % 2n === 1n)) hundredths += 1n;
  const digits = String(hundredths).padStart(3, "0");
  return `${digits.slice(0, -2)}.${digits.slice(-2)}%`;
}

class Budgets {
  constructor() {
    const time = (text) => `${localDay(Date.parse(text), route.zone)} ${localTime(Date.parse(text), route.zone).slice(0, 5)}`;
    this.table = new DataTable($("budgets"), "What is spent of the budgets", [
      { name: "budget", cell: (row) => nameOf(row.budget) },
      { name: "per", cell: (row) => row.unit },
      { name: "spent", isNumber: true, cell: (row) => ({
        text: (row.calls_without_full_price ? "≥" : "") + dollars(row.spent), value: row.spent_usd,
        title: row.calls_without_full_price ? `Not in this: ${calls(row.calls_without_full_price)} without a full price or usage.` : exactDollars(row.spent),
      }) },
      { name: "amount", isNumber: true, cell: (row) => ({ text: dollars(row.amount), value: row.amount_usd }) },
      { name: "used", isNumber: true, cell: (row) => this.used(row) },
      { name: "left", isNumber: true, cell: (row) => dollars(row.amount - row.spent) },
      { name: "forecast", isNumber: true, cell: (row) => this.forecast(row) },
      { name: "ends", isNumber: true, cell: (row) => ({ text: time(row.window_end), title: `The window began ${time(row.window_start)}; its calendar is that of ${row.timezone}.` }) },
    ], { limit: 10 });
  }

  used(row) {
    // Rounded down, so that 100% is never shown of what is not yet spent.
    const used = row.amount > 0n ? (row.spent * 100n) / row.amount : null;
    // Only nothing is 0%.
    const text = used === 0n && row.spent > 0n ? "<1%" : used !== null ? `${used > 999n ? ">999" : used}%` : row.spent > 0n ? ">999%" : "–";
    if (row.spent > row.amount) return { text: `${text}, over`, value: used ?? "", tone: "bad", title: "More than the amount is spent." };
    return { text, value: used ?? "", tone: used !== null && used >= 80n ? "warning" : null };
  }

  forecast(row) {
    if (row.forecast === null) return { text: "–", value: "", title: "The window has only just begun." };
    const isOver = row.forecast > row.amount;
    return {
      text: dollars(row.forecast) + (isOver ? ", over" : ""), value: row.forecast_usd, tone: isOver ? "warning" : null,
      title: isOver ? "At the pace so far, more than the amount will be spent when the window ends." : "What will be spent when the window ends, at the pace so far.",
    };
  }

  update(answer) {
    const rows = answer.budgets.map((row) => ({
      ...row, spent: pico(row.spent_usd), amount: pico(row.amount_usd), forecast: pico(row.forecast_usd),
    }));
    this.table.update(rows, (row) => row.budget);
    show($("budgets-section"), rows.length > 0);
  }
}

class Bill {
  constructor() {
    const figures = $("bill-figures");
    this.coverage = new Figure(figures, "Coverage", "coverage");
    this.drift = new Figure(figures, "Drift", "drift");
    this.difference = new Figure(figures, "Difference", "difference");
    const signed = (text) => ({ text: signedDollars(pico(text)), value: text });
    this.causes = new DataTable($("causes"), "The causes of the difference", [
      { name: "cause", cell: (row) => (row.isTotal ? "Difference" : { text: words(row.cause), title: row.meaning }) },
      { name: "calls", isNumber: true, cell: (row) => (row.isTotal ? "" : countContent(row.calls)) },
      { name: "tokens", isNumber: true, cell: (row) => (row.isTotal ? "" : compactContent(row.tokens)) },
      { name: "theirs less ours", isNumber: true, cell: (row) => signed(row.cost_difference_usd) },
    ]);
    this.projects = new DataTable($("bill-projects"), "Ours and theirs by project", [
      { name: "project", cell: (row) => (row.project === null ? "(others)" : nameOf(row.project)) },
      { name: "ours", isNumber: true, cell: (row) => ({ text: dollars(pico(row.our_cost_usd)), value: row.our_cost_usd }) },
      { name: "theirs", isNumber: true, cell: (row) => ({ text: dollars(pico(row.their_cost_usd)), value: row.their_cost_usd }) },
      { name: "coverage", isNumber: true, cell: (row) => percent(row.cost_coverage_percent) },
      { name: "drift", isNumber: true, cell: (row) => ({ text: percent(row.drift_percent), tone: row.drift_percent >= 1 ? "warning" : null }) },
    ], { limit: 8 });
  }

  update(answer) {
    const result = answer.reconciliation;
    show($("bill-none"), result === null);
    show($("bill-result"), result !== null);
    if (result === null) return;
    const { report } = result;
    const { totals } = report;
    const time = (text) => Date.parse(text);
    const last = dayAfter(report.to.slice(0, 10), -1);
    const days = report.from.slice(0, 10) === last ? last : `${report.from.slice(0, 10)} to ${last}`;
    const theirs = report.has_costs ? "costs" : "usage at our prices";
    setText($("bill-when"), `${days} UTC, reconciled ${localDay(time(result.reconciled_at), route.zone)} ${localTime(time(result.reconciled_at), route.zone).slice(0, 5)} ${route.zone}`);
    this.coverage.update(
      { text: percent(totals.cost_coverage_percent), value: totals.cost_coverage_percent ?? "" },
      `of their ${theirs}; ${percent(totals.call_coverage_percent)} of their calls, ${percent(totals.token_coverage_percent)} of their tokens`,
    );
    const isWide = totals.drift_percent >= 1;
    this.drift.update(
      { text: percent(totals.drift_percent), value: totals.drift_percent ?? "", tone: isWide ? "bad" : null },
      `by day, project and model${isWide ? "; more than 1%" : ""}`,
    );
    this.difference.update(
      { text: signedDollars(pico(totals.difference_usd)), value: totals.difference_usd },
      `theirs ${dollars(pico(totals.theirs.cost_usd))}, ours ${dollars(pico(totals.ours.cost_usd))}`,
    );
    const pending = pico(totals.pending_usd);
    const notes = [...(pending ? [`${dollars(absolute(pending))} may still be counted until the days have settled.`] : []), ...report.notes];
    patch($("bill-notes"), notes, (note) => note, () => element("li"), setText);
    const isSaid = (row) => row.cause === "remainder" || row.calls || row.tokens || pico(row.cost_difference_usd);
    this.causes.update(report.causes.filter(isSaid), (row) => row.cause, {
      foot: { isTotal: true, cause: null, cost_difference_usd: totals.difference_usd },
    });
    this.projects.update(result.projects, (row) => JSON.stringify(row.project), { empty: "Nothing was spent on either side." });
  }
}

// Rate limits, calls in flight, and the latest calls.

/** The outcome of a call in words, with its status. */
function resultContent(call) {
  const outcomes = {
    completed: "ok", open: "in flight", error: "failed", cut: "cut off", client_disconnected: "client left",
    timeout: "timed out", unreachable: "unreachable", abandoned: "abandoned", interrupted: "interrupted",
  };
  const code = call.error_code ?? call.error_type;
  const text = [call.status, code ? clean(code) : outcomes[call.outcome] ?? words(call.outcome)].filter((part) => part !== null).join(" ");
  const tone = { completed: "good", open: "plain", client_disconnected: "warning", abandoned: "warning", interrupted: "warning" }[call.outcome] ?? "bad";
  return { text, tone, title: words(call.outcome) };
}

/** The cost of a call in a list. */
function callCost(call, decimals = null) {
  const amount = pico(call.cost_usd);
  if (amount !== null) {
    const text = decimals === null ? dollars(amount) : fixedDollars(amount, decimals);
    return { text: (call.cost_status === "partial" ? "≥" : "") + text, value: call.cost_usd, title: `${exactDollars(amount)}, ${words(call.cost_status)}` };
  }
  const isOpen = call.outcome === "open";
  const text = isOpen || call.cost_status === "none" ? "–" : words(call.cost_status);
  return { text, value: "", title: call.cost_reason ? words(call.cost_reason) : null, tone: call.cost_status === "unpriced" ? "warning" : null };
}

const nameOf = (value) => ({ text: clean(value), isName: true });

const identityColumn = (time) => ({
  name: "started", class: "when",
  cell: (call) => ({ text: time(call), href: callLink(call.id), title: `Show this call, ${clean(call.request_id ?? call.id)}` }),
});

class Limits {
  constructor() {
    this.table = new DataTable($("limits"), "What is left of the rate limits", [
      { name: "project", cell: (row) => nameOf(row.project) },
      { name: "model", cell: (row) => nameOf(row.model) },
      { name: "window", cell: (row) => nameOf(row.window) },
      { name: "left", isNumber: true, class: "gauge", cell: (row) => ({ text: row.left === null ? "–" : `${row.left}%`, value: row.left ?? "", tone: row.left === null ? null : row.left < 10 ? "bad" : row.left < 25 ? "warning" : "good" }) },
      { name: "remaining", isNumber: true, cell: (row) => countContent(row.remaining) },
      { name: "limit", isNumber: true, cell: (row) => countContent(row.limit) },
      { name: "resets in", isNumber: true, cell: (row) => (row.resetIn === null ? "–" : row.resetIn === 0 ? "reset" : span(row.resetIn + 0.999)) },
      { name: "told", isNumber: true, cell: (row) => `${span(row.age)} ago` },
    ], { limit: 8 });
    this.limits = [];
  }

  update(limits) {
    this.limits = limits;
    this.tick();
  }

  /** Shows what is left by now: a window is whole again when its reset has passed. */
  tick() {
    const now = serverNow();
    const rows = this.limits.flatMap((limit) => Object.entries(limit.rate_limit).map(([window, told]) => {
      const age = Math.max(0, (now - Date.parse(limit.observed_at)) / 1000);
      const resetIn = told.reset_seconds === null ? null : Math.max(0, told.reset_seconds - age);
      const remaining = resetIn === 0 ? told.limit ?? told.remaining : told.remaining;
      const left = told.limit > 0 && remaining !== null ? Math.floor((Math.max(0, remaining) * 100) / told.limit) : null;
      return { project: limit.project, model: limit.model, window, limit: told.limit, remaining, left, resetIn, age };
    }));
    rows.sort((one, other) => (one.left ?? 101) - (other.left ?? 101) || one.age - other.age);
    this.table.update(rows, (row) => JSON.stringify([row.project, row.model, row.window]), {
      empty: "No response has told of a rate limit yet.",
    });
  }
}

class LiveCalls {
  constructor() {
    const zone = () => route.zone;
    this.table = new DataTable($("live"), "Calls in flight", [
      identityColumn((call) => localTime(Date.parse(call.started_at), zone())),
      { name: "for", isNumber: true, cell: (call) => span((serverNow() - Date.parse(call.started_at)) / 1000) },
      { name: "project", cell: (call) => nameOf(call.project) },
      { name: "model", cell: (call) => nameOf(call.model ?? call.request_model) },
      { name: "endpoint", class: "word", cell: (call) => nameOf(call.endpoint) },
      { name: "stream", cell: (call) => (call.stream ? "stream" : "–") },
      { name: "client", cell: (call) => nameOf(call.client) },
    ]);
    this.live = { calls: [], limit: 0 };
  }

  update(live) {
    this.live = live;
    this.tick();
  }

  tick() {
    const { calls: list, limit } = this.live;
    this.table.update(list, (call) => call.id, { empty: "None right now. A call stands here once it has run for a quarter of a second." });
    setText($("live-count"), list.length ? `${count(list.length)}${list.length === limit ? " or more" : ""}` : "");
  }
}

class CallList {
  constructor(changed) {
    const zone = () => route.zone;
    this.table = new DataTable($("list"), "The latest calls, the newest first", [
      identityColumn((call) => `${localDay(Date.parse(call.started_at), zone()).slice(5)} ${localTime(Date.parse(call.started_at), zone())}`),
      { name: "result", class: "name", cell: resultContent },
      { name: "project", class: "name", cell: (call) => nameOf(call.project) },
      { name: "model", class: "name", cell: (call) => nameOf(call.model ?? call.request_model) },
      { name: "endpoint", class: "word", cell: (call) => nameOf(call.endpoint) },
      { name: "in", isNumber: true, cell: (call) => compactContent(call.input_tokens) },
      { name: "out", isNumber: true, cell: (call) => compactContent(call.output_tokens) },
      { name: "cost", isNumber: true, cell: (call) => callCost(call, this.decimals) },
      { name: "first token", isNumber: true, cell: (call) => timeContent(call.time_to_first_token_ms) },
      { name: "duration", isNumber: true, cell: (call) => timeContent(call.duration_ms) },
    ], { isEarly: true });
    this.form = $("filter");
    this.older = [];
    this.latest = [];
    const apply = () => changed(Object.fromEntries(filterNames.map((name) => [name, this.form.elements[name].value.trim()]).filter(([, value]) => value)));
    this.form.addEventListener("change", apply);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      apply();
    });
    this.form.addEventListener("reset", () => setTimeout(() => changed({})));
    $("older").addEventListener("click", () => this.loadOlder());
  }

  /** Shows the filter of the route; what is being typed stays. */
  showFilter() {
    for (const name of filterNames) {
      const input = this.form.elements[name];
      if (input !== document.activeElement || input.localName === "select") input.value = route.filter[name] ?? "";
    }
    const result = this.form.elements.result;
    if (route.filter.result && result.value !== route.filter.result) {
      result.append(element("option", { value: route.filter.result }, words(route.filter.result)));
      result.value = route.filter.result;
    }
    show($("clear"), Object.keys(route.filter).length > 0);
  }

  /** The parameters of the first calls of a route. */
  parameters(extra = {}) { return { ...callsOf(route), ...extra }; }

  /** Forgets older calls, which were listed for another filter or period. */
  restart() {
    this.older = [];
    this.isComplete = false;
    this.generation = (this.generation ?? 0) + 1;
    setText($("list-problem"), "");
  }

  fail(failure) {
    setText($("list-problem"), failure.message);
    this.latest = [];
    this.older = [];
    this.draw();
  }

  update(lines) {
    setText($("list-problem"), "");
    const latest = lines.reverse();
    // Calls that the newest page has pushed out stay above the older ones that were asked for.
    if (this.older.length) this.older = [...this.latest.filter((call) => latest.length && call.id < latest.at(-1).id), ...this.older];
    this.latest = latest;
    if (latest.length < listSize && !this.older.length) this.isComplete = true;
    this.draw();
  }

  draw() {
    const known = new Set(this.latest.map((call) => call.id));
    const all = [...this.latest, ...this.older.filter((call) => !known.has(call.id))];
    this.decimals = scaleOf(all.map((call) => pico(call.cost_usd)));
    this.table.update(all, (call) => call.id, {
      empty: Object.keys(route.filter).length ? "No call of this period matches the filter." : "No calls in this period.",
    });
    show($("older"), all.length > 0 && !this.isComplete);
    setText($("list-count"), all.length ? `${count(all.length)} shown` : "");
  }

  async loadOlder() {
    const last = (this.older.at(-1) ?? this.latest.at(-1))?.id;
    const { generation } = this;
    if (!last) return;
    $("older").disabled = true;
    try {
      const lines = await askLines("calls", this.parameters({ before: last }));
      if (generation !== this.generation) return;
      this.older.push(...lines.reverse());
      if (lines.length < listSize) this.isComplete = true;
      this.draw();
    } catch (failure) {
      setText($("list-problem"), failure.message);
    } finally {
      $("older").disabled = false;
    }
  }
}

// The page of one call: all of its attempts, and their costs line by line.

class CallPage {
  constructor() {
    this.place = $("attempts");
    this.views = new Map();
  }

  restart() {
    patch(this.place, [], () => "");
    this.views.clear();
    setText($("call-title"), `Call ${clean(route.call)}`);
    setText($("call-problem"), "Looking for it …");
  }

  fail(failure) { setText($("call-problem"), failure.message); }

  /** Shows the attempts; returns true if one is still in flight. */
  update(records, costs) {
    const explanations = new Map(costs.map((cost) => [cost.id, cost]));
    setText($("call-problem"), records.length > 1 ? `${count(records.length)} attempts, the oldest first.` : "");
    patch(this.place, records, (record) => record.id, (record) => this.create(record), (_, record) => this.fillAttempt(record, explanations.get(record.id)));
    return records.some((record) => record.outcome === "open");
  }

  create(record) {
    const facts = element("div", { class: "facts" });
    const cost = element("section", { "aria-label": "Cost, line by line" }, element("h3", {}, "Cost, line by line"));
    const table = new DataTable(cost, "The lines of the cost", [
      { name: "item", cell: (line) => ({ text: clean(line.item) + (line.billed_as ? ` (as ${clean(line.billed_as)})` : "") + (line.part === "tool" && line.model ? ` of ${clean(line.model)}` : "") }) },
      { name: "quantity", isNumber: true, cell: (line) => (line.isTotal ? "" : `${/^\d+$/.test(line.quantity) ? count(line.quantity) : line.quantity} ${line.unit}${line.quantity === "1" ? "" : "s"}`) },
      { name: "price", isNumber: true, cell: (line) => (line.isTotal ? "" : `× ${exactDollars(pico(line.price_usd))}${line.units_per_price === 1 ? "" : ` / ${count(line.units_per_price)}`}`) },
      { name: "times", cell: (line) => (line.isTotal ? "" : line.modifiers.map((one) => (one.factor ? `× ${one.factor} ` : "") + words(one.name) + (one.level ? ` (${words(one.level)})` : "")).join(", ") || "–") },
      { name: "period", cell: (line) => (line.isTotal ? "" : clean(line.period).replace(/^([^.]+)\.\.\.?$/, "since $1")) },
      { name: "subtotal", isNumber: true, cell: (line) => ({ text: exactDollars(pico(line.subtotal_usd)), value: line.subtotal_usd }) },
    ]);
    const gaps = element("ul", { class: "notes" });
    const conclusion = element("p", { class: "conclusion" });
    cost.append(gaps, conclusion);
    const raw = element("pre", { tabindex: "0" });
    const node = element("article", { class: "attempt", "aria-label": `Attempt ${record.attempt + 1}` }, facts, cost,
      element("details", {}, element("summary", {}, "The record as JSON"), raw));
    this.views.set(record.id, { facts, cost, table, gaps, conclusion, raw });
    return node;
  }

  fillAttempt(record, cost) {
    const view = this.views.get(record.id);
    patch(view.facts, this.sections(record), (section) => section.title, (section) =>
      element("section", {}, element("h3", {}, section.title), element("dl", {})), (node, section) =>
      patch(node.lastElementChild, section.facts, ([name]) => name, ([name]) => element("div", {}, element("dt", {}, name), element("dd", {})), (pair, [, content]) => fill(pair.lastElementChild, content)));
    setText(view.raw, JSON.stringify(record, null, 2));
    show(view.cost, cost !== undefined);
    if (!cost) return;
    const total = cost.lines.reduce((sum, line) => sum + (pico(line.subtotal_usd) ?? 0n), 0n);
    view.table.update(cost.lines, (line) => JSON.stringify([line.part, line.item, line.model, line.tier, line.period]), {
      foot: cost.lines.length ? { item: "Total", isTotal: true, subtotal_usd: this.decimal(total) } : null, empty: "No line has a price.",
    });
    patch(view.gaps, cost.gaps, (gap) => JSON.stringify([gap.item, gap.reason]), () => element("li"), (node, gap) =>
      setText(node, `Without a price: ${gap.quantity ? `${gap.quantity} ` : ""}${clean(gap.item)} (${words(gap.reason)})`));
    setText(view.conclusion, this.conclusion(record, cost));
  }

  decimal(amount) { return exactDollars(amount).replace(/[$,]/g, ""); }

  conclusion(record, cost) {
    if (record.outcome === "open") return "The call is in flight; it is priced when it ends.";
    const phrase = (one) => [one.cost_usd === null ? "no cost" : exactDollars(pico(one.cost_usd)), words(one.cost_status), one.cost_reason ? words(one.cost_reason) : null].filter(Boolean).join(", ");
    const version = cost.ledger.price_version ?? "none";
    if (cost.is_same && cost.ledger.cost_status === "none") return "The call has nothing to price.";
    if (!cost.is_same) return `The ledger says ${phrase(cost.ledger)}, by the price book ${version}; the present one, ${cost.book.price_version}, gives ${phrase(cost.book)}. To price the call by it, run “oai-usage reprice”.`;
    if (cost.ledger.price_version !== cost.book.price_version) return `The ledger says the same: ${phrase(cost.ledger)}. Another price book has priced the call, ${version}; the present one is ${cost.book.price_version}.`;
    return `The ledger says the same, to the last digit: ${phrase(cost.ledger)}, by the price book ${version}.`;
  }

  sections(record) {
    const zone = route.zone;
    const started = Date.parse(record.started_at);
    const text = (value) => (value === null || value === undefined || value === "" ? null : { text: clean(value), isName: true });
    const number = (value) => (value === null || value === undefined ? null : countContent(value));
    const time = (value) => (value === null || value === undefined ? null : timeContent(value));
    const options = Object.entries(record.request_options ?? {}).map(([name, value]) => [clean(name), text(typeof value === "string" ? value : JSON.stringify(value))]);
    const tokens = Object.keys(record).filter((name) => name.endsWith("_tokens") && name !== "max_output_tokens");
    const counters = (object, label) => Object.entries(object ?? {}).map(([name, value]) => [`${clean(name)}${label}`, text(value)]);
    return [
      ["Identity", [
        ["x-request-id", text(record.request_id)], ["response id", text(record.response_id)], ["X-Client-Request-Id", text(record.client_request_id)],
        ["cf-ray", text(record.edge_request_id)], ["trace", text(record.trace_id)], ["id", text(record.id)],
        ["operation", record.operation_id === record.id ? null : { text: clean(record.operation_id), href: callLink(record.operation_id) }],
        ["attempt", number(record.attempt)], ["started at", { text: `${localDay(started, zone)} ${localTime(started, zone)} ${zone}`, title: record.started_at }],
        ["captured by", text(record.source)], ["client", text(record.client)],
      ]],
      ["Where", [
        ["request", text(`${record.method} ${record.path}`)], ["host", text(record.host)], ["endpoint", text(record.endpoint)],
        ["organization", text(record.organization)], ["project", text(record.project)], ["requested organization", text(record.requested_organization)],
        ["requested project", text(record.requested_project)], ["key", text(record.key)],
        ["tags", text(Object.entries(record.tags ?? {}).map(([name, value]) => `${name}=${value}`).join(", "))],
      ]],
      ["Result", [
        ["result", resultContent(record)], ["finish", text(record.finish)], ["error type", text(record.error_type)], ["error code", text(record.error_code)],
        ["stream", record.stream ? "yes" : "no"], ["requested model", text(record.request_model)], ["model", text(record.model)],
        ["requested tier", text(record.requested_service_tier)], ["service tier", text(record.service_tier)], ...options,
      ]],
      ["Usage", [
        ["state", text(record.usage_state ? words(record.usage_state) : null)], ...tokens.map((name) => [words(name), number(record[name])]),
        ...counters(record.units, ""), ...counters(record.tool_calls, " calls"),
      ]],
      ["Cost", [
        ["cost", pico(record.cost_usd) === null ? "–" : { text: exactDollars(pico(record.cost_usd)), value: record.cost_usd }], ["status", text(words(record.cost_status))],
        ["reason", text(record.cost_reason ? words(record.cost_reason) : null)], ["price book", text(record.price_version)],
        ["at most", record.cost_upper_bound_usd ? { text: exactDollars(pico(record.cost_upper_bound_usd)), value: record.cost_upper_bound_usd } : null],
      ]],
      ["Time", [
        ["duration", time(record.duration_ms)], ["to the head", time(record.time_to_headers_ms)], ["to the first token", time(record.time_to_first_token_ms)],
        ["OpenAI's own", time(record.processing_ms)], ["the gateway's own", time(record.gateway_ms)],
      ]],
      ["Rate limits", Object.entries(record.rate_limit ?? {}).map(([name, window]) => [
        clean(name), window ? `${count(window.remaining)} of ${count(window.limit)} left${window.reset_seconds === null ? "" : `, whole in ${window.reset_seconds}s`}` : null,
      ])],
    ].map(([title, facts]) => ({ title, facts: facts.filter(([, content]) => content !== null) })).filter(({ facts }) => facts.length > 0);
  }
}

// What is asked for when: at once after a change, then again and again, with pauses that grow while the gateway fails.

const rhythm = { short: 5000, long: 15000, most: 60000 };

/** The difference between the gateway's clock and this machine's, in milliseconds. */
let skew = 0;
const serverNow = () => Date.now() + skew;

let overview, limits, budgets, bill, live, list, callPage;

const state = { run: null, timer: null, tries: 0, isPaused: false, isLocked: false, lastGood: null, failedAt: null, next: null, keepsCalls: null, lastLong: 0, pace: rhythm.long, shown: null, isSettled: false, isDrawn: false };

/** Changes the route, and with it the fragment. */
function go(next) {
  const fragment = fragmentOf(next);
  if (fragment === (location.hash || "#")) return;
  if (fragment === "#") history.pushState(null, "", location.pathname);
  else history.pushState(null, "", fragment);
  adopt();
}

/** Shows the route of the fragment. */
function adopt(isFirst = false) {
  const before = route;
  route = routeOf(location.hash);
  showRoute();
  list.restart();
  if (route.call && (isFirst || route.call !== before.call)) callPage.restart();
  if (!isFirst && route.call !== before.call) {
    const place = route.call ? $("call-title") : document.querySelector(`a[href="${CSS.escape(callLink(before.call))}"]`) ?? $("main");
    scrollTo(0, 0);
    place.focus();
  } else if (!isFirst && before.filter !== route.filter && JSON.stringify(before.filter) !== JSON.stringify(route.filter) && !$("filter").contains(document.activeElement)) {
    $("calls").scrollIntoView();
    $("calls-title").focus({ preventScroll: true });
  }
  refresh();
}

/** Shows the overview once it has figures, or when they take long: an empty one would be laid out for nothing. */
function showOverview() {
  const isShown = Boolean(state.keepsCalls) && !state.isLocked && !route.call && state.isDrawn;
  show($("overview"), isShown);
  if (isShown) requestAnimationFrame(() => setTimeout(tellPainted));
}

function showRoute() {
  // Nothing is shown before it is known that there is a ledger, and that it may be read.
  const isOpen = Boolean(state.keepsCalls) && !state.isLocked;
  showOverview();
  show($("call"), isOpen && Boolean(route.call));
  $("period").value = route.period;
  if ($("period").value !== route.period) {
    $("period").append(element("option", { value: route.period }, route.period));
    $("period").value = route.period;
  }
  show($("days"), route.period === "custom");
  $("from").value = route.from ?? "";
  $("to").value = route.to ?? "";
  const zone = $("zone");
  zone.value = route.zone;
  if (zone.value !== route.zone) {
    zone.append(element("option", { value: route.zone }, route.zone));
    zone.value = route.zone;
  }
  setAttribute($("back"), "href", fragmentOf({ ...route, call: null }));
  const title = periods.find(([name]) => name === route.period)?.[1] ?? route.period;
  setText($("period-title"), route.period === "custom" ? `${route.from} to ${route.to ?? "now"}` : title);
  list.showFilter();
}

// MARK: Asking

/** Asks for all that is shown; an answer for a route that was left is dropped. */
async function refresh({ isLong = true } = {}) {
  clearTimeout(state.timer);
  if (state.run) early.clear();
  state.run?.abort(new DOMException("replaced", "AbortError"));
  if (state.isLocked) return;
  const run = new AbortController();
  state.run = run;
  const { signal } = run;
  setAttribute($("main"), "aria-busy", state.lastGood === null ? "true" : null);
  try {
    await (route.call ? askForCall(signal) : askForOverview(signal, isLong));
    if (signal.aborted) return;
    succeed(isLong);
  } catch (failure) {
    if (signal.aborted) return;
    fail(failure);
  }
}

async function askForStatus(signal) {
  const sent = Date.now();
  const asked = firstStatus ?? askJSON("status", {}, signal).then((status) => ({ status, time: (sent + Date.now()) / 2 }));
  firstStatus = null;
  const { status, time } = await asked;
  signal.throwIfAborted();
  skew = Date.parse(status.at) - time;
  if (Math.abs(skew) < 2000) skew = 0;
  state.keepsCalls = status.keeps_calls;
  setText($("version"), status.version);
  setText($("upstream"), status.upstream);
  setText($("base-url"), `OPENAI_BASE_URL=${status.client_base_url}`);
  setText($("report-command"), `oai-usage report --ledger ${new URL(".", location).href.replace(/\/$/, "")} --by project`);
  patch($("routes"), status.routes, (one) => one.prefix, () => element("li"), (node, one) => setText(node, `${one.prefix} to ${one.upstream}`));
  setText($("health"), status.trouble ? `The ledger cannot be written: ${status.trouble}` : status.ready ? "" : "The gateway does not accept calls: it is starting or ending, or its queue is full.");
  show($("no-ledger"), !status.keeps_calls);
  show($("ledger"), status.keeps_calls);
  show($("help"), true);
}

async function askForOverview(signal, isLong) {
  if (isLong || state.keepsCalls === null) await askForStatus(signal);
  showOverview();
  if (!state.keepsCalls) return;
  const range = rangeOf(route);
  const put = (use) => (answer) => {
    signal.throwIfAborted();
    use(answer);
    return answer;
  };
  // A range that the API rejects is the fault of what was chosen, not of the gateway.
  const callsRead = () => askLines("calls", list.parameters(), signal).then(put((lines) => list.update(lines)), (failure) => {
    if (failure.status !== 400 || signal.aborted) throw failure;
    list.fail(failure);
  });
  const liveRead = () => askJSON("live", {}, signal).then(put((answer) => live.update(answer)));
  if (!isLong) {
    await liveRead();
    return callsRead();
  }
  const begun = Date.now();
  const report = (by, percentiles = null) => {
    const answer = askJSON("report", { ...range, by, percentiles }, signal);
    // Told by who waits for it.
    answer.catch(() => {});
    return answer;
  };
  // The gateway answers twelve questions at once: three of these, and one of either list below.
  const read = async (percentiles) => {
    const expected = expectedDimension(route, serverNow());
    const [timeAsked, wholeAsked, modelsAsked] = [expected ? report(expected, percentiles) : null, report("project", percentiles), report("model", percentiles)];
    const whole = await wholeAsked.then(put((answer) => {
      overview.updateReport(answer);
      state.isDrawn = true;
      showOverview();
    }));
    const dimension = timeDimension(whole);
    await Promise.all([
      modelsAsked.then(put((answer) => overview.updateModels(answer))),
      (dimension === expected ? timeAsked : report(dimension, percentiles)).then(put((answer) => overview.updateTime(answer, dimension))),
    ]);
    const projects = whole.rows.map((row) => row.project).filter((name) => name !== null);
    patch($("project-names"), projects.slice(0, 500), (name) => name, () => element("option"), (node, name) => setAttribute(node, "value", name));
  };
  // Exact percentiles take a while; until they are there, estimates are shown, whose other numbers are exact.
  const reports = async () => {
    if (state.shown !== JSON.stringify(range)) await read("estimate");
    state.shown = JSON.stringify(range);
  };
  const sums = async () => {
    await askJSON("glance", { timezone: range.timezone, brief: true }, signal).then(put((glance) => overview.updateGlance(glance)));
    await askJSON("budgets", {}, signal).then(put((answer) => budgets.update(answer)));
    await askJSON("limits", {}, signal).then(put((answer) => limits.update(answer.limits)));
  };
  const lists = async () => {
    await callsRead();
    await liveRead();
    await askJSON("reconciliation", {}, signal).then(put((answer) => bill.update(answer)));
  };
  const results = await Promise.allSettled([reports(), sums(), lists()]);
  const failure = results.find((result) => result.status === "rejected")?.reason;
  early.clear();
  if (failure) throw failure;
  await read(null);
  // However much there is to read, the gateway spends a small part of its time on this page.
  state.pace = Math.max(rhythm.long, (Date.now() - begun) * 20);
  return undefined;
}

async function askForCall(signal) {
  if (state.keepsCalls === null) await askForStatus(signal);
  show($("call"), Boolean(state.keepsCalls && route.call));
  state.isSettled = false;
  if (!state.keepsCalls) return;
  const path = `calls/${encodeURIComponent(route.call)}`;
  try {
    const [records, costs] = await Promise.all([askLines(path, {}, signal), askLines(`${path}/cost`, {}, signal)]);
    signal.throwIfAborted();
    state.isSettled = !callPage.update(records, costs);
  } catch (failure) {
    if (signal.aborted || failure.status !== 404) throw failure;
    callPage.fail(failure);
  }
}

// MARK: Success and failure

function succeed(isLong) {
  Object.assign(state, { tries: 0, failedAt: null, next: null, lastGood: Date.now() });
  if (isLong) state.lastLong = Date.now();
  setAttribute($("main"), "aria-busy", null);
  setAttribute(document.body, "data-stale", null);
  show($("token"), false);
  tellState();
  // A call that has ended changes only if it is repriced.
  schedule(route.call && state.isSettled ? rhythm.most : rhythm.short);
}

function fail(failure) {
  setAttribute($("main"), "aria-busy", null);
  if (failure.status === 401) return lock();
  state.tries += 1;
  state.failedAt ??= Date.now();
  state.problem = failure.message ?? String(failure);
  setAttribute(document.body, "data-stale", true);
  // A wrong parameter stays wrong until it is changed.
  const wait = failure.status === 400 ? rhythm.most : Math.min(rhythm.most, rhythm.short * 2 ** (state.tries - 1));
  const after = Math.max(wait, (failure.retrySeconds ?? 0) * 1000);
  state.next = Date.now() + after;
  tellState();
  return schedule(after);
}

function schedule(milliseconds) {
  clearTimeout(state.timer);
  if (document.hidden || state.isPaused || state.isLocked) return;
  const isLong = route.call || state.failedAt !== null || Date.now() - state.lastLong + milliseconds >= state.pace;
  state.timer = setTimeout(() => refresh({ isLong: Boolean(isLong) }), milliseconds);
}

/** Asks for the token; whatever was shown for another one is hidden. */
function lock() {
  const isWrong = Boolean(token.value);
  token.value = null;
  state.isLocked = true;
  clearTimeout(state.timer);
  for (const id of ["overview", "call", "no-ledger", "help"]) show($(id), false);
  show($("token"), true);
  setText($("token-problem"), isWrong ? "The gateway does not know this token." : "");
  setAttribute($("token-text"), "aria-invalid", isWrong ? "true" : null);
  document.title = "oai-usage";
  tellState();
  $("token-text").focus();
}

/** Says since when the figures are stale, and why. What changes every second is not announced. */
function tellState() {
  const clock = (time) => `${localTime(time + skew, route.zone)} ${route.zone}`;
  let text = "";
  if (state.failedAt !== null && !state.isLocked) {
    text = state.lastGood === null ? `Nothing could be read since ${clock(state.failedAt)}: ${state.problem}` : `Stale since ${clock(state.lastGood)}: ${state.problem}`;
  }
  setText($("problem"), text);
  show($("failure"), text !== "");
  setText($("fresh"), state.lastGood === null || state.isLocked ? "" : `${state.isPaused ? "Paused; as" : "As"} of ${clock(state.lastGood)}`);
  tick();
}

function tick() {
  setText($("retry-in"), state.next ? `Next try in ${span(Math.max(0, state.next - Date.now()) / 1000 + 0.999)}.` : "");
}

// MARK: Controls

function addZones(names) {
  const known = new Set([...$("zone").options].map((option) => option.value));
  $("zone").append(...names.filter((name) => !known.has(name)).map((name) => element("option", { value: name }, name)));
}

function setUp() {
  for (const [value, name] of periods) $("period").append(element("option", { value }, name));
  addZones(["UTC"]);
  painted.then(() => {
    const names = [Intl.DateTimeFormat().resolvedOptions().timeZone ?? "", ...(Intl.supportedValuesOf?.("timeZone") ?? [])];
    addZones([...new Set(names)].filter((name) => name.includes("/")));
  });
  $("period").addEventListener("change", () => {
    const period = $("period").value;
    const today = localDay(serverNow(), route.zone);
    go({ ...route, period, from: period === "custom" ? `${today.slice(0, 8)}01` : null, to: period === "custom" ? today : null });
  });
  for (const id of ["from", "to"]) {
    $(id).addEventListener("change", () => {
      const [from, to] = [$("from").value, $("to").value];
      if (!from) return;
      go({ ...route, period: "custom", from: to && to < from && id === "to" ? to : from, to: to && to < from && id === "from" ? from : to || null });
    });
  }
  $("zone").addEventListener("change", () => go({ ...route, zone: $("zone").value }));
  $("find").addEventListener("submit", (event) => {
    event.preventDefault();
    const identity = $("identity").value.trim();
    if (identity) go({ ...route, call: identity });
  });
  $("token-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = $("token-text").value.trim();
    if (!text) return;
    if (!/^[\x21-\x7e]+$/.test(text)) {
      setText($("token-problem"), "A token has neither blanks nor letters beyond ASCII.");
      return;
    }
    token.value = text;
    $("token-text").value = "";
    state.isLocked = false;
    show($("forget"), true);
    showRoute();
    if (route.call) callPage.restart();
    refresh().then(() => { if (!state.isLocked) $("main").focus(); });
  });
  $("forget").addEventListener("click", () => {
    token.value = null;
    // Nothing of what the token opened stays in the document.
    location.reload();
  });
  $("pause").addEventListener("click", () => {
    state.isPaused = !state.isPaused;
    setText($("pause"), state.isPaused ? "Resume updates" : "Pause updates");
    tellState();
    if (state.isPaused) clearTimeout(state.timer);
    else refresh();
  });
  $("retry").addEventListener("click", () => refresh());
  $("skip").addEventListener("click", (event) => {
    event.preventDefault();
    $("main").focus();
  });
  document.addEventListener("visibilitychange", () => {
    clearTimeout(state.timer);
    if (!document.hidden && !state.isPaused) refresh();
  });
  addEventListener("popstate", () => adopt());
  addEventListener("hashchange", () => { if (fragmentOf(routeOf(location.hash)) !== fragmentOf(route)) adopt(); });
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href^="#"]');
    if (!link || link.id === "skip" || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    go(routeOf(link.getAttribute("href")));
  });
  setInterval(() => {
    if (document.hidden || state.isPaused || state.isLocked) return;
    tick();
    if (!route.call && state.failedAt === null && state.lastGood !== null) {
      live.tick();
      limits.tick();
    }
  }, 1000);
  show($("forget"), Boolean(token.value));
}

function begin() {
  overview = new Overview();
  limits = new Limits();
  budgets = new Budgets();
  bill = new Bill();
  live = new LiveCalls();
  list = new CallList((filter) => go({ ...route, filter }));
  callPage = new CallPage();
  setTimeout(() => {
    state.isDrawn = true;
    showOverview();
  }, 300);
  setUp();
  adopt(true);
}

begin();
</script>
</body>
</html>
"""#
}
