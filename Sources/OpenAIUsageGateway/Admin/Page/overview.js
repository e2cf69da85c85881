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

