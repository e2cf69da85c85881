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
