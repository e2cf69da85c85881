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
