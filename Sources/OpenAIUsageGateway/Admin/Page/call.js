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
