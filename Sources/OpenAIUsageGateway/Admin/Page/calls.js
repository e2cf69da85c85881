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
